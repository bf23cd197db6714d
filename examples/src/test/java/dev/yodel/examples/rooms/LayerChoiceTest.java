package dev.yodel.examples.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.rooms.LayerChoice.Layer;
import dev.yodel.examples.rooms.LayerChoice.Wish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which layer each receiver gets, by bandwidth and by what is in sight. */
class LayerChoiceTest {
    private static final List<Layer> CAMERA = List.of(
            new Layer("q", 120_000, 120_000, 180),
            new Layer("h", 450_000, 450_000, 360),
            new Layer("f", 1_500_000, 1_500_000, 720));
    private static final List<Layer> SCREEN = List.of(new Layer(null, 900_000, 900_000, 1_080));

    private static Wish wish(String person, int height) {
        return new Wish(new SourceId(person, false), height, CAMERA, null);
    }

    private static Map<String, String> choose(long bps, Wish... wishes) {
        Map<String, String> rids = new HashMap<>();
        LayerChoice.choose(bps, List.of(wishes))
                .forEach((source, layer) -> rids.put(source.key(), String.valueOf(layer.rid())));
        return rids;
    }

    @Test
    void whatIsOutOfSightIsNotSent() {
        assertThat(choose(20_000_000, wish("a", 0), wish("b", 500))).isEqualTo(Map.of("b", "f"));
    }

    @Test
    void aSmallTileNeedsNoLargePicture() {
        assertThat(choose(20_000_000, wish("a", 150), wish("b", 300), wish("c", 361)))
                .isEqualTo(Map.of("a", "q", "b", "h", "c", "f"));
    }

    @Test
    void littleBandwidthIsSharedBeforeAnyoneGetsMore() {
        assertThat(choose(300_000, wish("a", 700), wish("b", 700))).isEqualTo(Map.of("a", "q", "b", "q"));
        assertThat(choose(300_000, wish("a", 700))).isEqualTo(Map.of("a", "q"));
        assertThat(choose(900_000, wish("a", 700), wish("b", 300))).isEqualTo(Map.of("a", "h", "b", "q"));
        assertThat(choose(2_500_000, wish("a", 700), wish("b", 300))).isEqualTo(Map.of("a", "f", "b", "h"));
    }

    /** However little the path carries, one picture is tried. */
    @Test
    void somethingIsAlwaysShown() {
        assertThat(choose(10_000, wish("a", 300), wish("b", 700))).isEqualTo(Map.of("b", "q"));
    }

    @Test
    void aScreenComesFirst() {
        Wish screen = new Wish(new SourceId("c", true), 600, SCREEN, null);
        assertThat(choose(1_000_000, wish("a", 700), screen)).isEqualTo(Map.of("c/screen", "null"));
        assertThat(choose(1_500_000, wish("a", 700), screen)).isEqualTo(Map.of("a", "q", "c/screen", "null"));
    }

    /** What is sent now is kept where it just fits; it is not taken up where it just fits. */
    @Test
    void nothingSwings() {
        long justEnough = (long) (1_510_000 / 0.92);
        assertThat(choose(justEnough, wish("a", 700))).isEqualTo(Map.of("a", "h"));
        Wish sentNow = new Wish(new SourceId("a", false), 700, CAMERA, CAMERA.get(2));
        assertThat(choose(justEnough, sentNow)).isEqualTo(Map.of("a", "f"));
    }

    /**
     * What costs little for a moment is not taken up for that, and is kept where it is sent already; what takes
     * next to nothing is no smaller for it.
     */
    @Test
    void whatIsCheapForAMomentIsNotTakenUp() {
        List<Layer> easy =
                List.of(CAMERA.get(0), new Layer("h", 150_000, 450_000, 360), new Layer("f", 9_000, 1_500_000, 720));
        assertThat(choose(300_000, new Wish(new SourceId("a", false), 700, easy, null)))
                .isEqualTo(Map.of("a", "q"));
        assertThat(choose(300_000, new Wish(new SourceId("a", false), 360, easy, easy.get(1))))
                .isEqualTo(Map.of("a", "h"));
        assertThat(choose(600_000, new Wish(new SourceId("a", false), 700, easy, null)))
                .isEqualTo(Map.of("a", "h"));
        assertThat(choose(2_000_000, new Wish(new SourceId("a", false), 700, easy, null)))
                .isEqualTo(Map.of("a", "f"));
    }

    /** Never more than the path carries, but for the one smallest layer that is always tried. */
    @Test
    void randomChoicesFit() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int turn = 0; turn < 2_000; turn++) {
            List<Wish> wishes = new ArrayList<>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                wishes.add(wish("p" + i, random.nextInt(4) == 0 ? 0 : random.nextInt(900)));
            }
            long bps = random.nextInt(8_000_000);
            Map<SourceId, Layer> chosen = LayerChoice.choose(bps, wishes);
            long sum = chosen.values().stream().mapToLong(Layer::bps).sum();
            assertThat(sum <= bps || chosen.size() == 1).as("seed %d", seed).isTrue();
        }
    }
}
