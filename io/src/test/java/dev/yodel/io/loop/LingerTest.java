package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A loop stays awake for an answer where answers come soon, and hardly ever where they do not. */
final class LingerTest {
    private static final long STEP = 1_000;

    private long now;
    private long yields;
    /** When the answer comes, after the turn. */
    private long answerAt = Long.MAX_VALUE;

    private final Linger linger = new Linger(() -> now, () -> now >= answerAt, () -> {
        yields++;
        now += STEP;
    });

    /** A turn that gives work to a lane, which answers after a while. Returns whether the loop was awake for it. */
    private boolean turn(long answerAfter) {
        linger.gaveWork();
        long before = now;
        answerAt = before + answerAfter;
        linger.await();
        boolean awake = now >= answerAt;
        now = Math.max(now, answerAt) + 100_000;
        answerAt = Long.MAX_VALUE;
        return awake;
    }

    @Test
    void answersThatComeSoonFindTheLoopAwakeForEver() {
        for (int i = 0; i < 10_000; i++) {
            assertThat(turn(20_000)).isTrue();
        }
    }

    @Test
    void aTurnWithoutWorkForALaneWaitsForNothing() {
        linger.await();
        assertThat(yields).isZero();
        turn(5_000);
        long before = yields;
        linger.await();
        assertThat(yields).isEqualTo(before);
    }

    @Test
    void whatIsThereAlreadyIsNotWaitedFor() {
        assertThat(turn(0)).isTrue();
        assertThat(yields).isZero();
    }

    @Test
    void answersThatComeLateCostNextToNothing() {
        for (int i = 0; i < 100; i++) {
            turn(1_000_000);
        }
        long before = yields;
        for (int i = 0; i < 64_000; i++) {
            assertThat(turn(1_000_000)).isFalse();
        }
        // One turn of 64, for 50 us.
        assertThat(yields - before).isEqualTo(1_000 * Linger.LONGEST_NANOS / STEP);
    }

    /** Where one turn of three is answered after 20 us, what is waited in vain is more than what is saved. */
    @Test
    void whatIsWaitedInVainIsPaidByWhatIsSaved() {
        long saved = 0;
        for (int i = 0; i < 30_000; i++) {
            if (turn(i % 3 == 0 ? 20_000 : 1_000_000)) {
                saved++;
            }
        }
        long probes = 30_000 / Linger.PROBE_TURNS;
        assertThat(yields * STEP)
                .isLessThan(Linger.MOST_CREDIT_NANOS
                        + saved * Linger.SAVED_NANOS
                        + 2 * (probes + saved) * Linger.LONGEST_NANOS);
        assertThat(saved).isLessThan(1_000);
    }

    @Test
    void answersThatBecomeQuickAreNoticed() {
        for (int i = 0; i < 1_000; i++) {
            turn(1_000_000);
        }
        int turns = 0;
        while (!turn(10_000)) {
            turns++;
        }
        assertThat(turns).isLessThan(Linger.PROBE_TURNS);
        for (int i = 0; i < 100; i++) {
            assertThat(turn(10_000)).isTrue();
        }
    }
}
