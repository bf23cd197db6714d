package dev.yodel.sctp.tx;

/** How many bytes may be under way? NewReno of RFC 9260 7.2. It does not know TSNs' state. */
public final class CongestionWindow {
    /** Growth per SACK in packets: SACKs may answer many packets at once. */
    private static final int MAX_GROWTH_PACKETS = 8;

    private final int packetBytes;
    private long window;
    private long threshold = Long.MAX_VALUE;
    private long partialBytes;
    private long recoveryEnd = -1;

    public CongestionWindow(int packetBytes) {
        this.packetBytes = packetBytes;
        this.window = 10L * packetBytes;
    }

    public long windowBytes() {
        return window;
    }

    public boolean isInRecovery() {
        return recoveryEnd >= 0;
    }

    /** RFC 9260 7.2.1, 7.2.2: grows only when it was in use and the cumulative TSN moved. */
    void acknowledged(long cumulative, long bytes, long flightBefore) {
        if (recoveryEnd >= 0) {
            if (cumulative >= recoveryEnd) {
                recoveryEnd = -1;
            }
            return;
        }
        if (flightBefore + packetBytes <= window) {
            return;
        }
        if (window <= threshold) {
            window += Math.min(bytes, (long) MAX_GROWTH_PACKETS * packetBytes);
            return;
        }
        partialBytes += bytes;
        if (partialBytes >= window) {
            partialBytes -= window;
            window += packetBytes;
        }
    }

    /** RFC 9260 7.2.4: once per window. */
    void lost(long highestTsn) {
        if (recoveryEnd >= 0) {
            return;
        }
        recoveryEnd = highestTsn;
        threshold = Math.max(window / 2, 4L * packetBytes);
        window = threshold;
        partialBytes = 0;
    }

    /** RFC 9260 7.2.3. */
    void timedOut() {
        threshold = Math.max(window / 2, 4L * packetBytes);
        window = packetBytes;
        partialBytes = 0;
        recoveryEnd = -1;
    }
}
