package dev.yodel.sctp.rx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.sctp.packet.SackChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DataTrackerTest {
    /** Against a plain set, with the window's ring used several times over and initial TSNs around the wrap. */
    @Test
    void C16_theRingKnowsWhatASetKnows() {
        for (int seed = 0; seed < 64; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int initial = -seed;
            DataTracker tracker = new DataTracker(initial);
            TreeSet<Long> ahead = new TreeSet<>();
            long cumulative = tracker.cumulative();
            int spread = seed % 4 == 0 ? 65_535 : 1 + random.nextInt(2_000);
            for (int round = 0; round < 3_000; round++) {
                long tsn = cumulative + random.nextInt(-5, spread + 1);
                boolean isKnown = tsn <= cumulative || ahead.contains(tsn);
                assertThat(tracker.isKnown(tsn)).isEqualTo(isKnown);
                assertThat(tracker.unwrap((int) tsn)).isEqualTo(tsn);
                if (random.nextInt(200) == 0 && tsn > cumulative) {
                    tracker.advanceTo(tsn);
                    cumulative = tsn;
                    ahead.headSet(tsn, true).clear();
                } else if (!isKnown) {
                    tracker.received(tsn);
                    ahead.add(tsn);
                } else {
                    // The next one that is missing, so that the window moves.
                    tracker.received(cumulative + 1);
                    ahead.add(cumulative + 1);
                }
                while (ahead.remove(cumulative + 1)) {
                    cumulative++;
                }
                assertThat(tracker.cumulative()).isEqualTo(cumulative);
                assertThat(tracker.hasGaps()).isEqualTo(!ahead.isEmpty());
                if (round % 50 == 0) {
                    assertThat(gaps(tracker.sack(1, 200_000), cumulative))
                            .as("seed %s round %s", seed, round)
                            .isEqualTo(new ArrayList<>(ahead));
                }
            }
            assertThat(tracker.isTooFar(cumulative + 65_535)).isFalse();
            assertThat(tracker.isTooFar(cumulative + 65_536)).isTrue();
        }
    }

    private static List<Long> gaps(SackChunk sack, long cumulative) {
        assertThat(sack.cumulativeTsnAck()).isEqualTo((int) cumulative);
        List<Long> reported = new ArrayList<>();
        for (int i = 0; i < sack.gaps().length; i += 2) {
            for (int offset = sack.gaps()[i]; offset <= sack.gaps()[i + 1]; offset++) {
                reported.add(cumulative + offset);
            }
        }
        return reported;
    }

    @Test
    void C02_aSackFitsWhatRoomThereIs() {
        DataTracker tracker = new DataTracker(100);
        for (long i = 0; i < 2_000; i++) {
            tracker.received(tracker.cumulative() + 2 + 2 * i);
            tracker.duplicate(tracker.cumulative());
        }
        for (int room = 20; room < 700; room += 4) {
            SackChunk sack = tracker.sack(1, room);
            assertThat(sack.sizeBytes()).isLessThanOrEqualTo(room);
            assertThat(sack.gaps().length / 2).isEqualTo((room - 20) / 4);
        }
    }
}
