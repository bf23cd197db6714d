package dev.yodel.sctp.state;

import dev.yodel.io.Time;

/** How long to wait for the answer to INIT, COOKIE ECHO or SHUTDOWN, and when to give up? RFC 9260 5.1, 9.2. */
final class Retry {
    static final int MAX_TRIES = 8;
    private static final long FIRST_NANOS = 500 * Time.MILLISECOND;
    private static final long MAX_NANOS = 3 * Time.SECOND;

    private int tries;
    private long nanos = FIRST_NANOS;

    void restart() {
        tries = 0;
        nanos = FIRST_NANOS;
    }

    long nanos() {
        return nanos;
    }

    /** Notes that no answer came; whether to try again. */
    boolean again() {
        nanos = Math.min(MAX_NANOS, 2 * nanos);
        return ++tries <= MAX_TRIES;
    }
}
