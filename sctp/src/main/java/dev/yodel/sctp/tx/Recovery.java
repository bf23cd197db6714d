package dev.yodel.sctp.tx;

import dev.yodel.sctp.packet.TsnSet;

/**
 * Is a loss being repaired, how many bytes may be under way meanwhile, and was it a loss at all? The window shrinks in
 * proportion to what arrives, without a pause and without a burst. RFC 9260 7.2.4, RFC 6937.
 */
final class Recovery {
    private static final long NONE = -1;

    private final int packetBytes;
    private long endTsn = NONE;
    private boolean proportional;
    private long targetBytes;
    private long flightAtStart;
    private long arrivedBytes;
    private long sentBytes;
    private long window;
    private long lostChunks;
    private long foundChunks;
    /** What was sent again since the beginning. */
    private TsnSet resent = new TsnSet(0);

    Recovery(int packetBytes) {
        this.packetBytes = packetBytes;
    }

    /** Whether losses up to a TSN are being repaired; a further one costs nothing more. */
    boolean isActive() {
        return endTsn != NONE;
    }

    /** Whether {@link #windowBytes} holds instead of the congestion window. */
    boolean isProportional() {
        return proportional;
    }

    long windowBytes() {
        return window;
    }

    /** Begins after a loss: to end when all to a TSN is acknowledged, with a window of so many bytes. */
    void begin(long cumulative, long newEndTsn, long newTargetBytes, long flightBytes) {
        start(cumulative, newEndTsn);
        proportional = true;
        targetBytes = newTargetBytes;
        flightAtStart = Math.max(1, flightBytes);
        arrivedBytes = 0;
        sentBytes = 0;
        window = flightBytes;
    }

    /** Begins after a time-out: the congestion window holds, which starts from one packet. */
    void beginAfterTimeout(long cumulative, long newEndTsn) {
        start(cumulative, newEndTsn);
        proportional = false;
    }

    private void start(long cumulative, long newEndTsn) {
        endTsn = newEndTsn;
        lostChunks = 0;
        foundChunks = 0;
        resent = new TsnSet(cumulative);
    }

    void end() {
        endTsn = NONE;
        proportional = false;
    }

    /** Something arrived, and so many bytes are still under way. RFC 6937 3.1. */
    void acknowledged(long bytes, long flightBytes) {
        arrivedBytes += bytes;
        long allowed;
        if (flightBytes > targetBytes) {
            allowed = (arrivedBytes * targetBytes + flightAtStart - 1) / flightAtStart - sentBytes;
        } else {
            long catchUp = Math.max(arrivedBytes - sentBytes, bytes) + (bytes > 0 ? packetBytes : 0);
            allowed = Math.min(targetBytes - flightBytes, catchUp);
        }
        // The first retransmission goes at once.
        long least = sentBytes == 0 ? packetBytes : 0;
        window = flightBytes + Math.max(least, allowed);
    }

    void sent(OutChunk chunk) {
        sentBytes += chunk.length;
        if (chunk.sends > 1) {
            resent.add(chunk.tsn);
        }
    }

    void lost(long chunks) {
        lostChunks += chunks;
    }

    /** Whether the peer got a TSN twice because we sent it twice; each sending explains one copy. */
    boolean explains(long tsn) {
        boolean isOurs = resent.contains(tsn);
        resent.remove(tsn);
        return isOurs;
    }

    /** A chunk that was taken for lost had arrived; whether that holds for all of them now. */
    boolean found() {
        foundChunks++;
        return foundChunks >= lostChunks;
    }

    long endTsn() {
        return endTsn;
    }
}
