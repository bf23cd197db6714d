package dev.yodel.sdp;

/**
 * The user name fragment of ICE (RFC 8839 section 5.4). Length and alphabet are {@link SdpValidator}'s question.
 *
 * @param ufrag the fragment, no white space
 */
public record IceUfrag(String ufrag) implements Attribute {
    /** Checks that it is one word. */
    public IceUfrag {
        Grammar.word(ufrag, "ice-ufrag");
    }

    @Override
    public String attributeName() {
        return "ice-ufrag";
    }

    @Override
    public String attributeValue() {
        return ufrag;
    }
}
