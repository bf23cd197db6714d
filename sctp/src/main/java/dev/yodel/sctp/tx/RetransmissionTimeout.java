package dev.yodel.sctp.tx;

import dev.yodel.io.Time;

/** How long to wait for an answer? RFC 9260 6.3.1, with a cap of 3 s so that a path that comes back is used at once. */
public final class RetransmissionTimeout {
    private static final long INITIAL_NANOS = 500 * Time.MILLISECOND;
    private static final long MIN_NANOS = 200 * Time.MILLISECOND;
    private static final long MAX_NANOS = 3 * Time.SECOND;

    private long smoothed = -1;
    private long variation;
    private long timeout = INITIAL_NANOS;

    public long nanos() {
        return timeout;
    }

    /** The smoothed round trip; -1 before the first. */
    public long smoothedNanos() {
        return smoothed;
    }

    public void measured(long roundTripNanos) {
        long sample = Math.max(0, roundTripNanos);
        if (smoothed < 0) {
            smoothed = sample;
            variation = sample / 2;
        } else {
            variation = (3 * variation + Math.abs(smoothed - sample)) / 4;
            smoothed = (7 * smoothed + sample) / 8;
        }
        timeout = Math.min(MAX_NANOS, Math.max(MIN_NANOS, smoothed + 4 * variation));
    }

    public void backOff() {
        timeout = Math.min(MAX_NANOS, 2 * timeout);
    }
}
