package dev.yodel.sctp.tx;

import dev.yodel.io.Time;

/**
 * CUBIC: after a loss the window grows by the time since then, steeply far below and above the window of the loss,
 * flat near it, so that it fills long paths; on short ones it grows as fast as TCP's standard one. RFC 9438, with the
 * appropriate byte counting of RFC 3465 and an end of slow start after RFC 9406: {@link SlowStartExit}.
 *
 * <p>CUBIC remembers its window, so flows that began unequal stay so for minutes on a long path. The first losses in a full
 * queue, and those far below the last window, are therefore answered as H-TCP does: the window shrinks by what waits in the
 * queue, half at the most, and grows from there as fast as every other flow's, whatever it was.
 */
final class CubicControl implements CongestionControl {
    private static final double CUBE = 0.4;
    private static final double KEPT = 0.7;

    /** So many losses in a full queue find flows unequal. */
    private static final int UNEQUAL_LOSSES = 3;
    /** What is left at least of the window of a flow that may be unequal. */
    private static final double LEAST_KEPT = 0.5;
    /** From half of a window back to it in a somewhat shorter time than {@link #CUBE} takes from 0.7 of it. */
    private static final double EQUAL_CUBE = 1;

    /** What a TCP fills its packets to, headers included. */
    private static final double TCP_PACKET_BYTES = 1500;

    /** What TCP counts its growth in. */
    private static final double TCP_SEGMENT_BYTES = 1448;

    private static final long MIN_QUEUE_NANOS = 2 * Time.MILLISECOND;

    private final int packetBytes;
    /** How much smaller than TCP's our packets are. */
    private final double ratio;
    /** What a loss of the medium leaves of the window. */
    private final double keptOfMedium;

    /** What growth by time, and growth as TCP's, is counted in. */
    private double cubeBytes = TCP_SEGMENT_BYTES;

    private double friendlyBytes = TCP_SEGMENT_BYTES;
    private long pathMinNanos = Long.MAX_VALUE;
    private long lastRoundTripNanos;

    private final SlowStartExit exit = new SlowStartExit();
    private final double initialWindow;

    private double window;
    private double threshold = Double.MAX_VALUE;
    private double windowOfLoss;
    private int queueLosses;
    /** What the last loss left of the window. */
    private double kept = KEPT;
    /** Whether the window grows as that of all others, and not to what it was; so it does before the first loss. */
    private boolean isEqual = true;
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
        this.ratio = Math.max(1, TCP_PACKET_BYTES / packetBytes);
        this.keptOfMedium = Math.pow(KEPT, 1 / ratio);
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
        pathMinNanos = Math.min(pathMinNanos, roundTripNanos);
        lastRoundTripNanos = roundTripNanos;
        if (isSlowStart()) {
            takeVerdict(exit.measured(roundTripNanos, ackedTsn, lastTsn));
        }
    }

    private void takeVerdict(SlowStartExit.Verdict verdict) {
        double smaller =
                switch (verdict) {
                    case NONE -> window;
                    case DRAIN -> window * exit.emptyShare();
                    case TAKE_BACK, OVER -> window - exit.triedBytes();
                };
        window = Math.max(Math.min(window, initialWindow), smaller);
        if (verdict == SlowStartExit.Verdict.OVER) {
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
            origin = isEqual ? window : Math.max(window, windowOfLoss);
            secondsToLoss = Math.cbrt((origin - window) / cubeBytes / CUBE);
        }
        double seconds = (now - epoch + Math.max(0, smoothedNanos)) / 1e9 - secondsToLoss;
        double target = origin + (isEqual ? EQUAL_CUBE : CUBE) * cubeBytes * seconds * seconds * seconds;
        // RFC 9438 4.2: no more than half as much again in a round trip.
        target = Math.max(window, Math.min(target, 1.5 * window));
        // RFC 9438 4.3: what a window that is cut to less or more must grow by to have the share of one that is cut to
        // 0.5.
        double growth = friendlyWindow < windowOfLoss ? 3 * (1 - kept) / (1 + kept) : 1;
        friendlyWindow += growth * friendlyBytes * bytes / window;
        window += (target - window) * Math.min(1, bytes / window);
        window = Math.max(window, friendlyWindow);
    }

    /**
     * A loss while the queue of the path is empty is one of the medium, and hits the same bytes more often in smaller
     * packets. So each takes less of the window, in the proportion of the packets' sizes, and growth in larger units
     * keeps as much under way as a TCP has at that loss rate, whose window goes with n (unit / n)^(1/4), or n (unit /
     * n)^(1/2), for packets of n bytes. Where queues overflow bytes count, and units are TCP's.
     */
    private void chooseUnits(boolean hasQueue) {
        double milder = (1 - keptOfMedium) / (3 + keptOfMedium) * (3 + KEPT) / (1 - KEPT);
        cubeBytes = hasQueue ? TCP_SEGMENT_BYTES : TCP_PACKET_BYTES * ratio * ratio * ratio * milder;
        friendlyBytes = hasQueue ? TCP_SEGMENT_BYTES : TCP_PACKET_BYTES * ratio;
    }

    private void chooseKept(boolean hasQueue) {
        isEqual = hasQueue && (queueLosses < UNEQUAL_LOSSES || window < KEPT * windowOfLoss);
        queueLosses += hasQueue ? 1 : 0;
        if (isEqual) {
            kept = Math.max(LEAST_KEPT, Math.min(KEPT, (double) pathMinNanos / lastRoundTripNanos));
        } else if (hasQueue) {
            kept = KEPT;
        } else {
            // Slow start met its first loss the sooner, and with a window the smaller, the smaller the packets are.
            kept = isSlowStart() ? Math.min(1, KEPT * ratio) : keptOfMedium;
        }
    }

    private boolean hasQueue() {
        return lastRoundTripNanos > pathMinNanos + Math.max(MIN_QUEUE_NANOS, pathMinNanos / 8);
    }

    private void reduce(boolean mayGoOn) {
        boolean hasQueue = hasQueue();
        chooseKept(hasQueue);
        chooseUnits(hasQueue);
        boolean isOver = exit.lost(mayGoOn && hasQueue);
        windowBefore = window;
        thresholdBefore = threshold;
        windowOfLossBefore = windowOfLoss;
        // RFC 9438 4.7: a flow that loses below its last maximum makes room for others.
        windowOfLoss = window < windowOfLoss ? window * (1 + kept) / 2 : window;
        threshold = Math.max(window * kept, 4.0 * packetBytes);
        window = Math.min(window, threshold);
        if (!isOver) {
            threshold = Double.MAX_VALUE;
        }
        epoch = -1;
    }

    @Override
    public void lost(long now) {
        reduce(true);
    }

    @Override
    public void timedOut(long now) {
        reduce(false);
        window = packetBytes;
    }

    @Override
    public void restore(long now) {
        window = Math.max(window, windowBefore);
        threshold = Math.max(threshold, thresholdBefore);
        windowOfLoss = windowOfLossBefore;
        isEqual = false;
        exit.restore();
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
