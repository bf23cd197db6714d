package dev.yodel.srtp;

/**
 * What became of a packet given to {@link SrtpSession}. Hot paths pass it as an {@code int}: 0 and more is the new
 * length, below 0 is {@link #code()}.
 */
public enum SrtpResult {
    /** The packet was protected or unprotected. */
    OK(0),
    /** Too short, not version 2, or its header is longer than the packet. */
    MALFORMED(-1),
    /** This index was seen before (RFC 3711 3.3.2). */
    REPLAYED(-2),
    /** The index lies before the replay window. */
    TOO_OLD(-3),
    /** The tag does not fit: forged, damaged, or other keys. */
    AUTHENTICATION_FAILED(-4),
    /** An SRTCP packet without the E bit, although encryption was negotiated (RFC 3711 3.4). */
    NOT_ENCRYPTED(-5),
    /** The keys have protected as many packets as they may (RFC 3711 9.2); only new keys help. */
    KEY_EXPIRED(-6),
    /**
     * To be sent, but this index was sent before: a second packet would share its key stream (RFC 3711 9.1). See
     * {@link SrtpSession#protectRetransmission}.
     */
    INDEX_REUSED(-7),
    /** To be sent, but 1,024 SSRCs have been sent with these keys already. */
    TOO_MANY_SSRCS(-8);

    private static final SrtpResult[] VALUES = values();

    private final int code;

    SrtpResult(int code) {
        this.code = code;
    }

    /**
     * The number that stands for this result.
     *
     * @return 0 for {@link #OK}, else below 0
     */
    public int code() {
        return code;
    }

    /**
     * The result that a method of {@link SrtpSession} returned.
     *
     * @param lengthOrCode what the method returned
     * @return the result; {@link #OK} for 0 and more
     * @throws IllegalArgumentException if no method of {@link SrtpSession} returns that number
     */
    public static SrtpResult of(int lengthOrCode) {
        if (lengthOrCode >= 0) {
            return OK;
        }
        if (lengthOrCode <= -VALUES.length) {
            throw new IllegalArgumentException("no result of SrtpSession: " + lengthOrCode);
        }
        return VALUES[-lengthOrCode];
    }
}
