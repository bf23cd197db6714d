package dev.yodel.rtp;

import dev.yodel.io.Time;

/** The round-trip times of one source: last, sum and count. Values outside 0 to 60 s are refused. */
final class RoundTrip {
    static final long MAX_NANOS = 60 * Time.SECOND;

    /** What a measurement may be below zero because of rounding to 1/65536 s on both sides. */
    private static final long ROUNDING = 5 * Time.MILLISECOND;

    private long lastNanos = -1;
    private double totalSeconds;
    private long measurements;

    /**
     * RFC 3550 6.4.1: A - LSR - DLSR in 16.16 seconds.
     *
     * @return the round trip in nanoseconds, or -1 if it is implausible and was ignored
     */
    long measure(int nowCompact, long lastReport, long delay) {
        int difference = nowCompact - (int) lastReport - (int) delay;
        // The peer's delay is unsigned; a lie moves the 32-bit difference anywhere, also below zero.
        long nanos = NtpClock.compactToNanos(difference);
        if (nanos < 0 && nanos >= -ROUNDING) {
            nanos = 0;
        }
        if (nanos < 0 || nanos > MAX_NANOS) {
            return -1;
        }
        lastNanos = nanos;
        totalSeconds += nanos / 1e9;
        measurements++;
        return nanos;
    }

    long lastNanos() {
        return lastNanos;
    }

    double lastSeconds() {
        return lastNanos < 0 ? -1 : lastNanos / 1e9;
    }

    double totalSeconds() {
        return totalSeconds;
    }

    long measurements() {
        return measurements;
    }
}
