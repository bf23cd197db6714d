package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReceiveSequenceTest {
    /** Loss, duplication and reordering within the limits, against an oracle that knows the 48-bit numbers. */
    @Test
    void R09_numbersAndLossAgreeWithAnOracle() {
        for (int seed = 0; seed < 25; seed++) {
            Random random = new Random(seed);
            ReceiveSequence sequence = new ReceiveSequence();
            long start = random.nextInt(0x1_0000);
            Set<Long> seen = new HashSet<>();
            long sent = start;
            long lowest = start;
            long highest = start;
            assertThat(sequence.update((int) start)).isEqualTo(ReceiveSequence.ACCEPTED);
            seen.add(start);
            for (int i = 0; i < 20_000; i++) {
                sent += random.nextInt(50) == 0 ? 1 + random.nextInt(1900) : 1;
                long number = sent - (random.nextInt(4) == 0 ? random.nextInt(900) : 0);
                if (number < highest - 990) {
                    continue;
                }
                int verdict = sequence.update((int) number & 0xffff);
                boolean fresh = seen.add(number);
                lowest = fresh ? Math.min(lowest, number) : lowest;
                highest = Math.max(highest, number);
                boolean agrees = verdict == (fresh ? ReceiveSequence.ACCEPTED : ReceiveSequence.DUPLICATE)
                        && (!fresh || sequence.last() == number)
                        && sequence.highest() == highest
                        && sequence.received() == seen.size()
                        && sequence.lost() == highest - lowest + 1 - seen.size();
                if (!agrees) {
                    throw new AssertionError("seed " + seed + " step " + i + " number " + number);
                }
            }
        }
    }

    @Test
    void R09_aLargeJumpNeedsTwoPacketsInARow() {
        ReceiveSequence sequence = new ReceiveSequence();
        sequence.update(100);
        sequence.update(101);
        assertThat(sequence.update(101 + 2999)).isEqualTo(ReceiveSequence.ACCEPTED);
        assertThat(sequence.update(3100 + 3000)).isEqualTo(ReceiveSequence.JUMPED);
        assertThat(sequence.update(3101)).as("the old timeline goes on").isEqualTo(ReceiveSequence.ACCEPTED);
        assertThat(sequence.update(40_000)).isEqualTo(ReceiveSequence.JUMPED);
        assertThat(sequence.update(40_002)).as("not the next one").isEqualTo(ReceiveSequence.JUMPED);
        long before = sequence.highest();
        long lost = sequence.lost();
        assertThat(sequence.update(40_003)).isEqualTo(ReceiveSequence.RESTARTED);
        assertThat(sequence.last()).isGreaterThan(before);
        assertThat(sequence.last() & 0xffff).isEqualTo(40_003);
        assertThat(sequence.lost()).as("a restart is no loss").isEqualTo(lost);
        assertThat(sequence.update(3102)).isEqualTo(ReceiveSequence.JUMPED);
        assertThat(sequence.update(40_004)).isEqualTo(ReceiveSequence.ACCEPTED);
    }

    @Test
    void fractionLostIsOfTheInterval() {
        ReceiveSequence sequence = new ReceiveSequence();
        for (int i = 0; i < 100; i++) {
            if (i % 4 != 1) {
                sequence.update(i);
            }
        }
        assertThat(sequence.takeFractionLost()).isEqualTo(64);
        assertThat(sequence.cumulativeLost()).isEqualTo(25);
        assertThat(sequence.takeFractionLost()).isZero();
        for (int i = 100; i < 200; i++) {
            sequence.update(i);
        }
        assertThat(sequence.takeFractionLost()).isZero();
        sequence.update(1199);
        assertThat(sequence.takeFractionLost()).isEqualTo(255);
        assertThat(sequence.cumulativeLost()).isEqualTo(25 + 999);
    }

    /** RFC 3550 A.8 in floating point, as a second opinion. */
    @Test
    void jitterFollowsTheFormula() {
        Random random = new Random(9);
        InterarrivalJitter jitter = new InterarrivalJitter();
        double expected = 0;
        long lastArrival = 0;
        int timestamp = -5000;
        for (int i = 0; i < 3000; i++) {
            long arrival = i * 20L * Time.MILLISECOND + random.nextInt(30_000_000);
            jitter.update(timestamp, 48_000, arrival);
            if (i > 0) {
                double difference = Math.abs((arrival - lastArrival) * 48_000 / 1e9 - 960);
                expected += (difference - expected) / 16;
            }
            lastArrival = arrival;
            timestamp += 960;
        }
        assertThat((double) jitter.units()).isBetween(expected - 5, expected + 5);
        // R09: a new timeline is not jitter.
        long before = jitter.units();
        jitter.update(timestamp + 0x4000_0000, 48_000, lastArrival);
        assertThat(jitter.units()).isEqualTo(before);
        jitter.update(timestamp + 0x4000_0000, 48_000, lastArrival + 86_400 * Time.SECOND);
        assertThat(jitter.units()).isEqualTo(before);
        assertThat(jitter.seconds()).isBetween(0.0, 0.1);
    }
}
