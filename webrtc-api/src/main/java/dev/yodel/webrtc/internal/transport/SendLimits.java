package dev.yodel.webrtc.internal.transport;

/**
 * What W3C's encoding parameters allow to leave, by value.
 *
 * @param active whether anything may leave
 * @param maxBitrateBps bits per second with RTP headers, or {@link #NO_LIMIT}
 * @param packetMillis how much audio a packet shall hold, 0 for the codec's own choice
 */
public record SendLimits(boolean active, long maxBitrateBps, int packetMillis) {
    /** No limit of the bit rate. */
    public static final long NO_LIMIT = -1;

    /** Everything may leave. */
    public static final SendLimits NONE = new SendLimits(true, NO_LIMIT, 0);
}
