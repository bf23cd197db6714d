package dev.yodel.sctp.tx;

import dev.yodel.io.Time;

/**
 * How long to wait for an answer? RFC 9260 6.3.1. It backs off twice, for what is only late; then it tries often for a
 * while: a path that comes back is used soon, one that loses half of everything carries something every ten seconds (F04),
 * and a single packet in that time burdens nobody.
 */
public final class RetransmissionTimeout {
    private static final long INITIAL_NANOS = 500 * Time.MILLISECOND;
    /** What an answer may be later than the round trip: peers delay SACKs by up to 200 ms. */
    private static final long MIN_MARGIN_NANOS = 200 * Time.MILLISECOND;

    private static final long MAX_NANOS = 3 * Time.SECOND;
    /** An answer that is late and not lost comes before so many time-outs. */
    private static final int PATIENT_TRIES = 2;

    /** So often without an answer, and this often, before waiting for long. */
    private static final int EAGER_TRIES = 64;

    private static final long EAGER_NANOS = 150 * Time.MILLISECOND;

    private long smoothed = -1;
    private long variation;
    private long base = INITIAL_NANOS;
    private long timeout = INITIAL_NANOS;
    private int tries;

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
        base = Math.min(MAX_NANOS, smoothed + Math.max(MIN_MARGIN_NANOS, 4 * variation));
        timeout = base;
        tries = 0;
    }

    /**
     * Something new arrived, though nothing could be measured: where half of everything is lost that may be so for long
     * (RFC 9260 6.3.1 C5 measures no retransmissions). The path lives.
     */
    public void answered() {
        tries = Math.min(tries, PATIENT_TRIES);
    }

    /** RFC 9260 6.3.3 E2, but for the tries in between. */
    public void backOff() {
        tries++;
        if (tries > PATIENT_TRIES && tries <= EAGER_TRIES) {
            // What was sent again is reported without delay.
            timeout = Math.min(MAX_NANOS, Math.max(EAGER_NANOS, 2 * smoothed));
        } else {
            long most = tries <= EAGER_TRIES ? Math.max(INITIAL_NANOS, 5 * base / 2) : MAX_NANOS;
            timeout = Math.min(MAX_NANOS, Math.min(most, 2 * timeout));
        }
    }
}
