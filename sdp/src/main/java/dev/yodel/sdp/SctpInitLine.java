package dev.yodel.sdp;

/**
 * An SCTP INIT chunk in a data channel section, so that the association needs no handshake (draft-hancke-tsvwg-snap-00
 * section 4). What the chunk says is not looked at here.
 *
 * @param base64 the chunk in base64 (RFC 4648 section 4, with padding), 4 to 2048 characters
 */
public record SctpInitLine(String base64) implements Attribute {
    private static final int MAX_CHARACTERS = 2_048;

    /** Checks length and characters. */
    public SctpInitLine {
        int length = base64.length();
        if (length == 0 || length % 4 != 0 || length > MAX_CHARACTERS) {
            throw Grammar.bad("sctp-init must have 4 to 2048 characters of base64, in fours");
        }
        int end = base64.endsWith("==") ? length - 2 : base64.endsWith("=") ? length - 1 : length;
        for (int i = 0; i < end; i++) {
            char c = base64.charAt(i);
            if (!Grammar.isAlphaNumeric(c) && c != '+' && c != '/') {
                throw Grammar.bad("sctp-init must be base64");
            }
        }
    }

    @Override
    public String attributeName() {
        return "sctp-init";
    }

    @Override
    public String attributeValue() {
        return base64;
    }
}
