package dev.yodel.sdp;

/**
 * The password of ICE (RFC 8839 section 5.4), a secret: {@code toString} hides it. Length and alphabet are
 * {@link SdpValidator}'s question.
 *
 * @param password the password, no white space
 */
public record IcePwd(String password) implements Attribute {
    /** Checks that it is one word. */
    public IcePwd {
        Grammar.word(password, "ice-pwd");
    }

    @Override
    public String toString() {
        return "IcePwd[not shown]";
    }

    @Override
    public String attributeName() {
        return "ice-pwd";
    }

    @Override
    public String attributeValue() {
        return password;
    }
}
