package dev.yodel.sctp.tx;

/** The congestion control that RFC 9260 7.2 lays down. */
final class StandardControl implements CongestionControl {
    /** RFC 9260 7.2.1 lets a SACK add a packet; ours answer many packets at once. */
    private static final int MAX_GROWTH_PACKETS = 8;

    private final int packetBytes;
    private final long initialWindow;
    private long window;
    private long threshold = Long.MAX_VALUE;
    private long partialBytes;
    private long windowBefore;
    private long thresholdBefore;

    StandardControl(int packetBytes) {
        this.packetBytes = packetBytes;
        this.initialWindow = 10L * packetBytes;
        this.window = initialWindow;
    }

    @Override
    public long windowBytes() {
        return window;
    }

    @Override
    public boolean isSlowStart() {
        return window <= threshold;
    }

    @Override
    public void measured(long roundTripNanos, long ackedTsn, long lastTsn) {
        // RFC 9260 does not look at delays.
    }

    /** RFC 9260 7.2.1, 7.2.2. */
    @Override
    public void acknowledged(long bytes, boolean wasInUse, long smoothedNanos, long now) {
        if (!wasInUse) {
            return;
        }
        if (isSlowStart()) {
            window += Math.min(bytes, (long) MAX_GROWTH_PACKETS * packetBytes);
            return;
        }
        partialBytes += bytes;
        if (partialBytes >= window) {
            partialBytes -= window;
            window += packetBytes;
        }
    }

    private void reduceTo(long newWindow) {
        windowBefore = window;
        thresholdBefore = threshold;
        threshold = Math.max(window / 2, 4L * packetBytes);
        window = Math.min(newWindow, threshold);
        partialBytes = 0;
    }

    /** RFC 9260 7.2.4. */
    @Override
    public void lost(long now) {
        reduceTo(Long.MAX_VALUE);
    }

    /** RFC 9260 7.2.3. */
    @Override
    public void timedOut(long now) {
        reduceTo(packetBytes);
    }

    @Override
    public void restore(long now) {
        window = Math.max(window, windowBefore);
        threshold = Math.max(threshold, thresholdBefore);
    }

    @Override
    public void idle(long timeouts) {
        if (window > initialWindow) {
            threshold = Math.max(threshold, window * 3 / 4);
            window = Math.max(initialWindow, window >> Math.min(timeouts, 30));
        }
    }
}
