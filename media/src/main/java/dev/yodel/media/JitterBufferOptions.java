package dev.yodel.media;

import dev.yodel.io.Time;

/**
 * Between which bounds a {@link JitterBuffer} chooses its delay. Immutable.
 *
 * @param minDelayNanos 0 or more: no less than this is waited for late packets
 * @param maxDelayNanos at least {@code minDelayNanos}, up to 4 s: what is later counts as lost
 */
public record JitterBufferOptions(long minDelayNanos, long maxDelayNanos) {
    /** The longest delay that can be had. */
    public static final long MAX_DELAY_NANOS = 4 * Time.SECOND;

    /** As little delay as the network allows, half a second at most. */
    public static final JitterBufferOptions DEFAULT = new JitterBufferOptions(0, 500 * Time.MILLISECOND);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if the bounds are out of range
     */
    public JitterBufferOptions {
        if (minDelayNanos < 0 || maxDelayNanos < minDelayNanos || maxDelayNanos > MAX_DELAY_NANOS) {
            throw new IllegalArgumentException(
                    "bounds must be 0 <= min <= max <= 4 s, were " + minDelayNanos + " and " + maxDelayNanos + " ns");
        }
    }
}
