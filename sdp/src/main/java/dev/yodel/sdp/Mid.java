package dev.yodel.sdp;

/**
 * The identifier of a media section (RFC 5888 section 4, RFC 9143).
 *
 * @param id a token
 */
public record Mid(String id) implements Attribute {
    /** Checks the token. */
    public Mid {
        Grammar.token(id, "mid");
    }

    @Override
    public String attributeName() {
        return "mid";
    }

    @Override
    public String attributeValue() {
        return id;
    }
}
