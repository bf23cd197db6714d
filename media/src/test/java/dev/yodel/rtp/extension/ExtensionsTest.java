package dev.yodel.rtp.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Header extensions there and back, and any bytes in their place (R10, R02). */
final class ExtensionsTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    @Test
    void captureTimesGoThereAndBack() {
        Random random = new Random(1);
        byte[] out = new byte[20];
        for (int i = 0; i < 1_000; i++) {
            AbsoluteCaptureTime time =
                    new AbsoluteCaptureTime(random.nextLong(), i % 2 == 0 ? null : (Long) random.nextLong());
            time.write(out, 3);
            assertThat(AbsoluteCaptureTime.parse(out, 3, time.size())).isEqualTo(time);
        }
        for (int length = 0; length < 20; length++) {
            assertThat(AbsoluteCaptureTime.parse(out, 0, length) != null).isEqualTo(length == 8 || length == 16);
        }
    }

    @Test
    void playoutDelaysGoThereAndBack() {
        byte[] out = new byte[3];
        for (int least = 0; least <= 40_950; least += 4_070) {
            for (int most = least; most <= 40_950; most += 3_010) {
                PlayoutDelay delay = new PlayoutDelay(least, most);
                delay.write(out, 0);
                assertThat(PlayoutDelay.parse(out, 0, 3)).isEqualTo(new PlayoutDelay(least / 10 * 10, most / 10 * 10));
            }
        }
        // 100 to 400 ms, as libwebrtc writes it: 12 bits each, in steps of 10 ms.
        assertThat(PlayoutDelay.parse(hex("00a028"), 0, 3)).isEqualTo(new PlayoutDelay(100, 400));
        assertThat(PlayoutDelay.parse(hex("0280 0a"), 0, 3)).isNull();
        assertThat(PlayoutDelay.parse(out, 0, 2)).isNull();
        assertThatThrownBy(() -> new PlayoutDelay(20, 10)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void orientationsGoThereAndBack() {
        byte[] out = new byte[1];
        for (int bits = 0; bits < 256; bits++) {
            out[0] = (byte) bits;
            VideoOrientation orientation = VideoOrientation.parse(out, 0, 1);
            assertThat(orientation).isNotNull();
            if (orientation != null) {
                orientation.write(out, 0);
                assertThat(out[0]).isEqualTo((byte) (bits & 15));
            }
        }
        assertThat(VideoOrientation.parse(hex("0d"), 0, 1)).isEqualTo(new VideoOrientation(90, true, true));
        assertThat(VideoOrientation.parse(out, 0, 0)).isNull();
        assertThatThrownBy(() -> new VideoOrientation(45, false, false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void colorSpacesGoThereAndBack() {
        Random random = new Random(2);
        byte[] out = new byte[30];
        for (int i = 0; i < 500; i++) {
            ColorSpace space = ColorSpace.of(random.nextInt(256), random.nextInt(256), random.nextInt(256), i & 3);
            byte[] metadata = new byte[24];
            random.nextBytes(metadata);
            if (i % 2 == 0) {
                space = space.withHdrMetadata(metadata);
                assertThat(space.maxLuminance()).isEqualTo((metadata[0] & 0xff) << 8 | (metadata[1] & 0xff));
            }
            space.write(out, 1);
            assertThat(ColorSpace.parse(out, 1, space.size())).isEqualTo(space);
            assertThat(space.range()).isEqualTo(i & 3);
        }
        ColorSpace plain = ColorSpace.of(1, 1, 1, 1);
        assertThat(plain.hasHdrMetadata()).isFalse();
        assertThat(ColorSpace.parse(out, 0, 5)).isNull();
    }

    private static VideoLayersAllocation.Layer layer(int stream, int spatial, int size, Long... kbps) {
        return new VideoLayersAllocation.Layer(stream, spatial, List.of(kbps), size, size, size == 0 ? 0 : 30);
    }

    @Test
    void allocationsGoThereAndBack() {
        // Two simulcast streams of one spatial layer: RID 0, NS 1, mask 1; one temporal layer each; 100 and 500 kbit/s.
        byte[] bytes = new VideoLayersAllocation(0, List.of(layer(0, 0, 0, 100L), layer(1, 0, 0, 500L))).toBytes();
        assertThat(bytes).isEqualTo(hex("11 00 64 f403"));
        assertThat(VideoLayersAllocation.parse(new byte[1], 0, 1)).isEqualTo(new VideoLayersAllocation(0, List.of()));
        Random random = new Random(3);
        for (int i = 0; i < 3_000; i++) {
            List<VideoLayersAllocation.Layer> layers = new ArrayList<>();
            boolean sizes = random.nextBoolean();
            for (int stream = 0; stream < 4; stream++) {
                for (int spatial = 0; spatial < 4; spatial++) {
                    if (random.nextInt(3) == 0) {
                        Long[] kbps = new Long[1 + random.nextInt(4)];
                        Arrays.setAll(kbps, t -> (long) random.nextInt(1 << (1 + random.nextInt(26))));
                        layers.add(layer(stream, spatial, sizes ? 1 + random.nextInt(65_536) : 0, kbps));
                    }
                }
            }
            VideoLayersAllocation allocation =
                    new VideoLayersAllocation(layers.isEmpty() ? 0 : random.nextInt(4), layers);
            byte[] written = allocation.toBytes();
            assertThat(VideoLayersAllocation.parse(written, 0, written.length)).isEqualTo(allocation);
            for (int cut = 1; cut < written.length - 5 * layers.size(); cut++) {
                VideoLayersAllocation.parse(written, 0, cut);
            }
        }
    }

    private static DependencyStructure structure(Random random) {
        int templates = 1 + random.nextInt(20);
        int targets = 1 + random.nextInt(9);
        int[] spatial = new int[templates];
        int[] temporal = new int[templates];
        for (int i = 1; i < templates; i++) {
            boolean up = spatial[i - 1] < 3 && random.nextInt(4) == 0;
            spatial[i] = spatial[i - 1] + (up ? 1 : 0);
            temporal[i] = up ? 0 : Math.min(7, temporal[i - 1] + random.nextInt(2));
        }
        byte[][] indications = new byte[templates][targets];
        byte[][] references = new byte[templates][];
        int chains = random.nextInt(targets + 1);
        byte[][] chainDiffs = new byte[templates][chains];
        for (int i = 0; i < templates; i++) {
            for (int t = 0; t < targets; t++) {
                indications[i][t] = (byte) random.nextInt(4);
            }
            references[i] = new byte[random.nextInt(5)];
            for (int r = 0; r < references[i].length; r++) {
                references[i][r] = (byte) (1 + random.nextInt(16));
            }
            for (int c = 0; c < chains; c++) {
                chainDiffs[i][c] = (byte) random.nextInt(16);
            }
        }
        int[] protectedBy = new int[chains == 0 ? 0 : targets];
        for (int t = 0; t < protectedBy.length; t++) {
            protectedBy[t] = random.nextInt(chains);
        }
        int sizes = random.nextBoolean() ? spatial[templates - 1] + 1 : 0;
        int[] widths = new int[sizes];
        int[] heights = new int[sizes];
        for (int s = 0; s < sizes; s++) {
            widths[s] = 1 + random.nextInt(65_536);
            heights[s] = 1 + random.nextInt(65_536);
        }
        return new DependencyStructure(
                random.nextInt(64),
                spatial,
                temporal,
                indications,
                references,
                protectedBy,
                chainDiffs,
                widths,
                heights);
    }

    /** Templates, custom indications, references and chains, with the structure and with that of the key frame before. */
    @Test
    void descriptorsGoThereAndBack() {
        DependencyDescriptor read = new DependencyDescriptor();
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            DependencyStructure structure = structure(random);
            DependencyWriter writer = new DependencyWriter(structure);
            DependencyStructure latest = null;
            for (int frame = 0; frame < 4; frame++) {
                boolean attach = frame == 0;
                int template = random.nextInt(structure.templates());
                byte[] indications = random.nextInt(3) == 0 ? new byte[structure.decodeTargets()] : null;
                int[] references = random.nextInt(3) == 0 ? new int[random.nextInt(5)] : null;
                int[] chains = random.nextInt(3) == 0 ? new int[structure.chains] : null;
                if (indications != null) {
                    indications[0] = 2;
                }
                if (references != null) {
                    Arrays.setAll(references, i -> 1 + random.nextInt(1 << (1 + random.nextInt(12))));
                }
                if (chains != null) {
                    Arrays.setAll(chains, i -> random.nextInt(256));
                }
                long active = random.nextBoolean() ? -1 : random.nextLong() & (1L << structure.decodeTargets()) - 1;
                byte[] bytes = writer.write(
                        attach, !attach, template, frame + 65_534, attach, active, indications, references, chains);
                assertThat(read.parse(bytes, 0, bytes.length, latest))
                        .as("seed %d", seed)
                        .isTrue();
                DependencyStructure came = read.structure();
                assertThat(came != null).isEqualTo(attach);
                if (came != null) {
                    latest = came;
                    assertThat(came.toString()).isEqualTo(structure.toString());
                    assertThat(came.width(0)).isEqualTo(structure.width(0));
                    assertThat(came.protectedBy).isEqualTo(structure.protectedBy);
                    assertThat(came.chainDiffs).isEqualTo(structure.chainDiffs);
                    assertThat(came.references).isEqualTo(structure.references);
                }
                assertThat(read.frameStart()).isEqualTo(attach);
                assertThat(read.frameEnd()).isNotEqualTo(attach);
                assertThat(read.frameNumber()).isEqualTo(frame + 65_534 & 0xffff);
                assertThat(read.spatialLayer()).isEqualTo(structure.spatial[template]);
                assertThat(read.temporalLayer()).isEqualTo(structure.temporal[template]);
                long all = (1L << structure.decodeTargets()) - 1;
                assertThat(read.activeDecodeTargets()).isEqualTo(active >= 0 ? active : attach ? all : -1);
                byte[] wanted = indications != null ? indications : structure.indications[template];
                for (int t = 0; t < wanted.length; t++) {
                    assertThat(read.indication(t)).isEqualTo(wanted[t]);
                }
                assertThat(read.references())
                        .isEqualTo(references != null ? references.length : structure.references[template].length);
                for (int i = 0; references != null && i < references.length; i++) {
                    assertThat(read.reference(i)).isEqualTo(references[i]);
                }
                for (int i = 0; i < read.chains(); i++) {
                    assertThat(read.chainDiff(i))
                            .isEqualTo(chains != null ? chains[i] : structure.chainDiffs[template][i]);
                }
                DependencyDescriptor.patchFrameNumber(bytes, 0, 0x1_2345);
                assertThat(read.parse(bytes, 0, bytes.length, latest)).isTrue();
                assertThat(read.frameNumber()).isEqualTo(0x2345);
            }
        }
    }

    /** R10: descriptors and allocations of any bytes, and real ones with bits turned over. */
    @Test
    void R10_anyBytesAreReadOrRefused() {
        Random random = new Random(10);
        DependencyDescriptor read = new DependencyDescriptor();
        DependencyStructure latest = null;
        for (int i = 0; i < 60_000; i++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                bytes = new DependencyWriter(structure(random)).write(true, true, 0, i, true, -1, null, null, null);
                for (int flips = random.nextInt(4); flips > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            int from = random.nextInt(bytes.length + 1);
            if (read.parse(bytes, 0, from, latest)) {
                assertThat(read.references()).isBetween(0, DependencyStructure.MAX_REFERENCES);
                assertThat(read.spatialLayer()).isBetween(0, 3);
                assertThat(read.temporalLayer()).isBetween(0, 7);
                latest = read.structure() == null ? latest : read.structure();
            }
            VideoLayersAllocation allocation = VideoLayersAllocation.parse(bytes, 0, from);
            if (allocation != null) {
                assertThat(allocation.layers().size()).isBetween(0, 16);
            }
            PlayoutDelay.parse(bytes, 0, from);
            ColorSpace.parse(bytes, 0, from);
            AbsoluteCaptureTime.parse(bytes, 0, from);
            VideoOrientation.parse(bytes, 0, from);
        }
    }
}
