package dev.yodel.sctp.tx;

import dev.yodel.io.Time;

/**
 * When does the queue of the path begin to fill, so that doubling the window must end before packets are lost? It watches
 * the shortest round trip of each round. HyStart++, RFC 9406.
 */
final class SlowStartExit {
    private static final long MIN_RISE_NANOS = 4 * Time.MILLISECOND;
    private static final long MAX_RISE_NANOS = 16 * Time.MILLISECOND;
    private static final int RISE_DIVISOR = 8;
    private static final int SAMPLES = 8;
    private static final int CAREFUL_DIVISOR = 4;
    private static final int CAREFUL_ROUNDS = 5;

    private long roundEndTsn = -1;
    private long roundMinNanos = Long.MAX_VALUE;
    private long previousMinNanos = Long.MAX_VALUE;
    private int samples;
    /** The round trip when growth became careful; -1 while it doubles. */
    private long carefulMinNanos = -1;

    private int carefulRounds;

    /** What the window grows by. */
    long growth(long ackedBytes) {
        return carefulMinNanos < 0 ? ackedBytes : ackedBytes / CAREFUL_DIVISOR;
    }

    /** Takes a round trip; whether slow start is over. */
    boolean measured(long roundTripNanos, long ackedTsn, long lastTsn) {
        if (ackedTsn >= roundEndTsn) {
            roundEndTsn = lastTsn;
            previousMinNanos = roundMinNanos;
            roundMinNanos = Long.MAX_VALUE;
            samples = 0;
            if (carefulMinNanos >= 0 && ++carefulRounds > CAREFUL_ROUNDS) {
                return true;
            }
        }
        roundMinNanos = Math.min(roundMinNanos, roundTripNanos);
        if (++samples < SAMPLES || previousMinNanos == Long.MAX_VALUE) {
            return false;
        }
        if (carefulMinNanos < 0) {
            long rise = Math.max(MIN_RISE_NANOS, Math.min(MAX_RISE_NANOS, previousMinNanos / RISE_DIVISOR));
            if (roundMinNanos >= previousMinNanos + rise) {
                carefulMinNanos = roundMinNanos;
                carefulRounds = 0;
            }
        } else if (roundMinNanos < carefulMinNanos) {
            // RFC 9406 4.2: the rise was a mistake.
            carefulMinNanos = -1;
        }
        return false;
    }
}
