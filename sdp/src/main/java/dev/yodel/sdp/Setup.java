package dev.yodel.sdp;

import java.util.Locale;

/** Who begins the DTLS handshake (RFC 8842 section 5, RFC 4145 section 4). */
public enum Setup implements Attribute {
    /** The writer is the DTLS client. */
    ACTIVE,
    /** The writer is the DTLS server. */
    PASSIVE,
    /** The answerer chooses; offers only. */
    ACTPASS,
    /** Nobody begins for now; not used by WebRTC. */
    HOLDCONN;

    static Setup parse(Cursor value) {
        return switch (value.rest()) {
            case "active" -> ACTIVE;
            case "passive" -> PASSIVE;
            case "actpass" -> ACTPASS;
            case "holdconn" -> HOLDCONN;
            default -> throw Grammar.bad("setup must be active, passive, actpass or holdconn");
        };
    }

    @Override
    public String attributeName() {
        return "setup";
    }

    @Override
    public String attributeValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
