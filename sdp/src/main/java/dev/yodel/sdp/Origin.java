package dev.yodel.sdp;

/**
 * Who made the session and which version this is (RFC 8866 section 5.2).
 *
 * @param username a name, {@code -} for none
 * @param sessionId a decimal number of at most 32 digits
 * @param sessionVersion 0 to 2^63-1, rising by one with each new description (RFC 9429 section 5.2.2)
 * @param connection an address of the maker
 */
public record Origin(String username, String sessionId, long sessionVersion, Connection connection) {
    private static final int MAX_SESSION_ID_DIGITS = 32;

    /** Checks ranges and characters. */
    public Origin {
        Grammar.word(username, "user name");
        if (!Grammar.isDigits(sessionId) || sessionId.length() > MAX_SESSION_ID_DIGITS) {
            throw Grammar.bad("session id must be a decimal number of at most 32 digits");
        }
        Grammar.inRange(sessionVersion, 0, Long.MAX_VALUE, "session version");
    }

    static Origin parse(Cursor value) {
        return new Origin(
                value.field("user name"),
                value.field("session id"),
                value.number(0, Long.MAX_VALUE, "session version"),
                Connection.parse(value));
    }

    /**
     * The value of the line.
     *
     * @return the six fields with spaces between
     */
    public String text() {
        return username + " " + sessionId + " " + sessionVersion + " " + connection.text();
    }
}
