package dev.yodel.sdp;

/**
 * The SCTP port of a data channel section as implementations before RFC 8841 write it (aiortc).
 *
 * @param port 0 to 65535
 * @param application the protocol's name, {@code webrtc-datachannel}
 * @param streams the number of streams, 1 to 65535, or 0 when not stated
 */
public record Sctpmap(int port, String application, int streams) implements Attribute {
    /** Checks ranges and characters. */
    public Sctpmap {
        Grammar.inRange(port, 0, 65535, "sctpmap port");
        Grammar.token(application, "sctpmap application");
        Grammar.inRange(streams, 0, 65535, "number of streams");
    }

    static Sctpmap parse(Cursor value) {
        Sctpmap map = new Sctpmap(
                (int) value.number(0, 65535, "sctpmap port"),
                value.field("sctpmap application"),
                value.isAtEnd() ? 0 : (int) value.number(1, 65535, "number of streams"));
        value.end();
        return map;
    }

    @Override
    public String attributeName() {
        return "sctpmap";
    }

    @Override
    public String attributeValue() {
        return port + " " + application + (streams == 0 ? "" : " " + streams);
    }
}
