package dev.yodel.dtls.engine;

import dev.yodel.io.Time;

/**
 * When is the flight sent again that the peer has not answered (RFC 6347 4.2.4)? Intervals double. A stranger that says
 * nothing gets so many repetitions and no more, the last of them spread over the handshake's time; a peer that is
 * known to be there is not given up. It knows neither the messages nor how they are sent.
 */
final class FlightTimer {
    /** How often a flight is sent again while nothing comes; what the peer repeats is answered besides. */
    static final int MAX_REPETITIONS = 7;

    /** The last of them are spread over what is left of the handshake's time, so that a black-out can be survived. */
    private static final int SPREAD_REPETITIONS = 2;

    /** While the path answers, flights are lost and not unheard: doubling ends at so many times the first interval. */
    private static final int PATH_FACTOR = 4;

    private final long longestNanos;
    private long firstNanos;
    private long intervalNanos;
    private int repetitionsLeft;
    /** Whether a flight waits for the peer's answer. */
    private boolean waiting;
    /**
     * Whether that flight follows one that the peer has answered: then it is no stranger, and the flight is never
     * given up.
     */
    private boolean peerAnswers;
    /** Whether the peer is known to be there by other means, as ICE knows it. */
    private boolean pathAnswers;

    private long at = Time.NEVER;

    /** @param longestNanos where doubling stops */
    FlightTimer(long longestNanos) {
        this.longestNanos = longestNanos;
    }

    /** Says how long the first interval of each flight is. */
    void begin(long firstInterval) {
        firstNanos = firstInterval;
    }

    /** A repetition within this time of the last transmission would only answer the same word of the peer again. */
    long shortestNanos() {
        return firstNanos / 2;
    }

    /** A new flight goes out. */
    void handleFlight(boolean followsAnother, long now) {
        peerAnswers = followsAnother;
        waiting = true;
        intervalNanos = firstNanos;
        repetitionsLeft = MAX_REPETITIONS;
        at = Time.after(now, intervalNanos);
    }

    /** The peer's flight is complete, or nobody needs ours any more. */
    void stop() {
        waiting = false;
        at = Time.NEVER;
    }

    boolean isWaiting() {
        return waiting;
    }

    /** A path that begins to answer is not left waiting for an interval that was meant for silence. */
    void handlePath(boolean answers, long now) {
        boolean begins = answers && !pathAnswers;
        pathAnswers = answers;
        if (begins && waiting) {
            intervalNanos = Math.min(intervalNanos, longestOnPath());
            at = Time.min(at, Time.after(now, intervalNanos));
        }
    }

    /**
     * Whether a repetition is due; then the one that follows is another interval away.
     *
     * @param endsAt when the handshake must be finished
     */
    boolean isDue(long endsAt, long now) {
        if (now < at) {
            return false;
        }
        if (pathAnswers) {
            intervalNanos = Math.min(2 * intervalNanos, longestOnPath());
        } else {
            repetitionsLeft--;
            intervalNanos = peerAnswers || repetitionsLeft > SPREAD_REPETITIONS
                    ? Math.min(2 * intervalNanos, longestNanos)
                    : Math.max(intervalNanos, (endsAt - now) / (repetitionsLeft + 1));
        }
        return true;
    }

    /** The flight was sent again, because that was due or because the peer repeated its own. */
    void handleRepetition(long now) {
        at = pathAnswers || peerAnswers || repetitionsLeft > 0 ? Time.after(now, intervalNanos) : Time.NEVER;
    }

    /** When the next repetition is due, or {@link Time#NEVER}. */
    long nextTimeout() {
        return at;
    }

    private long longestOnPath() {
        return Math.min(PATH_FACTOR * firstNanos, longestNanos);
    }
}
