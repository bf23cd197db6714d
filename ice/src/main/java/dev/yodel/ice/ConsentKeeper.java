package dev.yodel.ice;

import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * May we still send to a pair (RFC 7675)? Only valid responses to our checks refresh consent; nothing else that arrives
 * does. It keeps the selected pair and two others that work.
 */
final class ConsentKeeper {
    /** RFC 7675 section 5.1. */
    static final long EXPIRY_NANOS = 30 * Time.SECOND;

    private static final long INTERVAL_NANOS = 5 * Time.SECOND;
    /** Between the answers of a pair that works: 1.2 times the interval, and the time of an answer. */
    static final long LONGEST_PAUSE_NANOS = 6_500 * Time.MILLISECOND;

    private static final long RETRY_NANOS = 500 * Time.MILLISECOND;
    private static final int RETRIES = 6;
    /**
     * Once more: 3 s after the first of them the path may work again, and 3.5 s after it the pair may have to be
     * given up.
     */
    private static final long LAST_RETRY_NANOS = RETRY_NANOS / 2;

    /**
     * Of a pair that has not answered that often: thousands of connections that all ask again every 500 ms would keep a
     * machine from answering that has fallen behind.
     */
    private static final long SLOW_RETRY_NANOS = Time.SECOND;

    /** Timers that fire so late tell that this machine has fallen behind; a loop may well be 20 ms late. */
    private static final long LATE_NANOS = 100 * Time.MILLISECOND;

    /**
     * How many times the lateness a check waits for its repetition, so that a machine is not kept busy by its own
     * checks.
     */
    private static final int LATENESS_FACTOR = 8;

    /** Six repetitions and more fit into the 30 s all the same. */
    private static final long LONGEST_RETRY_NANOS = 4 * Time.SECOND;

    /** How often a check of the peer may hasten ours much. */
    private static final long HURRY_PAUSE_NANOS = 2 * Time.SECOND;

    private static final long SPARE_RETRY_NANOS = 2 * Time.SECOND;

    /** Without an answer for so long a pair counts as one that does not answer, whatever its round-trip time. */
    private static final long LONGEST_SILENCE_NANOS = 9_500 * Time.MILLISECOND;

    private static final int MAX_SPARE_PAIRS = 2;
    /** Two in a row without an answer, and a relayed pair's server is asked whether it still knows us. */
    private static final int PROBE_AFTER = 3;

    /** Peers check every 6 s at most, and repeat what is not answered. */
    private static final long LITE_SILENCE_NANOS = 9_500 * Time.MILLISECOND;

    private final IceSession session;
    /** How late the last consent check was made; 0 if it was not. */
    private long lateNanos;

    ConsentKeeper(IceSession session) {
        this.session = session;
    }

    /** A valid response came. */
    void granted(Pair pair, long now) {
        pair.consentedAt = now;
        pair.unansweredConsentChecks = 0;
        pair.unresponsiveAt = Time.NEVER;
        pair.unresponsive = false;
        pair.doubted = false;
        pair.suspect = false;
        pair.suspectAt = Time.NEVER;
        // RFC 7675 section 5.1: 5 s, randomised by a factor of 0.8 to 1.2.
        pair.consentCheckAt =
                now + (long) (INTERVAL_NANOS * (0.8 + 0.4 * session.random().nextDouble()));
    }

    /** Checks a pair at once; if that stays unanswered while another pair works, the other one is preferred. */
    void probe(Pair pair, long now) {
        if (pair.unansweredConsentChecks == 0) {
            pair.consentCheckAt = now;
        }
        pair.suspectAt = Math.min(pair.suspectAt, now + firstRetryNanos(pair));
    }

    /** Checks a pair at once unless a check of it is unanswered. */
    void ask(Pair pair, long now) {
        if (pair.unansweredConsentChecks == 0) {
            pair.consentCheckAt = Math.min(pair.consentCheckAt, now);
        }
    }

    /**
     * The peer is heard again on a pair that did not answer: it is checked soon, but seldom sooner than a repetition would
     * come. Both ends would answer each other's checks with checks, and where answers take long they would go on for ever.
     */
    void hurry(Pair pair, long now) {
        if (pair.unansweredConsentChecks == 0) {
            return;
        }
        boolean again = now - pair.hurriedAt < HURRY_PAUSE_NANOS;
        long pause = again ? RETRY_NANOS : RETRY_NANOS / 5;
        long soonest = Math.max(now, pair.path.lastCheckSentNanos + Math.max(pause, retryWhenLate()));
        if (soonest < pair.consentCheckAt) {
            pair.consentCheckAt = soonest;
            pair.hurriedAt = again ? pair.hurriedAt : now;
        }
    }

    private long retryWhenLate() {
        return Math.min(LATENESS_FACTOR * lateNanos, LONGEST_RETRY_NANOS);
    }

    /** All consent is in doubt: the clock stood still for a while. */
    void doubt(long now) {
        for (Pair pair : session.list().pairs()) {
            if (pair.isValid()) {
                pair.doubted = true;
                pair.consentCheckAt = now;
            }
        }
        schedule();
    }

    void handleTimeout(long now) {
        List<Pair> kept = kept();
        for (Pair pair : new ArrayList<>(session.list().pairs())) {
            if (!pair.isValid()) {
                continue;
            }
            if (now - pair.consentedAt >= EXPIRY_NANOS) {
                session.consentExpired(pair, now);
            } else if (kept.contains(pair)) {
                checkIfDue(pair, now);
            }
        }
        schedule();
    }

    private void checkIfDue(Pair pair, long now) {
        if (pair.suspectAt <= now) {
            pair.suspectAt = Time.NEVER;
            pair.suspect = true;
        }
        if (pair.unresponsiveAt <= now) {
            pair.unresponsiveAt = Time.NEVER;
            pair.unresponsive = true;
        }
        if (pair.consentCheckAt > now) {
            return;
        }
        if (session.isLite()) {
            // RFC 7675 section 4: a lite agent makes no checks; that the peer goes on with its own has to do.
            pair.unresponsive = now - pair.consentedAt >= LITE_SILENCE_NANOS;
            pair.consentCheckAt = pair.unresponsive ? Time.NEVER : pair.consentedAt + LITE_SILENCE_NANOS;
            return;
        }
        if (pair.unansweredConsentChecks == 0 && !pair.unresponsive) {
            // The last repetition too gets the time of an answer; checks that the peer's own ones hurried do not count
            // against it.
            pair.unresponsiveAt = Math.max(
                    now + firstRetryNanos(pair),
                    Math.min(
                            now + 2 * firstRetryNanos(pair) + RETRIES * RETRY_NANOS,
                            pair.consentedAt + LONGEST_SILENCE_NANOS));
        }
        pair.unansweredConsentChecks++;
        if (pair.unansweredConsentChecks == PROBE_AFTER) {
            session.probe(pair.base, now);
        }
        long retry = retryNanos(pair, now);
        long late = now - pair.consentCheckAt;
        lateNanos = late < LATE_NANOS ? 0 : late;
        long least = retryWhenLate();
        if (least > retry) {
            // Spread: what was late together must not come again together.
            retry = (long) (least * (0.8 + 0.4 * session.random().nextDouble()));
        }
        pair.consentCheckAt = now + retry;
        session.checks().consent(pair, now);
    }

    private long retryNanos(Pair pair, long now) {
        int unanswered = pair.unansweredConsentChecks;
        long first = firstRetryNanos(pair);
        if (pair != session.selected()) {
            return Math.max(first, SPARE_RETRY_NANOS);
        }
        if (unanswered == 1) {
            return first;
        }
        if (unanswered <= RETRIES) {
            return RETRY_NANOS;
        }
        if (unanswered == RETRIES + 1) {
            return LAST_RETRY_NANOS;
        }
        // At the end the pace is that of the beginning: consent must not expire between a path's return and a check.
        return now + 2 * SLOW_RETRY_NANOS < pair.consentedAt + EXPIRY_NANOS ? SLOW_RETRY_NANOS : RETRY_NANOS;
    }

    private static long firstRetryNanos(Pair pair) {
        return Math.max(RETRY_NANOS, 3 * pair.smoothedRttNanos);
    }

    void schedule() {
        if (session.isStopped()) {
            return;
        }
        long next = Time.NEVER;
        List<Pair> kept = kept();
        for (Pair pair : session.list().pairs()) {
            if (pair.isValid()) {
                next = Math.min(next, pair.consentedAt + EXPIRY_NANOS);
            }
        }
        for (Pair pair : kept) {
            next = Math.min(next, Math.min(pair.unresponsiveAt, Math.min(pair.consentCheckAt, pair.suspectAt)));
        }
        session.timers().set(Timer.CONSENT, next);
    }

    /** The selected pair, the nominated one and the best others. */
    private List<Pair> kept() {
        List<Pair> kept = new ArrayList<>(4);
        Pair selected = session.selected();
        Pair nominated = session.nominator().nominated();
        addValid(kept, selected);
        addValid(kept, nominated);
        int spare = 0;
        for (Pair pair : session.list().pairs()) {
            if (spare < MAX_SPARE_PAIRS && pair.isValid() && !kept.contains(pair)) {
                kept.add(pair);
                spare++;
            }
        }
        return kept;
    }

    private static void addValid(List<Pair> kept, @Nullable Pair pair) {
        if (pair != null && pair.isValid() && !kept.contains(pair)) {
            kept.add(pair);
        }
    }
}
