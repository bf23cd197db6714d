package dev.yodel.sdp;

/**
 * The SCTP port of a data channel section (RFC 8841 section 5).
 *
 * @param port 0 (no association) to 65535
 */
public record SctpPort(int port) implements Attribute {
    /** Checks the range. */
    public SctpPort {
        Grammar.inRange(port, 0, 65535, "sctp-port");
    }

    static SctpPort parse(Cursor value) {
        return new SctpPort((int) value.restNumber(0, 65535, "sctp-port"));
    }

    @Override
    public String attributeName() {
        return "sctp-port";
    }

    @Override
    public String attributeValue() {
        return Integer.toString(port);
    }
}
