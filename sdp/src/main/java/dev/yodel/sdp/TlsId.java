package dev.yodel.sdp;

/**
 * The identity of a DTLS association (RFC 8842 section 4).
 *
 * @param id 20 to 255 letters, digits and {@code + / - _}
 */
public record TlsId(String id) implements Attribute {
    /** Checks length and characters. */
    public TlsId {
        if (id.length() < 20 || id.length() > 255) {
            throw Grammar.bad("tls-id must have 20 to 255 characters");
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!Grammar.isAlphaNumeric(c) && c != '+' && c != '/' && c != '-' && c != '_') {
                throw Grammar.bad("tls-id must consist of letters, digits, +, /, - and _");
            }
        }
    }

    @Override
    public String attributeName() {
        return "tls-id";
    }

    @Override
    public String attributeValue() {
        return id;
    }
}
