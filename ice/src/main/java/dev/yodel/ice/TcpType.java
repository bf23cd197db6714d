package dev.yodel.ice;

import org.jspecify.annotations.Nullable;

/** Who opens the connection of a TCP candidate (RFC 6544 section 4.5). */
public enum TcpType {
    /** Opens connections; its port is 9 and means nothing. */
    ACTIVE("active"),
    /** Accepts connections. */
    PASSIVE("passive"),
    /** Does both at once, from one port, with a peer that does so too: simultaneous open. */
    SO("so");

    private static final TcpType[] ALL = values();

    private final String text;

    TcpType(String text) {
        this.text = text;
    }

    static @Nullable TcpType of(String text) {
        for (TcpType type : ALL) {
            if (type.text.equalsIgnoreCase(text)) {
                return type;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return text;
    }
}
