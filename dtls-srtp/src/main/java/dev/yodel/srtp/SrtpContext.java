package dev.yodel.srtp;

/**
 * What one direction knows about one RTP stream (SSRC): its 48-bit packet index and which indices it has seen. It knows
 * no keys: those are the direction's. Not thread-safe.
 */
final class SrtpContext extends SsrcTable.Entry {
    /** Wide enough for a video burst that was reordered or retransmitted without RTX. */
    static final int WINDOW = 1024;

    /** The first index beyond the last one: 2^48 (RFC 3711 3.3.1). */
    static final long INDEX_END = 1L << 48;

    private static final int HALF = 1 << 15;

    final ReplayWindow window = new ReplayWindow(WINDOW);

    SrtpContext(int ssrc) {
        super(ssrc);
    }

    /**
     * The most likely index of a packet (RFC 3711 3.3.1 and appendix A).
     *
     * @param sequenceNumber of the packet, 0 to 65535
     * @return its index; {@link #INDEX_END} or more if the rollover counter would overflow
     */
    long estimate(int sequenceNumber) {
        long highest = window.highest();
        if (highest < 0) {
            return sequenceNumber;
        }
        long roc = highest >>> 16;
        int last = (int) highest & 0xffff;
        if (last < HALF) {
            // A packet from before the wrap; there is no rollover counter below 0, so then it is one far ahead.
            if (sequenceNumber - last > HALF && roc > 0) {
                roc--;
            }
        } else if (last - HALF > sequenceNumber) {
            roc++;
        }
        return roc << 16 | sequenceNumber;
    }
}
