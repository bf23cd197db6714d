package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/**
 * What does the delay allow? Up by a share while the capacity is unknown, by about a packet per response time near it, down
 * to 85 % of what arrived when a queue grows (draft-ietf-rmcat-gcc-02 5.5).
 */
final class RateControl {
    private static final double BETA = 0.85;
    private static final double GROWTH_PER_SECOND = 1.08;
    private static final long MIN_GROWTH_BPS = 4_000;
    private static final int PACKET_BITS = 1_200 * 8;

    private final long minBps;
    private final long maxBps;
    private long bps;
    private boolean increasing = true;
    private long updatedNanos = Time.NEVER;
    private long decreasedNanos = Long.MIN_VALUE / 2;

    /** Capacity, as seen when a queue grew: a mean and a normalised variance, in kbit/s; negative if unknown. */
    private double capacity = -1;

    private double variance = 0.4;

    RateControl(long startBps, long minBps, long maxBps) {
        this.bps = startBps;
        this.minBps = minBps;
        this.maxBps = maxBps;
    }

    long bps() {
        return bps;
    }

    /** Whether the capacity was seen and the rate is near it. */
    boolean nearCapacity() {
        return capacity >= 0;
    }

    /** When the rate fell last. */
    long decreasedNanos() {
        return decreasedNanos;
    }

    /** A probe, or a cap from elsewhere, knows better. */
    void set(long value, long now) {
        bps = clamp(value);
        updatedNanos = now;
        if (capacity >= 0 && value / 1000.0 > upperBound()) {
            capacity = -1;
        }
    }

    /**
     * Takes what the delays of a report mean.
     *
     * @param limitedBySender whether much less is sent than was allowed: then what arrives says nothing of the capacity
     */
    void update(DelayTrend.Usage usage, long acknowledgedBps, boolean limitedBySender, long roundTripNanos, long now) {
        long elapsed = updatedNanos == Time.NEVER ? 0 : Math.min(now - updatedNanos, Time.SECOND);
        updatedNanos = now;
        switch (usage) {
            case OVERUSE -> {
                if (now - decreasedNanos >= Math.max(roundTripNanos, 200 * Time.MILLISECOND)) {
                    decrease(acknowledgedBps, limitedBySender, now);
                }
                increasing = false;
            }
            case UNDERUSE -> increasing = false;
            case NORMAL -> {
                // The first quiet report ends the hold, the next ones let it grow.
                if (increasing) {
                    increase(acknowledgedBps, roundTripNanos, elapsed);
                }
                increasing = true;
            }
        }
    }

    private void decrease(long acknowledgedBps, boolean limitedBySender, long now) {
        long from = acknowledgedBps < 0 ? bps : acknowledgedBps;
        long lowered = (long) (BETA * from);
        if (lowered > bps && capacity >= 0) {
            lowered = (long) (BETA * capacity * 1000);
        }
        if (acknowledgedBps >= 0 && !limitedBySender) {
            learn(acknowledgedBps / 1000.0);
        }
        bps = clamp(Math.min(bps, lowered));
        decreasedNanos = now;
    }

    private void learn(double kbps) {
        if (capacity >= 0 && kbps < capacity - 3 * deviation()) {
            // The capacity fell: what was known is of no use.
            capacity = -1;
        }
        if (capacity < 0) {
            capacity = kbps;
        } else {
            capacity = 0.95 * capacity + 0.05 * kbps;
        }
        double error = (capacity - kbps) * (capacity - kbps) / Math.max(capacity, 1);
        variance = Math.max(0.4, Math.min(2.5, 0.95 * variance + 0.05 * error));
    }

    private double deviation() {
        return Math.sqrt(variance * Math.max(capacity, 1));
    }

    private double upperBound() {
        return capacity + 3 * deviation();
    }

    private void increase(long acknowledgedBps, long roundTripNanos, long elapsedNanos) {
        if (capacity >= 0 && acknowledgedBps / 1000.0 > upperBound()) {
            capacity = -1;
        }
        double seconds = (double) elapsedNanos / Time.SECOND;
        long grown;
        if (capacity >= 0) {
            double response = roundTripNanos / 1e9 + 0.1;
            double perFrame = bps / 30.0;
            double packet = perFrame / Math.ceil(perFrame / PACKET_BITS);
            grown = bps + (long) (Math.max(MIN_GROWTH_BPS, packet / response) * seconds);
        } else {
            grown = bps + Math.max((long) (bps * (Math.pow(GROWTH_PER_SECOND, seconds) - 1)), (long) (1_000 * seconds));
        }
        // Who does not use what it has does not learn that there is more.
        if (acknowledgedBps >= 0) {
            grown = Math.min(grown, Math.max(bps, acknowledgedBps * 3 / 2 + 10_000));
        }
        bps = clamp(grown);
    }

    private long clamp(long value) {
        return Math.max(minBps, Math.min(maxBps, value));
    }
}
