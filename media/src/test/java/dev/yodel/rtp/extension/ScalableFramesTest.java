package dev.yodel.rtp.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The descriptors that we write of frames that we send, as our own parser and the AV1 RTP specification's rules read
 * them.
 */
final class ScalableFramesTest {
    /** What a receiver knows of a frame. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Read(
            int number, int spatial, int temporal, int[] references, byte[] indications, int[] chainDiffs) {}

    private static ScalabilityMode mode(String name) {
        return Objects.requireNonNull(ScalabilityMode.parse(name));
    }

    /** A receiver of everything. */
    private static final class Reader {
        private final DependencyDescriptor view = new DependencyDescriptor();
        private @Nullable DependencyStructure structure;
        private int longest;
        private int withStructure;

        private Read read(byte[] bytes, ScalableFrames frames) {
            longest = Math.max(longest, bytes.length);
            assertThat(view.parse(bytes, 0, bytes.length, structure)).isTrue();
            DependencyStructure came = view.structure();
            if (came != null) {
                structure = came;
                withStructure++;
            }
            int[] references = new int[view.references()];
            Arrays.setAll(references, view::reference);
            byte[] indications = new byte[frames.decodeTargets()];
            for (int t = 0; t < indications.length; t++) {
                indications[t] = (byte) view.indication(t);
            }
            int[] chainDiffs = new int[view.chains()];
            Arrays.setAll(chainDiffs, view::chainDiff);
            return new Read(
                    view.frameNumber(), view.spatialLayer(), view.temporalLayer(), references, indications, chainDiffs);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "L1T1",
                "L1T2",
                "L1T3",
                "L2T1",
                "L2T1h",
                "L2T1_KEY",
                "L2T2",
                "L2T2h",
                "L2T2_KEY",
                "L2T3",
                "L2T3_KEY",
                "L3T1",
                "L3T2",
                "L3T3",
                "L3T3h",
                "L3T3_KEY",
                "S2T1",
                "S2T3",
                "S3T1",
                "S3T3",
                "S3T3h"
            })
    void everyTargetCanBeDecodedAloneAndSwitchedTo(String name) {
        ScalabilityMode mode = mode(name);
        assertThat(mode.toString()).isEqualTo(name.replace("h", ""));
        ScalableFrames frames = new ScalableFrames(mode, 65_500);
        FrameDescriptions descriptions = new FrameDescriptions(mode);
        descriptions.sizes(
                Arrays.copyOf(new int[] {320, 640, 1280}, mode.spatialLayers()),
                Arrays.copyOf(new int[] {180, 360, 720}, mode.spatialLayers()));
        Reader reader = new Reader();
        List<Read> all = new ArrayList<>();
        Set<Integer> keys = new HashSet<>();
        int shortOnes = 0;
        for (int i = 0; i < 200; i++) {
            boolean key = i == 0 || i == 70 || i == 131;
            frames.beginPicture(key, mode.temporalLayer(i));
            for (int s = 0; s < mode.spatialLayers(); s++) {
                frames.nextFrame(s);
                if (key) {
                    keys.add(all.size());
                }
                Read first = reader.read(descriptions.describe(frames, true, false), frames);
                byte[] last = descriptions.describe(frames, false, true);
                assertThat(last[0] & 0xc0).isEqualTo(0x40);
                Read again = reader.read(last, frames);
                assertThat(again.references).isEqualTo(first.references);
                assertThat(again.number).isEqualTo(first.number);
                assertThat(first.spatial).isEqualTo(s);
                assertThat(first.temporal).isEqualTo(key ? 0 : mode.temporalLayer(i));
                shortOnes += last.length == 3 ? 1 : 0;
                all.add(first);
            }
        }
        assertThat(reader.withStructure).isEqualTo(3);
        assertThat(Objects.requireNonNull(reader.structure).decodeTargets())
                .isEqualTo(mode.spatialLayers() * mode.temporalLayers());
        assertThat(Objects.requireNonNull(reader.structure).width(mode.spatialLayers() - 1))
                .isEqualTo(320 << (mode.spatialLayers() - 1));
        assertThat(reader.longest).isLessThanOrEqualTo(200);
        assertThat(descriptions.structureBytes()).isLessThanOrEqualTo(200);
        // The regular order is told in three bytes; behind a key picture in the middle of it a few frames are told in
        // full.
        assertThat(shortOnes).isGreaterThan(all.size() * 8 / 10);

        Map<Integer, Integer> place = new HashMap<>();
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).number).isEqualTo(65_500 + i & 0xffff);
            place.put(all.get(i).number, i);
        }
        for (int target = 0; target < Objects.requireNonNull(reader.structure).decodeTargets(); target++) {
            int lastChain = -1;
            for (int i = 0; i < all.size(); i++) {
                Read frame = all.get(i);
                int chain = target / mode.temporalLayers();
                // A.8: a chain's difference leads to its frame before.
                if (frame.chainDiffs[chain] > 0) {
                    assertThat(i - frame.chainDiffs[chain]).isEqualTo(lastChain);
                }
                boolean inChain = frame.temporal == 0
                        && (frame.spatial == chain || (frame.spatial < chain && frame.indications[target] != 0));
                lastChain = inChain ? i : lastChain;
                if (frame.indications[target] == DependencyDescriptor.NOT_PRESENT) {
                    continue;
                }
                for (int difference : frame.references) {
                    Read needed = all.get(Objects.requireNonNull(place.get((frame.number - difference) & 0xffff)));
                    // What a frame of a target needs is in the target, and no discardable frame is needed.
                    assertThat(needed.indications[target]).isNotIn((byte) 0, (byte) 1);
                }
            }
        }
        switchesHold(all, Objects.requireNonNull(reader.structure), keys);
    }

    /**
     * SWITCH: all later frames of the target can be decoded by who has this one and what it needs, and nothing else
     * from before.
     */
    private static void switchesHold(List<Read> all, DependencyStructure structure, Set<Integer> keys) {
        for (int from = 0; from < 120; from++) {
            for (int target = 0; target < structure.decodeTargets(); target++) {
                if (all.get(from).indications[target] != DependencyDescriptor.SWITCH) {
                    continue;
                }
                Set<Integer> decoded = new HashSet<>();
                need(all, from, decoded);
                for (int i = from + 1; i < Math.min(all.size(), from + 60); i++) {
                    Read frame = all.get(i);
                    if (frame.indications[target] == 0) {
                        continue;
                    }
                    for (int difference : frame.references) {
                        assertThat(decoded)
                                .as("target %d from %d at %d", target, from, i)
                                .contains(i - difference);
                    }
                    decoded.add(i);
                }
            }
        }
        assertThat(keys).isNotEmpty();
    }

    private static void need(List<Read> all, int frame, Set<Integer> into) {
        if (into.add(frame)) {
            for (int difference : all.get(frame).references) {
                need(all, frame - difference, into);
            }
        }
    }

    /** Encoders leave out pictures and layers: what is told still leads to frames that were sent. */
    @Test
    void irregularPicturesAreToldInFull() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ScalabilityMode mode =
                    mode(List.of("L1T3", "L2T2", "L3T3", "L3T3_KEY", "S3T3").get(seed % 5));
            ScalableFrames frames = new ScalableFrames(mode, random.nextInt(1 << 16));
            FrameDescriptions descriptions = new FrameDescriptions(mode);
            Reader reader = new Reader();
            List<Read> all = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                frames.beginPicture(i == 0 || random.nextInt(50) == 0, random.nextInt(mode.temporalLayers()));
                int layers = 1 + random.nextInt(mode.spatialLayers());
                for (int s = 0; s < layers; s++) {
                    frames.nextFrame(s);
                    Read read = reader.read(descriptions.describe(frames, true, true), frames);
                    assertThat(read.number).isEqualTo(frames.frameNumber());
                    assertThat(read.spatial).isEqualTo(s);
                    assertThat(read.temporal).isEqualTo(frames.temporalLayer());
                    for (int t = 0; t < frames.decodeTargets(); t++) {
                        assertThat((int) read.indications[t]).isEqualTo(frames.indication(t));
                    }
                    assertThat(read.references).hasSize(frames.references());
                    for (int difference : read.references) {
                        Read needed = all.get(all.size() - difference);
                        assertThat(needed.spatial).isBetween(Math.max(0, s - 1), s);
                        assertThat(needed.temporal).isLessThanOrEqualTo(read.temporal);
                    }
                    for (int c = 0; c < mode.spatialLayers(); c++) {
                        assertThat(read.chainDiffs[c]).isEqualTo(frames.chainDiff(c));
                    }
                    all.add(read);
                }
            }
        }
    }

    /** libwebrtc's and the specification's tables for L1T3: A.10.1, with frames in the order 0 2 1 2. */
    @Test
    void threeTemporalLayersAsTheSpecificationHasThem() {
        ScalableFrames frames = new ScalableFrames(mode("L1T3"), 0);
        String[] told = new String[5];
        for (int i = 0; i < 5; i++) {
            frames.beginPicture(i == 0, mode("L1T3").temporalLayer(i));
            frames.nextFrame(0);
            StringBuilder line = new StringBuilder();
            for (int t = 0; t < 3; t++) {
                line.append("-DSR".charAt(frames.indication(t)));
            }
            for (int r = 0; r < frames.references(); r++) {
                line.append(' ').append(frames.reference(r));
            }
            told[i] = line.append(" chain ").append(frames.chainDiff(0)).toString();
        }
        assertThat(told)
                .containsExactly("SSS chain 0", "--D 1 chain 1", "-DS 2 chain 2", "--D 1 chain 3", "SSS 4 chain 4");
    }

    @Test
    void namesOfModes() {
        assertThat(ScalabilityMode.parse("L3T3_KEY"))
                .isEqualTo(new ScalabilityMode(3, 3, ScalabilityMode.Prediction.KEY));
        assertThat(ScalabilityMode.parse("S2T3h")).isEqualTo(mode("S2T3"));
        for (String none :
                List.of("", "L1", "L0T1", "L1T0", "L5T1", "L1T5", "S2T1_KEY", "L2T2_KEY_SHIFT", "X1T1", "L1T1hh")) {
            assertThat(ScalabilityMode.parse(none)).as(none).isNull();
        }
        assertThatThrownBy(() -> new ScalabilityMode(0, 1, ScalabilityMode.Prediction.FULL))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ScalabilityMode(1, 5, ScalabilityMode.Prediction.FULL))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
