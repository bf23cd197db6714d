package dev.yodel.io;

/**
 * Monotonic time as the cores know it: a {@code long} count of nanoseconds from an arbitrary start that never
 * decreases. It is no wall clock; see {@link Environment#wallClockMillis()}.
 */
public final class Time {
    /** No deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Nanoseconds in a millisecond. */
    public static final long MILLISECOND = 1_000_000L;

    /** Nanoseconds in a second. */
    public static final long SECOND = 1_000_000_000L;

    private Time() {}

    /**
     * Converts milliseconds to nanoseconds, saturating at {@link #NEVER}.
     *
     * @param millis milliseconds, any value
     * @return nanoseconds
     */
    public static long millis(long millis) {
        if (millis > NEVER / MILLISECOND) {
            return NEVER;
        }
        return millis * MILLISECOND;
    }

    /**
     * The earlier of two deadlines.
     *
     * @param a a deadline in nanoseconds or {@link #NEVER}
     * @param b a deadline in nanoseconds or {@link #NEVER}
     * @return the smaller one
     */
    public static long min(long a, long b) {
        return Math.min(a, b);
    }

    /**
     * A deadline {@code delayNanos} after {@code now}, saturating at {@link #NEVER}.
     *
     * @param now nanoseconds
     * @param delayNanos delay, not negative
     * @return the deadline
     */
    public static long after(long now, long delayNanos) {
        long sum = now + delayNanos;
        return ((now ^ sum) & (delayNanos ^ sum)) < 0 ? NEVER : sum;
    }
}
