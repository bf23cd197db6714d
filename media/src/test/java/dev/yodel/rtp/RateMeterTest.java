package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import org.junit.jupiter.api.Test;

/** What a layer takes: of few pictures and many, at the beginning, after a stall and after a burst. */
final class RateMeterTest {
    private final RateMeter meter = new RateMeter();
    private long now = 12_345_678_901L;

    private void pictures(int count, int bytes, double perSecond) {
        for (int i = 0; i < count; i++) {
            now += (long) (Time.SECOND / perSecond);
            meter.add(bytes, now);
        }
    }

    @Test
    void whatComesRegularlyIsCounted() {
        for (double perSecond : new double[] {1, 2, 5, 7.5, 15, 30, 60}) {
            meter.reset(now);
            pictures((int) (20 * perSecond), 5_000, perSecond);
            assertThat((double) meter.bps())
                    .as("%s a second", perSecond)
                    .isBetween(0.8 * 40_000 * perSecond, 1.25 * 40_000 * perSecond);
        }
    }

    @Test
    void whatIsNewIsNotTakenForSmall() {
        meter.reset(now);
        meter.add(5_000, now);
        assertThat(meter.bps()).isEqualTo(400_000);
        for (int i = 0; i < 40; i++) {
            pictures(1, 5_000, 25);
            assertThat(meter.bps()).isGreaterThan(750_000);
        }
    }

    @Test
    void aStallIsNoTime() {
        for (long silent : new long[] {Time.SECOND / 2, Time.SECOND, 10 * Time.SECOND}) {
            meter.reset(now);
            pictures(100, 5_000, 25);
            now += silent;
            for (int i = 0; i < 50; i++) {
                pictures(1, 5_000, 25);
                assertThat(meter.bps()).as("after %d", silent).isBetween(850_000L, 1_100_000L);
            }
        }
    }

    /**
     * What was kept back and comes at once is no dearer than before, at no moment; what really grows is seen a second
     * later.
     */
    @Test
    void aBurstAfterAStallIsNotTakenForDear() {
        meter.reset(now);
        pictures(100, 5_000, 25);
        now += Time.SECOND;
        for (int i = 0; i < 100; i++) {
            pictures(1, 5_000, i < 25 ? 10_000 : 25);
            assertThat(meter.bps()).as("picture %d", i).isBetween(850_000L, 1_100_000L);
        }
        now += Time.SECOND;
        pictures(60, 15_000, 25);
        assertThat(meter.bps()).isBetween(2_700_000L, 3_100_000L);
    }

    /** The dearest second is known for ten more, and forgotten then; the beginning, which is no whole second, is none. */
    @Test
    void theDearestSecondIsRemembered() {
        meter.reset(now);
        pictures(1, 50_000, 25);
        pictures(49, 1_000, 25);
        assertThat(meter.highestBps()).isBetween(190_000L, 700_000L);
        pictures(300, 1_000, 25);
        assertThat(meter.highestBps()).isBetween(170_000L, 220_000L);
        pictures(50, 5_000, 25);
        for (int i = 0; i < 200; i++) {
            pictures(1, 1_000, 25);
            assertThat(meter.highestBps()).as("picture %d", i).isBetween(950_000L, 1_100_000L);
        }
        assertThat(meter.bps()).isBetween(170_000L, 220_000L);
        pictures(75, 1_000, 25);
        assertThat(meter.highestBps()).isBetween(170_000L, 220_000L);
    }

    @Test
    void whatFallsIsSeenWithinASecondOrTwo() {
        meter.reset(now);
        pictures(100, 5_000, 25);
        pictures(25, 1_000, 25);
        assertThat(meter.bps()).isBetween(180_000L, 240_000L);
        pictures(6, 1_000, 5);
        assertThat(meter.bps()).isBetween(40_000L, 80_000L);
        pictures(4, 1_000, 1);
        assertThat(meter.bps()).isLessThan(20_000L);
    }
}
