package dev.yodel.rtp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import org.junit.jupiter.api.Test;

class SentNumbersTest {
    private static final int BYTES = 100;

    /** Sends at a rate for a minute and checks after each packet what must be known. */
    private static SentNumbers sendAt(int perSecond) {
        SentNumbers sent = new SentNumbers();
        long interval = Time.SECOND / perSecond;
        int held = (int) Math.min(SentNumbers.MOST, SentNumbers.HORIZON_NANOS / interval);
        for (int number = 0; number < 60 * perSecond; number++) {
            sent.onSent(number, BYTES, number % 7, number * interval);
            int oldest = Math.max(0, number - held + 1);
            assertThat(sent.knows(oldest)).as("%d of %d", oldest, number).isTrue();
            assertThat(sent.sentNanos(oldest)).isEqualTo(oldest * interval);
            assertThat(sent.probe(oldest)).isEqualTo(oldest % 7);
            if (number == perSecond) {
                sent.settle(3, SentNumbers.Fate.LOST);
            }
            if (number > perSecond && sent.knows(3)) {
                assertThat(sent.fate(3)).isEqualTo(SentNumbers.Fate.LOST);
            }
        }
        return sent;
    }

    @Test
    void itHoldsWhatTheHorizonNeedsAndNotMore() {
        assertThat(sendAt(10).capacity()).isEqualTo(SentNumbers.FIRST);
        assertThat(sendAt(50).capacity()).as("a voice").isEqualTo(512);
        assertThat(sendAt(2_000).capacity()).as("much video").isEqualTo(SentNumbers.MOST);
    }

    @Test
    void bytesInFlightSurviveGrowth() {
        SentNumbers sent = new SentNumbers();
        for (int number = 0; number < 1_000; number++) {
            sent.onSent(number, BYTES, 0, number);
        }
        assertThat(sent.inFlightBytes()).isEqualTo(1_000L * BYTES);
        for (int number = 0; number < 1_000; number++) {
            sent.settle(number, SentNumbers.Fate.RECEIVED);
        }
        assertThat(sent.inFlightBytes()).isZero();
    }
}
