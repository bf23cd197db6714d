package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.extension.DependencyDescriptor;
import dev.yodel.rtp.extension.DependencyStructure;
import dev.yodel.rtp.extension.DependencyWriter;
import dev.yodel.rtp.payload.Vp9Descriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Spatial layers of one stream: left out at any picture, taken in again where the stream allows it, without gaps. */
final class LayerSwitchScalableTest {
    private static final RtpCodec VP9 = new RtpCodec(98, "VP9", 90_000, 1);
    private static final RtpCodec AV1 = new RtpCodec(45, "AV1", 90_000, 1);
    private static final int PARTS = 2;

    private record Out(long sequence, int number, int spatial, boolean marker, long rtpTimestamp, int original) {}

    private final LayerSwitch layers = new LayerSwitch();
    private final List<Out> sent = new ArrayList<>();
    private long sequence = 65_500;
    private int picture = 32_700;
    private int frameNumber = 65_400;
    private boolean wished;

    private ReceivedPacket packet(byte[] data, int header, RtpCodec codec, long frame, boolean marker) {
        ReceivedPacket packet = new ReceivedPacket();
        packet.data = data;
        packet.packetLength = data.length;
        packet.headerLength = header;
        packet.payloadOffset = header;
        packet.payloadLength = data.length - header;
        packet.codec = codec;
        packet.ssrc = 7;
        packet.sequence = sequence++;
        packet.rtpTimestamp = frame * 3000;
        packet.marker = marker;
        return packet;
    }

    /** RFC 9628, not flexible: three spatial layers; each needs the one below. */
    private void vp9(long frame, boolean key, int spatialLayers) {
        vp9(frame, key, spatialLayers, true);
    }

    private void vp9(long frame, boolean key, int spatialLayers, boolean ended) {
        picture = picture + 1 & 0x7fff;
        for (int s = 0; s < spatialLayers; s++) {
            for (int part = 0; part < PARTS; part++) {
                byte[] data = new byte[12 + 300 * (s + 1)];
                int first = 0x80 | 0x20 | (key ? 0 : 0x40) | (part == 0 ? 0x08 : 0) | (part == PARTS - 1 ? 0x04 : 0);
                data[12] = (byte) first;
                Bytes.put16(data, 13, 0x8000 | picture);
                data[15] = (byte) (s << 1 | (s > 0 ? 1 : 0));
                data[16] = (byte) frame;
                boolean last = ended && s == spatialLayers - 1 && part == PARTS - 1;
                ReceivedPacket out = layers.accept(packet(data, 12, VP9, frame, last), frame * Time.SECOND / 30);
                if (out != null) {
                    byte[] bytes = out.toBytes();
                    Vp9Descriptor read = new Vp9Descriptor();
                    assertThat(read.parse(bytes, 12, bytes.length - 12)).isTrue();
                    sent.add(new Out(
                            out.sequence,
                            read.pictureId(),
                            read.spatialLayer(),
                            out.marker,
                            out.rtpTimestamp,
                            picture));
                }
                wished |= layers.takeKeyFrameWish(frame * Time.SECOND / 30);
            }
        }
    }

    private void assertNumbers() {
        for (int i = 1; i < sent.size(); i++) {
            Out before = sent.get(i - 1);
            Out now = sent.get(i);
            assertThat(now.sequence).isEqualTo(before.sequence + 1);
            boolean another = now.rtpTimestamp != before.rtpTimestamp;
            // The marker ends each picture, and nothing else.
            assertThat(before.marker).as("at %d", i).isEqualTo(another);
        }
    }

    private int highest(long frame) {
        int highest = -1;
        for (Out out : sent) {
            highest = out.rtpTimestamp == frame * 3000 ? Math.max(highest, out.spatial) : highest;
        }
        return highest;
    }

    @Test
    void vp9LayersGoDownAtOnceAndUpAtKeyPictures() {
        for (int i = 0; i < 500; i++) {
            if (i == 100) {
                layers.maxSpatialLayer(0);
            } else if (i == 200) {
                layers.maxSpatialLayer(1);
                wished = false;
            } else if (i == 400) {
                layers.maxSpatialLayer(7);
            }
            vp9(i, i == 0 || i == 250 || i == 450, 3);
        }
        assertNumbers();
        assertThat(wished).isTrue();
        for (int i = 0; i < 500; i++) {
            int wanted = i < 100 ? 2 : i < 250 ? 0 : i < 450 ? 1 : 2;
            assertThat(highest(i)).as("picture %d", i).isEqualTo(wanted);
        }
        for (int i = 1; i < sent.size(); i++) {
            assertThat(sent.get(i).number - sent.get(i - 1).number & 0x7fff).isLessThanOrEqualTo(1);
        }
    }

    /** What the path carries chooses by itself: the base layer has 144 kbit/s, the second 288 more, the third 432 more. */
    @Test
    void vp9LayersFollowTheBitrate() {
        for (int i = 0; i < 300; i++) {
            if (i == 90) {
                layers.maxBitrate(500_000);
            } else if (i == 180) {
                layers.maxBitrate(200_000);
            }
            vp9(i, i % 30 == 0, 3);
        }
        assertNumbers();
        assertThat(highest(80)).isEqualTo(2);
        assertThat(highest(150)).isEqualTo(1);
        assertThat(highest(250)).isZero();
    }

    /** The sender sends fewer layers for a while: the marker is where the sender put it. */
    @Test
    void aSenderMayLeaveOutLayersItself() {
        layers.maxSpatialLayer(1);
        for (int i = 0; i < 100; i++) {
            vp9(i, i == 0, i % 3 + 1);
        }
        assertNumbers();
    }

    /** Short of bandwidth, Chromium sends no more of a picture whose lower layer it has sent, without a marker. */
    @Test
    void aPictureWithoutItsEndWantsAKeyFrameWhenTheNextOneBegins() {
        vp9(0, true, 3);
        wished = false;
        vp9(30, false, 3);
        vp9(60, false, 2, false);
        assertThat(wished).isFalse();
        vp9(90, false, 3);
        assertThat(wished).isTrue();
        // What is lost may come yet; receivers ask for it themselves.
        wished = false;
        vp9(120, false, 2, false);
        sequence++;
        vp9(150, false, 3);
        assertThat(wished).isFalse();
        // A key frame is what would be asked for.
        vp9(180, false, 2, false);
        vp9(210, true, 3);
        assertThat(wished).isFalse();
        // The layer that is missing is left out here in any case.
        layers.maxSpatialLayer(1);
        vp9(240, false, 2, false);
        vp9(270, false, 3);
        assertThat(wished).isFalse();
    }

    private static DependencyStructure structure() {
        // S0T0, S0T1, S1T0, S1T1 for the targets S0T0, S0T1, S1T0, S1T1.
        byte[][] indications = {{2, 2, 3, 3}, {0, 1, 0, 3}, {0, 0, 2, 2}, {0, 0, 0, 1}};
        byte[][] references = {{4}, {2}, {4, 1}, {2, 1}};
        return new DependencyStructure(
                11,
                new int[] {0, 0, 1, 1},
                new int[] {0, 1, 0, 1},
                indications,
                references,
                new int[] {0, 0, 1, 1},
                new byte[][] {{4, 3}, {2, 1}, {1, 1}, {3, 3}},
                new int[] {320, 640},
                new int[] {180, 360});
    }

    private final DependencyWriter writer = new DependencyWriter(structure());
    private static final byte[] ALL_SWITCH = {2, 2, 2, 2};

    /** Two spatial and two temporal layers of AV1, told by descriptors alone. */
    private void av1(long frame, boolean key) {
        boolean odd = (frame & 1) != 0;
        for (int s = 0; s < 2; s++) {
            int template = 2 * s + (odd ? 1 : 0);
            for (int part = 0; part < PARTS; part++) {
                byte[] value = writer.write(
                        part == 0,
                        part == PARTS - 1,
                        template,
                        frameNumber,
                        key && s == 0 && part == 0,
                        -1,
                        key ? ALL_SWITCH : null,
                        key ? (s == 0 ? new int[0] : new int[] {1}) : null,
                        null);
                int header = 12 + value.length;
                byte[] data = new byte[header + 300];
                System.arraycopy(value, 0, data, 12, value.length);
                boolean last = s == 1 && part == PARTS - 1;
                ReceivedPacket packet = packet(data, header, AV1, frame, last);
                packet.extension(FrameExtension.DEPENDENCY_DESCRIPTOR.index, 12, value.length);
                ReceivedPacket out = layers.accept(packet, frame * Time.SECOND / 30);
                if (out != null) {
                    sent.add(new Out(
                            out.sequence, out.frameNumber, s, out.marker, out.rtpTimestamp, frameNumber & 0xffff));
                }
                wished |= layers.takeKeyFrameWish(frame * Time.SECOND / 30);
            }
            frameNumber++;
        }
    }

    @Test
    void av1LayersGoDownAtOnceAndUpWhereTheDescriptorSaysSo() {
        for (int i = 0; i < 400; i++) {
            if (i == 101) {
                layers.maxSpatialLayer(0);
            } else if (i == 150) {
                layers.maxTemporalLayer(0);
            } else if (i == 181) {
                layers.maxTemporalLayer(7);
            } else if (i == 220) {
                layers.maxSpatialLayer(7);
                wished = false;
            }
            av1(i, i == 0 || i == 300);
        }
        assertNumbers();
        assertThat(wished).isTrue();
        Set<Integer> forwarded = new HashSet<>();
        int shift = sent.get(0).original - sent.get(0).number & 0xffff;
        for (Out out : sent) {
            // One shift for all: what frames refer to is told by differences.
            assertThat(out.original - out.number & 0xffff).isEqualTo(shift);
            forwarded.add(out.original);
        }
        for (int i = 0; i < 400; i++) {
            int wanted = i < 101 ? 1 : i >= 300 ? 1 : 0;
            // Temporal layers come back at the next frame of the base layer.
            boolean leftOut = i >= 150 && i < 182 && (i & 1) != 0;
            assertThat(highest(i)).as("picture %d", i).isEqualTo(leftOut ? -1 : wanted);
        }
        assertThat(forwarded).hasSizeLessThan(800);
    }

    /** Descriptors that refer to a structure which never came, or are cut short, are left out, and nothing breaks. */
    @Test
    void R10_descriptorsWithoutAStructureAreLeftOut() {
        for (int i = 1; i < 50; i++) {
            av1(i, false);
        }
        assertThat(sent).isEmpty();
        av1(50, true);
        assertThat(sent).hasSize(2 * PARTS);
    }

    /** RFC 8285: a relayed packet carries its descriptor under the subscriber's identifier, with its frame's new number. */
    @Test
    void theDescriptorGoesOnWithTheNewNumber() {
        HeaderExtensionIds ids = HeaderExtensionIds.of(java.util.Map.of(FrameExtension.DEPENDENCY_DESCRIPTOR.uri(), 5));
        RtpSession session = new RtpSession(RtpSessionOptions.of("sfu"), new SeededRandom(3), RtpPair.WALL, 0);
        SendStream to = session.addSendStream(new SendStreamParameters(99, null, List.of(AV1), ids));
        byte[] value = writer.write(true, true, 0, 4711, true, -1, ALL_SWITCH, new int[0], null);
        byte[] data = new byte[12 + value.length + 50];
        System.arraycopy(value, 0, data, 12, value.length);
        ReceivedPacket packet = packet(data, 12 + value.length, AV1, 1, true);
        packet.extension(FrameExtension.DEPENDENCY_DESCRIPTOR.index, 12, value.length);
        ReceivedPacket out = layers.accept(packet, 0);
        assertThat(out).isNotNull();
        if (out == null) {
            return;
        }
        assertThat(to.relay(out, 0)).isTrue();
        RtpTransmit sentPacket = new RtpTransmit();
        RtpPacket read = new RtpPacket();
        while (session.pollTransmit(sentPacket, 0)) {
            if (!sentPacket.rtcp) {
                assertThat(read.wrap(sentPacket.data, sentPacket.offset, sentPacket.length))
                        .isTrue();
                HeaderExtensionReader reader = new HeaderExtensionReader();
                reader.wrap(read);
                assertThat(reader.next()).isTrue();
                assertThat(reader.id()).isEqualTo(5);
                DependencyDescriptor descriptor = new DependencyDescriptor();
                assertThat(descriptor.parse(read.data(), reader.offset(), reader.length(), null))
                        .isTrue();
                assertThat(descriptor.frameNumber()).isEqualTo(out.frameNumber);
                assertThat(descriptor.structure()).isNotNull();
                assertThat(read.payloadLength()).isEqualTo(50);
            }
        }
    }
}
