package dev.yodel.sdp;

/**
 * A network address (RFC 8866 section 5.7): what {@code c=} carries. It is not resolved.
 *
 * @param networkType {@code IN}
 * @param addressType {@code IP4} or {@code IP6}
 * @param address an address or a host name, with a multicast suffix where there is one
 */
public record Connection(String networkType, String addressType, String address) {
    /** {@code IN IP4 0.0.0.0}: ICE has the addresses. */
    public static final Connection UNSPECIFIED = new Connection("IN", "IP4", "0.0.0.0");

    /** Checks the words. */
    public Connection {
        Grammar.token(networkType, "network type");
        Grammar.token(addressType, "address type");
        Grammar.word(address, "address");
    }

    static void check(Cursor value) {
        value.fieldToken("network type");
        value.fieldToken("address type");
        value.fieldWord("address");
        value.end();
    }

    static Connection parse(Cursor value) {
        Connection connection =
                new Connection(value.field("network type"), value.field("address type"), value.field("address"));
        value.end();
        return connection;
    }

    /**
     * The address as it is written.
     *
     * @return the three fields with spaces between
     */
    public String text() {
        return networkType + " " + addressType + " " + address;
    }
}
