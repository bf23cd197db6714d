package dev.yodel.sctp.tx;

import dev.yodel.io.Time;

/**
 * When does the queue of the path begin to fill, so that doubling the window must end before packets are lost? Packets are
 * paced at twice the rate of the window, so the last of a round trip show a queue while the window is still below what the
 * path carries: from then on the window rests for a round and grows
 * carefully, and that ends when even the shortest round trip of a round shows a queue. RFC 9406, which
 * looks at the first packets of a round instead.
 */
final class SlowStartExit {
    private static final long MIN_RISE_NANOS = 4 * Time.MILLISECOND;
    private static final long MAX_RISE_NANOS = 16 * Time.MILLISECOND;
    private static final int RISE_DIVISOR = 8;
    /** So many packets in a row must be late. */
    private static final int SAMPLES = 8;

    private static final int CAREFUL_DIVISOR = 4;

    private long roundEndTsn = -1;
    private long roundMinNanos = Long.MAX_VALUE;
    private long pathMinNanos = Long.MAX_VALUE;
    private int lateInRow;
    private boolean careful;
    private boolean roundIsCareful;
    private boolean roundBeforeWasCareful;

    /** What the window grows by. */
    long growth(long ackedBytes) {
        if (!careful) {
            return ackedBytes;
        }
        return roundIsCareful && roundBeforeWasCareful ? ackedBytes / CAREFUL_DIVISOR : 0;
    }

    /** Takes a round trip; whether slow start is over. */
    boolean measured(long roundTripNanos, long ackedTsn, long lastTsn) {
        boolean isOver = false;
        if (ackedTsn >= roundEndTsn) {
            // RFC 9406 4.2: a round without a queue says that the signal was a mistake, or that there is room again.
            isOver = roundIsCareful && roundMinNanos >= pathMinNanos + riseNanos();
            roundBeforeWasCareful = roundIsCareful;
            roundIsCareful = careful;
            roundEndTsn = lastTsn;
            roundMinNanos = Long.MAX_VALUE;
        }
        pathMinNanos = Math.min(pathMinNanos, roundTripNanos);
        roundMinNanos = Math.min(roundMinNanos, roundTripNanos);
        lateInRow = roundTripNanos >= pathMinNanos + riseNanos() ? lateInRow + 1 : 0;
        careful |= lateInRow >= SAMPLES;
        return isOver;
    }

    private long riseNanos() {
        return Math.max(MIN_RISE_NANOS, Math.min(MAX_RISE_NANOS, pathMinNanos / RISE_DIVISOR));
    }
}
