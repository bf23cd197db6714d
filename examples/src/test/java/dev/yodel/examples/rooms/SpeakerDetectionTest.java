package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who speaks, from levels alone, in virtual time. */
class SpeakerDetectionTest {
    private static final long PIECE = 20_000_000L;
    private static final int QUIET = 75;
    private static final int SPEECH = 25;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final SpeakerDetection detection = new SpeakerDetection();
    private final List<String> floors = new ArrayList<>();
    private long now;

    /** So many seconds in which some speak, with syllables and pauses, and the others are nearly silent. */
    private void run(double seconds, List<String> everybody, String speaker) {
        for (int i = 0; i < seconds * 50; i++) {
            now += PIECE;
            for (String person : everybody) {
                // Speech: a syllable of 160 ms, a gap of 60 ms.
                boolean loud = person.equals(speaker) && i % 11 < 8;
                detection.handleLevel(person, (loud ? SPEECH : QUIET) + random.nextInt(9) - 4, now);
            }
            if (detection.decide(now)) {
                floors.add(String.valueOf(detection.dominant()));
            }
        }
    }

    @Test
    void theFloorGoesToWhoSpeaks() {
        List<String> all = List.of("a", "b", "c");
        run(3, all, "");
        assertThat(floors).as("seed %d", seed).isEmpty();
        run(3, all, "a");
        run(3, all, "c");
        run(3, all, "");
        run(3, all, "b");
        assertThat(floors).as("seed %d", seed).containsExactly("a", "c", "b");
    }

    @Test
    void theFloorChangesWithinASecondAndAHalf() {
        List<String> all = List.of("a", "b");
        run(4, all, "a");
        run(1.5, all, "b");
        assertThat(detection.dominant()).as("seed %d", seed).isEqualTo("b");
    }

    /** A cough of 100 ms, again and again, does not take the floor from who speaks. */
    @Test
    void aCoughTakesNothing() {
        List<String> all = List.of("a", "b");
        run(3, all, "a");
        floors.clear();
        for (int i = 0; i < 500; i++) {
            now += PIECE;
            detection.handleLevel("a", (i % 11 < 8 ? SPEECH : QUIET) + random.nextInt(5), now);
            detection.handleLevel("b", i % 100 < 5 ? 10 : QUIET, now);
            if (detection.decide(now)) {
                floors.add(String.valueOf(detection.dominant()));
            }
        }
        assertThat(floors).as("seed %d", seed).isEmpty();
    }

    /** A fan that hums at the loudness of speech is somebody's noise after a while. */
    @Test
    void aFanLosesTheFloor() {
        List<String> all = List.of("fan", "a");
        for (int i = 0; i < 50 * 30; i++) {
            now += PIECE;
            detection.handleLevel("fan", 40, now);
            detection.handleLevel("a", QUIET, now);
            detection.decide(now);
        }
        for (int i = 0; i < 100; i++) {
            now += PIECE;
            detection.handleLevel("fan", 40, now);
            detection.handleLevel("a", i % 11 < 8 ? SPEECH : QUIET, now);
            detection.decide(now);
        }
        assertThat(detection.dominant()).as("of %s", all).isEqualTo("a");
    }

    @Test
    void whoLeavesLosesTheFloor() {
        run(3, List.of("a", "b"), "a");
        detection.remove("a");
        assertThat(detection.dominant()).isNull();
        run(3, List.of("b"), "b");
        assertThat(detection.dominant()).isEqualTo("b");
    }
}
