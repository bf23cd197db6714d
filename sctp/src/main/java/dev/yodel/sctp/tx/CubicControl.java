package dev.yodel.sctp.tx;

/**
 * CUBIC: after a loss the window grows by the time since then, steeply far below and above the window of the loss, flat near
 * it, so that it fills long paths; on short ones it grows as fast as TCP's standard one. RFC 9438, with the appropriate byte
 * counting of RFC 3465 and the end of slow start of RFC 9406.
 */
final class CubicControl implements CongestionControl {
    private static final double CUBE = 0.4;
    private static final double KEPT = 0.7;
    /** RFC 9438 4.3: what a window that is cut to 0.7 must grow by to have the share of one that is cut to 0.5. */
    private static final double FRIENDLY_GROWTH = 3 * (1 - KEPT) / (1 + KEPT);

    private final int packetBytes;
    /** What a TCP on a path of 1500 bytes counts in. */
    private static final double TCP_SEGMENT_BYTES = 1448;

    /**
     * What growth by time, and growth as TCP's, is counted in. Our packets are smaller than TCP's, so a loss rate hits the
     * same bytes more often: with these units the bytes under way at any loss rate are those of a TCP.
     */
    private final double cubeBytes;

    private final double friendlyBytes;

    private final SlowStartExit exit = new SlowStartExit();
    private final double initialWindow;

    private double window;
    private double threshold = Double.MAX_VALUE;
    private double windowOfLoss;
    /** When growth by time began, -1 if it begins with the next acknowledgement. */
    private long epoch = -1;

    private double secondsToLoss;
    private double origin;
    private double friendlyWindow;
    private long acknowledgedAt;

    private double windowBefore;
    private double thresholdBefore;
    private double windowOfLossBefore;

    CubicControl(int packetBytes) {
        this.packetBytes = packetBytes;
        // Of n-byte packets, the window at a loss rate goes with n * (unit / n)^(1/4), as TCP's with n * (unit / n)^(1/2).
        double ratio = TCP_SEGMENT_BYTES / Math.min(TCP_SEGMENT_BYTES, packetBytes);
        this.cubeBytes = TCP_SEGMENT_BYTES * ratio * ratio * ratio;
        this.friendlyBytes = TCP_SEGMENT_BYTES * ratio;
        this.initialWindow = 10.0 * packetBytes;
        this.window = initialWindow;
    }

    @Override
    public long windowBytes() {
        return (long) window;
    }

    @Override
    public boolean isSlowStart() {
        return window < threshold;
    }

    @Override
    public void measured(long roundTripNanos, long ackedTsn, long lastTsn) {
        if (isSlowStart() && exit.measured(roundTripNanos, ackedTsn, lastTsn)) {
            threshold = window;
        }
    }

    @Override
    public void acknowledged(long bytes, boolean wasInUse, long smoothedNanos, long now) {
        long last = acknowledgedAt;
        acknowledgedAt = now;
        if (!wasInUse) {
            // RFC 9438 5.8: time in which the sender had too little to send does not count.
            if (epoch >= 0) {
                epoch += now - last;
            }
            return;
        }
        if (isSlowStart()) {
            window += exit.growth(bytes);
            return;
        }
        growByTime(bytes, smoothedNanos, now);
    }

    private void growByTime(long bytes, long smoothedNanos, long now) {
        if (epoch < 0) {
            epoch = now;
            friendlyWindow = window;
            origin = Math.max(window, windowOfLoss);
            secondsToLoss = Math.cbrt((origin - window) / cubeBytes / CUBE);
        }
        double seconds = (now - epoch + Math.max(0, smoothedNanos)) / 1e9 - secondsToLoss;
        double target = origin + CUBE * cubeBytes * seconds * seconds * seconds;
        // RFC 9438 4.2: no more than half as much again in a round trip.
        target = Math.max(window, Math.min(target, 1.5 * window));
        double growth = friendlyWindow < windowOfLoss ? FRIENDLY_GROWTH : 1;
        friendlyWindow += growth * friendlyBytes * bytes / window;
        window += (target - window) * Math.min(1, bytes / window);
        window = Math.max(window, friendlyWindow);
    }

    private void reduce() {
        windowBefore = window;
        thresholdBefore = threshold;
        windowOfLossBefore = windowOfLoss;
        // RFC 9438 4.7: a flow that loses below its last maximum makes room for others.
        windowOfLoss = window < windowOfLoss ? window * (1 + KEPT) / 2 : window;
        threshold = Math.max(window * KEPT, 4.0 * packetBytes);
        window = Math.min(window, threshold);
        epoch = -1;
    }

    @Override
    public void lost(long now) {
        reduce();
    }

    @Override
    public void timedOut(long now) {
        reduce();
        window = packetBytes;
    }

    @Override
    public void restore(long now) {
        window = Math.max(window, windowBefore);
        threshold = Math.max(threshold, thresholdBefore);
        windowOfLoss = windowOfLossBefore;
        epoch = -1;
    }

    @Override
    public void idle(long timeouts) {
        if (window > initialWindow) {
            threshold = Math.max(threshold, window * 3 / 4);
            window = Math.max(initialWindow, window / (1L << Math.min(timeouts, 30)));
            epoch = -1;
        }
    }
}
