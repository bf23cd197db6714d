package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.FrameLayer;
import dev.yodel.rtp.HeaderExtensionReader;
import dev.yodel.rtp.RtpPacket;
import dev.yodel.rtp.extension.DependencyDescriptor;
import dev.yodel.rtp.extension.DependencyStructure;
import dev.yodel.rtp.extension.ScalabilityMode;
import dev.yodel.rtp.extension.VideoLayersAllocation;
import dev.yodel.rtp.payload.Vp8Descriptor;
import dev.yodel.rtp.payload.Vp9Descriptor;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a sender says of the layers that its encoder makes, over whole connections, and what is done by it. */
class SimulatedLayersTest {
    private static final Settings LAYERS = Settings.builder().receiveSimulcast().build();

    private record Said(int number, int spatial, int temporal, boolean start, boolean end, int references) {}

    private final List<RtpPacketEvent> packets = new ArrayList<>();
    private final List<EncodedFrame> frames = new ArrayList<>();
    private @Nullable VideoLayersAllocation allocation;
    private @Nullable DependencyStructure structure;

    private VideoLayersAllocation allocation() {
        return Objects.requireNonNull(allocation, "nothing was said");
    }

    private DependencyStructure structure() {
        return Objects.requireNonNull(structure, "nothing was said");
    }

    private static ScalabilityMode mode(String name) {
        return Objects.requireNonNull(ScalabilityMode.parse(name));
    }

    private interface Encoder {
        byte[] picture(int number, boolean key);
    }

    private void send(SimulatedPair pair, EncodedTrack track, ScalabilityMode mode, Encoder encoder) {
        pair.a.addTrack(track);
        pair.b.onTrack(event -> {
            event.track().onRtp(packets::add);
            event.track().onFrame(frame -> {
                frames.add(frame);
                allocation = frame.metadata().layers() == null
                        ? allocation
                        : frame.metadata().layers();
            });
        });
        pair.connect();
        for (int i = 0; i < 120; i++) {
            boolean key = i % 60 == 0;
            EncodedFrame frame = EncodedFrame.ofTimestamp(encoder.picture(i, key), 3_000L * i);
            track.write(frame.withLayer(new FrameLayer(mode, key ? 0 : mode.temporalLayer(i % 60))));
            pair.simulator.run(Duration.ofNanos(33_333_333));
        }
        pair.simulator.run(Duration.ofMillis(500));
    }

    private List<Said> said(int id) {
        List<Said> said = new ArrayList<>();
        RtpPacket view = new RtpPacket();
        HeaderExtensionReader extensions = new HeaderExtensionReader();
        DependencyDescriptor descriptor = new DependencyDescriptor();
        for (RtpPacketEvent packet : packets) {
            byte[] bytes = packet.packet();
            assertThat(view.wrap(bytes, 0, bytes.length)).isTrue();
            assertThat(bytes.length).isLessThanOrEqualTo(1_190);
            extensions.wrap(view);
            while (extensions.next()) {
                if (extensions.id() == id) {
                    assertThat(descriptor.parse(bytes, extensions.offset(), extensions.length(), structure))
                            .isTrue();
                    structure = descriptor.structure() == null ? structure : descriptor.structure();
                    said.add(new Said(
                            descriptor.frameNumber(),
                            descriptor.spatialLayer(),
                            descriptor.temporalLayer(),
                            descriptor.frameStart(),
                            descriptor.frameEnd(),
                            descriptor.references()));
                }
            }
        }
        return said;
    }

    /** The identifier that the answer gave to the descriptor. */
    private static int descriptorId(SimulatedPair pair) {
        SessionDescription answer = Objects.requireNonNull(pair.b.localDescription());
        for (String line : answer.sdp().split("\r\n", -1)) {
            if (line.startsWith("a=extmap:") && line.contains("dependency-descriptor")) {
                return Integer.parseInt(line.substring(9, line.indexOf(' ')));
            }
        }
        throw new AssertionError("no dependency descriptor was negotiated: " + answer.sdp());
    }

    private static byte[] vp8(int number, boolean key, int size) {
        byte[] data = new byte[size];
        data[0] = (byte) (key ? 0x10 : 0x11);
        data[3] = (byte) 0x9d;
        data[4] = 1;
        data[5] = 0x2a;
        data[6] = 64;
        data[8] = 48;
        data[11] = (byte) number;
        return data;
    }

    @Test
    void temporalLayersOfVp8AreToldTwice() {
        try (SimulatedPair pair = new SimulatedPair(51, LAYERS)) {
            send(pair, EncodedTrack.vp8("v"), mode("L1T3"), (number, key) -> vp8(number, key, key ? 4_000 : 1_500));
            List<Said> said = said(descriptorId(pair));
            assertThat(said).hasSameSizeAs(packets);
            assertThat(structure().decodeTargets()).isEqualTo(3);
            assertThat(structure().width(0)).isEqualTo(64);
            assertThat(structure().height(0)).isEqualTo(48);
            Vp8Descriptor vp8 = new Vp8Descriptor();
            int base = -1;
            for (int i = 0; i < packets.size(); i++) {
                byte[] bytes = packets.get(i).packet();
                int at = packets.get(i).payloadOffset();
                assertThat(vp8.parse(bytes, at, bytes.length - at)).isTrue();
                assertThat(vp8.temporalLayer()).isEqualTo(said.get(i).temporal);
                assertThat(vp8.frameStart()).isEqualTo(said.get(i).start);
                if (said.get(i).temporal == 0 && said.get(i).start) {
                    assertThat(vp8.temporalBaseIndex()).isEqualTo(base < 0 ? vp8.temporalBaseIndex() : base + 1 & 0xff);
                    base = vp8.temporalBaseIndex();
                }
            }
            assertThat(frames).hasSize(120);
            assertThat(allocation).isNotNull();
            VideoLayersAllocation.Layer layer = allocation().layers().get(0);
            assertThat(layer.width()).isEqualTo(64);
            assertThat(layer.kbps()).hasSize(3);
            // A quarter, a half and all of 30 pictures of 12 kbit.
            assertThat(layer.kbps().get(2)).isBetween(340L, 420L);
            assertThat(layer.kbps().get(0)).isBetween(80L, 160L);
            assertThat(layer.framesPerSecond()).isBetween(28, 32);
        }
    }

    /**
     * A frame of VP9's uncompressed header: a key frame of a size, or a frame whose size differs from those it refers
     * to.
     */
    private static byte[] vp9Layer(boolean key, int width, int height, int size) {
        byte[] data = new byte[size];
        Bits bits = new Bits(data);
        bits.put(2, 2);
        bits.put(0, 3);
        bits.put(key ? 0 : 1, 1);
        bits.put(1, 1);
        bits.put(1, 1);
        if (key) {
            bits.put(0x498342, 24);
            bits.put(2, 3);
            bits.put(0, 1);
        } else {
            bits.put(0, 8 + 12);
            bits.put(0, 3);
        }
        bits.put(width - 1, 16);
        bits.put(height - 1, 16);
        return data;
    }

    private static final class Bits {
        private final byte[] data;
        private int at;

        Bits(byte[] data) {
            this.data = data;
        }

        void put(int value, int count) {
            for (int i = count - 1; i >= 0; i--, at++) {
                data[at >> 3] |= (byte) ((value >> i & 1) << (7 - (at & 7)));
            }
        }
    }

    private static byte[] superframe(byte[]... layers) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] layer : layers) {
            out.writeBytes(layer);
        }
        int marker = 0xc0 | 1 << 3 | layers.length - 1;
        out.write(marker);
        for (byte[] layer : layers) {
            out.write(layer.length);
            out.write(layer.length >> 8);
        }
        out.write(marker);
        return out.toByteArray();
    }

    /** Three spatial layers in superframes: told in VP9's descriptor and in ours. */
    @Test
    void spatialLayersOfVp9AreToldTwice() {
        try (SimulatedPair pair = new SimulatedPair(52, LAYERS)) {
            send(
                    pair,
                    EncodedTrack.vp9("v"),
                    mode("L3T2_KEY"),
                    (number, key) -> superframe(
                            vp9Layer(key, 160, 90, 300),
                            vp9Layer(false, 320, 180, 1_400),
                            vp9Layer(false, 640, 360, 2_600)));
            List<Said> said = said(descriptorId(pair));
            assertThat(said).hasSameSizeAs(packets);
            assertThat(structure().decodeTargets()).isEqualTo(6);
            assertThat(structure().width(0)).isEqualTo(160);
            assertThat(structure().width(2)).isEqualTo(640);
            Vp9Descriptor vp9 = new Vp9Descriptor();
            TreeSet<Integer> structures = new TreeSet<>();
            for (int i = 0; i < packets.size(); i++) {
                byte[] bytes = packets.get(i).packet();
                int at = packets.get(i).payloadOffset();
                assertThat(vp9.parse(bytes, at, bytes.length - at)).isTrue();
                assertThat(vp9.spatialLayer()).isEqualTo(said.get(i).spatial);
                assertThat(vp9.temporalLayer()).isEqualTo(said.get(i).temporal);
                assertThat(vp9.layerFrameStart()).isEqualTo(said.get(i).start);
                assertThat(vp9.layerFrameEnd()).isEqualTo(said.get(i).end);
                boolean last = said.get(i).spatial == 2 && said.get(i).end;
                assertThat((bytes[1] & 0x80) != 0).isEqualTo(last);
                if (vp9.spatialLayers() > 0) {
                    structures.add(vp9.spatialLayers());
                }
            }
            assertThat(structures).containsExactly(3);
            assertThat(frames).hasSize(120);
            assertThat(frames.get(0).data()).hasSize(300 + 1_400 + 2_600);
            assertThat(allocation().layers()).hasSize(3);
            assertThat(allocation().layers().get(2).width()).isEqualTo(640);
        }
    }

    /** Who says nothing of layers has one; without the extension nothing is said. */
    @Test
    void withoutLayersEachFrameNeedsTheOneBefore() {
        for (Settings settings : List.of(LAYERS, Settings.DEFAULT)) {
            packets.clear();
            frames.clear();
            structure = null;
            try (SimulatedPair pair = new SimulatedPair(53, settings)) {
                EncodedTrack track = EncodedTrack.vp8("v");
                pair.a.addTrack(track);
                pair.b.onTrack(event -> event.track().onRtp(packets::add));
                pair.connect();
                for (int i = 0; i < 30; i++) {
                    track.write(EncodedFrame.ofDuration(vp8(i, i % 15 == 0, 900), 33_000_000));
                    pair.simulator.run(Duration.ofMillis(33));
                }
                assertThat(packets).hasSize(30);
                if (settings == LAYERS) {
                    List<Said> said = said(descriptorId(pair));
                    for (int i = 0; i < 30; i++) {
                        assertThat(said.get(i).references).isEqualTo(i % 15 == 0 ? 0 : 1);
                        assertThat(said.get(i).number).isEqualTo(said.get(0).number + i & 0xffff);
                    }
                } else {
                    SessionDescription answer = Objects.requireNonNull(pair.b.localDescription());
                    assertThat(answer.sdp()).doesNotContain("dependency-descriptor");
                }
            }
        }
    }
}
