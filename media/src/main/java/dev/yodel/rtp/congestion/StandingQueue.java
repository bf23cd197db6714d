package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/**
 * How long do packets wait on the way, beyond the least that they took in the last half minute to minute? The clocks
 * of both ends need not agree. It judges no trend: a queue that stays full shows none.
 */
final class StandingQueue {
    /** More than a change of the route or a slower link adds by itself. */
    static final long STANDING_NANOS = 250 * Time.MILLISECOND;

    private static final long PART_NANOS = 30 * Time.SECOND;

    private long partBegan = Time.NEVER;
    private long leastBefore = Long.MAX_VALUE;
    private long least = Long.MAX_VALUE;
    private long leastOfReport = Long.MAX_VALUE;

    void begin(long now) {
        if (partBegan == Time.NEVER || now - partBegan >= PART_NANOS) {
            leastBefore = least;
            least = Long.MAX_VALUE;
            partBegan = now;
        }
        leastOfReport = Long.MAX_VALUE;
    }

    void add(long sentNanos, long arrivalMicros) {
        long took = arrivalMicros * 1_000 - sentNanos;
        least = Math.min(least, took);
        leastOfReport = Math.min(leastOfReport, took);
    }

    /** Whether even the luckiest packet of the report had to wait. */
    boolean stands() {
        return leastOfReport != Long.MAX_VALUE && leastOfReport - Math.min(least, leastBefore) > STANDING_NANOS;
    }
}
