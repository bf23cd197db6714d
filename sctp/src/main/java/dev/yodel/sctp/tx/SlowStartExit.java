package dev.yodel.sctp.tx;

import dev.yodel.io.Time;

/**
 * When does the queue of the path begin to fill, so that doubling the window must end before packets are lost, and whose
 * queue is it? Packets are paced at twice the rate of the window, so the last of a round trip show a queue while the window
 * is still below what the path carries: from then on the window rests for a round and grows carefully, until even the
 * shortest round trip of a round shows a queue. RFC 9406, which looks at the first packets of a round instead.
 *
 * <p>Then the window shrinks to what the path carries without the queue, and asks whose queue it was. A window that
 * is the share {@code s} of all that is under way on a path lengthens the round trip by {@code s} per cent when it
 * grows by one. So it grows by a quarter, and what the round trip does says how much of all is ours. If that is much,
 * the quarter is taken back; after five such answers in a row, at moments left to chance because others may try, too,
 * slow start is over. If it is little, others were there before, and the window goes on growing in three round trips
 * by half, or as much again where the share is very little, also after losses, which are the others' making: who left
 * slow start for a queue of others would need minutes to get a share of a long path. After an answer that it is ours,
 * one that it is not is only a doubt.
 */
final class SlowStartExit {
    /** What is to be done with the window. */
    enum Verdict {
        /** It goes on. */
        NONE,
        /** It shrinks to what the path carries without a queue: to {@link #emptyShare} of it. */
        DRAIN,
        /** What it grew by to try is taken back: {@link #triedBytes}. */
        TAKE_BACK,
        /** That, and slow start is over. */
        OVER
    }

    private enum Step {
        DOUBLE,
        CAREFUL,
        REST,
        TRY,
        LOOK,
        /** Doubling, whatever delays do. */
        FREE
    }

    private static final long MIN_RISE_NANOS = 4 * Time.MILLISECOND;
    private static final long MAX_RISE_NANOS = 16 * Time.MILLISECOND;
    private static final int RISE_DIVISOR = 8;
    /** So many packets in a row must be late. */
    private static final int SAMPLES = 8;

    private static final int CAREFUL_DIVISOR = 4;
    private static final int NEXT_DIVISOR = 2;
    /** After an answer that the queue is ours: the others, whom it disturbs, have less of the path. */
    private static final int AGAIN_DIVISOR = 8;
    /**
     * Below this share the queue is that of others: one of two equal flows has half, less what a try of the other
     * hides.
     */
    private static final double OWN_SHARE = 0.4;
    /** Below this share the window may double. */
    private static final double SMALL_SHARE = 0.15;
    /**
     * Answers in a row that say that it is ours; with fewer, others who try at the same moments are taken for us too
     * often.
     */
    private static final int OWN_ANSWERS = 5;
    /** Losses after which a window of less than that share goes on. */
    private static final int MOST_LOSSES = 3;

    /** What is longer by more than that is another path rather than a queue. */
    private static final double LEAST_SHARE = 0.5;

    private static final int LEAST_REST_ROUNDS = 2;
    private static final int REST_CHANCES = 4;

    private Step step = Step.DOUBLE;
    private Step stepBefore = Step.DOUBLE;
    private int roundsOfStep;
    private int restRounds;
    private int ownAnswers;
    private double share;
    private int losses;
    private int tryDivisor = CAREFUL_DIVISOR;
    private double triedBytes;
    private double emptyShare = 1;

    private long roundEndTsn = -1;
    private long lastTsn;
    private long roundMinNanos = Long.MAX_VALUE;
    private double roundSumNanos;
    private int roundSamples;
    private double roundBytes;
    private long pathMinNanos = Long.MAX_VALUE;
    private int lateInRow;

    private double restNanos;
    private double restBytes;

    /** What the window grows by. */
    double growth(long ackedBytes) {
        roundBytes += ackedBytes;
        double growth =
                switch (step) {
                    case DOUBLE, FREE -> ackedBytes;
                    case CAREFUL -> roundsOfStep > 1 ? ackedBytes / (double) CAREFUL_DIVISOR : 0;
                    case TRY -> ackedBytes / (double) tryDivisor;
                    case REST, LOOK -> 0;
                };
        if (step == Step.TRY) {
            triedBytes += growth;
        }
        return growth;
    }

    /** What the window grew by to see whose queue it is. */
    double triedBytes() {
        return triedBytes;
    }

    /** What of the window the path carried without a queue. */
    double emptyShare() {
        return emptyShare;
    }

    /**
     * Something was lost. Whether slow start is over, as it is unless whose queue overflowed was not known yet.
     *
     * @param hasQueue whether round trips show a queue
     */
    boolean lost(boolean hasQueue) {
        stepBefore = step;
        if (hasQueue && isSearching() && share < OWN_SHARE && losses < MOST_LOSSES) {
            losses++;
            rest();
            return false;
        }
        enter(Step.FREE);
        return true;
    }

    private boolean isSearching() {
        return step == Step.REST || step == Step.TRY || step == Step.LOOK;
    }

    /** Nothing was lost after all. */
    void restore() {
        step = stepBefore;
        if (isSearching()) {
            rest();
        }
    }

    /** Takes a round trip. */
    Verdict measured(long roundTripNanos, long ackedTsn, long newLastTsn) {
        lastTsn = newLastTsn;
        Verdict verdict = Verdict.NONE;
        if (ackedTsn >= roundEndTsn) {
            verdict = endRound();
            roundEndTsn = lastTsn;
            roundMinNanos = Long.MAX_VALUE;
            roundSumNanos = 0;
            roundSamples = 0;
            roundBytes = 0;
        }
        pathMinNanos = Math.min(pathMinNanos, roundTripNanos);
        roundMinNanos = Math.min(roundMinNanos, roundTripNanos);
        roundSumNanos += roundTripNanos;
        roundSamples++;
        lateInRow = isLate(roundTripNanos) ? lateInRow + 1 : 0;
        if (step == Step.DOUBLE && lateInRow >= SAMPLES) {
            enter(Step.CAREFUL);
        }
        return verdict;
    }

    private void enter(Step next) {
        step = next;
        roundsOfStep = 0;
    }

    private Verdict endRound() {
        roundsOfStep++;
        switch (step) {
            case CAREFUL -> {
                // RFC 9406 4.2: a round without a queue says that the signal was a mistake, or that there is room
                // again.
                if (roundsOfStep > 1 && isLate(roundMinNanos)) {
                    rest();
                    emptyShare = Math.max(LEAST_SHARE, (double) pathMinNanos / roundMinNanos);
                    return Verdict.DRAIN;
                }
            }
            case REST -> {
                // What was acknowledged in the first round had been sent before the rest.
                if (roundsOfStep >= restRounds) {
                    startTrying();
                }
            }
            case TRY -> {
                // What was acknowledged had been sent at rest.
                restNanos = roundSumNanos / roundSamples;
                restBytes = roundBytes;
                enter(Step.LOOK);
            }
            case LOOK -> {
                if (roundsOfStep == 2) {
                    return answer();
                }
            }
            default -> {
                // Doubling goes on.
            }
        }
        return Verdict.NONE;
    }

    /**
     * How long it rests is left to chance: TSNs begin at random. What is no chance is that others saw the same queue
     * at once.
     */
    private void rest() {
        enter(Step.REST);
        restRounds = LEAST_REST_ROUNDS + (int) (((lastTsn * 0x9e37_79b9L) >>> 24) % REST_CHANCES);
    }

    private void startTrying() {
        if (ownAnswers > 0) {
            tryDivisor = AGAIN_DIVISOR;
        }
        enter(Step.TRY);
        triedBytes = 0;
    }

    private Verdict answer() {
        double growth = roundBytes / restBytes - 1;
        double rise = roundSumNanos / roundSamples / restNanos - 1;
        if (restBytes == 0 || growth < 1.0 / tryDivisor / 3) {
            // The window was not used.
            rest();
            return Verdict.TAKE_BACK;
        }
        share = rise / growth;
        if (share < OWN_SHARE && ownAnswers > 0) {
            // Somebody else may have shrunk just now: a doubt is not enough to grow.
            ownAnswers = 0;
            rest();
            return Verdict.TAKE_BACK;
        }
        if (share < OWN_SHARE) {
            tryDivisor = share < SMALL_SHARE ? 1 : NEXT_DIVISOR;
            startTrying();
            return Verdict.NONE;
        }
        if (++ownAnswers >= OWN_ANSWERS) {
            enter(Step.FREE);
            return Verdict.OVER;
        }
        rest();
        return Verdict.TAKE_BACK;
    }

    private boolean isLate(long roundTripNanos) {
        return roundTripNanos >= pathMinNanos + riseNanos();
    }

    private long riseNanos() {
        return Math.max(MIN_RISE_NANOS, Math.min(MAX_RISE_NANOS, pathMinNanos / RISE_DIVISOR));
    }
}
