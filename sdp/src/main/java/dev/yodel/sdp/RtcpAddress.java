package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/**
 * Where RTCP goes when it has a port of its own (RFC 3605).
 *
 * @param port 0 to 65535
 * @param connection the address, or null when it is the section's
 */
public record RtcpAddress(int port, @Nullable Connection connection) implements Attribute {
    /** Checks the range. */
    public RtcpAddress {
        Grammar.inRange(port, 0, 65535, "port");
    }

    static void check(Cursor value) {
        value.numberUntil(' ', 0, 65535, "port");
        if (!value.isEmpty()) {
            Connection.check(value);
        }
    }

    static RtcpAddress parse(Cursor value) {
        int port = (int) value.numberUntil(' ', 0, 65535, "port");
        return new RtcpAddress(port, value.isEmpty() ? null : Connection.parse(value));
    }

    @Override
    public String attributeName() {
        return "rtcp";
    }

    @Override
    public String attributeValue() {
        return connection == null ? Integer.toString(port) : port + " " + connection.text();
    }
}
