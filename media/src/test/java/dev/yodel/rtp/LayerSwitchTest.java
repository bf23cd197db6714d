package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.payload.Vp8Descriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which packets of three layers go on, under which numbers, without gaps whatever changes, is lost or comes late. */
final class LayerSwitchTest {
    private static final RtpCodec VP8 = new RtpCodec(96, "VP8", 90_000, 1);
    private static final int[] PACKETS = {1, 2, 4};
    private static final int[] BYTES = {400, 700, 1100};
    private static final String[] RIDS = {"q", "h", "f"};

    private final LayerSwitch layers = new LayerSwitch();
    private final List<long[]> sent = new ArrayList<>();
    private final Vp8Descriptor vp8 = new Vp8Descriptor();
    private final long[] next = {65_000, 10, 3_000_000};
    private final int[] picture = {32_700, 5, 20_000};
    private final int[] base = {250, 3, 90};
    private final int[] frameNumber = {65_530, 9, 40_000};
    private boolean described;
    private int wishes;

    private ReceivedPacket packet(int layer, int part, boolean key, int tid, long frame) {
        byte[] data = new byte[12 + 6 + BYTES[layer]];
        int at = 12;
        data[at] = (byte) (0x80 | (part == 0 ? 0x10 : 0));
        data[at + 1] = (byte) 0xe0;
        Bytes.put16(data, at + 2, 0x8000 | (picture[layer] & 0x7fff));
        data[at + 4] = (byte) base[layer];
        data[at + 5] = (byte) (tid << 6 | (tid > 0 ? 0x20 : 0));
        data[at + 6] = (byte) (key ? 0x10 : 0x11);
        ReceivedPacket packet = new ReceivedPacket();
        packet.data = data;
        packet.packetLength = data.length;
        packet.headerLength = 12;
        packet.payloadOffset = 12;
        packet.payloadLength = data.length - 12;
        packet.codec = VP8;
        packet.ssrc = 100L + layer;
        packet.rid = RIDS[layer];
        packet.sequence = next[layer]++;
        packet.rtpTimestamp = frame * 3000;
        packet.marker = part == PACKETS[layer] - 1;
        if (described) {
            // Where it stands is of no matter here: over the timestamp.
            Bytes.put16(data, 5, frameNumber[layer]);
            packet.extension(FrameExtension.DEPENDENCY_DESCRIPTOR.index, 4, 3);
        }
        return packet;
    }

    /** One frame of each layer at 30 a second; temporal layers 0 2 1 2. */
    private void frame(long frame, boolean key, java.util.function.Predicate<ReceivedPacket> comes) {
        long now = frame * Time.SECOND / 30;
        int tid = new int[] {0, 2, 1, 2}[(int) frame & 3];
        for (int layer = 0; layer < 3; layer++) {
            picture[layer]++;
            frameNumber[layer] = frameNumber[layer] + 1 & 0xffff;
            base[layer] = base[layer] + (tid == 0 || key ? 1 : 0) & 0xff;
            for (int part = 0; part < PACKETS[layer]; part++) {
                ReceivedPacket packet = packet(layer, part, key, key ? 0 : tid, frame);
                if (comes.test(packet)) {
                    take(packet, now);
                }
            }
        }
    }

    private void take(ReceivedPacket packet, long now) {
        ReceivedPacket out = layers.accept(packet, now);
        if (out != null) {
            byte[] bytes = out.toBytes();
            assertThat(vp8.parse(bytes, 12, bytes.length - 12)).isTrue();
            sent.add(new long[] {
                out.ssrc,
                out.sequence,
                vp8.pictureId(),
                vp8.temporalBaseIndex(),
                out.rtpTimestamp,
                vp8.temporalLayer(),
                out.frameNumber
            });
        }
        wishes += layers.takeKeyFrameWish(now) ? 1 : 0;
    }

    /** Within one layer numbers are consecutive; across a change picture identifiers and base indexes go on. */
    private void assertWithoutGaps() {
        for (int i = 1; i < sent.size(); i++) {
            long[] before = sent.get(i - 1);
            long[] now = sent.get(i);
            if (before[0] == now[0]) {
                assertThat(now[1]).isEqualTo(before[1] + 1);
            }
            long step = now[2] - before[2] & 0x7fff;
            assertThat(step).as("picture identifier at %d", i).isLessThanOrEqualTo(1);
            if (before[0] != now[0]) {
                assertThat(step).isEqualTo(1);
            }
            assertThat(now[3] - before[3] & 0xff).as("base index at %d", i).isLessThanOrEqualTo(1);
        }
    }

    /**
     * What VP8's descriptors say of frames counts on where the layer changes: a receiver drops what is older than its
     * last key frame.
     */
    @Test
    void framesAreNumberedOnWhereLayersChange() {
        described = true;
        for (int frame = 0; frame < 400; frame++) {
            layers.select(RIDS[frame / 70 % 3]);
            frame(frame, frame % 35 == 0, packet -> true);
        }
        int changes = 0;
        for (int i = 1; i < sent.size(); i++) {
            long[] before = sent.get(i - 1);
            long[] now = sent.get(i);
            int step = now[4] == before[4] && now[0] == before[0] ? 0 : 1;
            assertThat((now[6] - before[6]) & 0xffff).as("packet %d", i).isEqualTo(step);
            changes += now[0] == before[0] ? 0 : 1;
        }
        assertThat(changes).isEqualTo(5);
        described = false;
    }

    @Test
    void layersChangeAtKeyFrames() {
        for (int i = 0; i < 900; i++) {
            if (i == 100) {
                layers.select("q");
            } else if (i == 400) {
                layers.select("f");
            }
            frame(i, i == 0 || i == 150 || i == 450, packet -> true);
            if (i == 149) {
                assertThat(layers.currentRid()).isNotEqualTo("q");
            } else if (i == 150 || i == 449) {
                assertThat(layers.currentRid()).isEqualTo("q");
            }
        }
        assertThat(layers.currentRid()).isEqualTo("f");
        assertThat(layers.switches()).isBetween(3L, 4L);
        // Waits of 50 frames, and one for the best layer, asked for twice a second.
        assertThat(wishes).isBetween(4, 16);
        assertWithoutGaps();
    }

    @Test
    void theBitRateChoosesTheLayer() {
        for (int i = 0; i < 900; i++) {
            if (i == 90) {
                layers.maxBitrate(150_000);
            } else if (i == 300) {
                layers.maxBitrate(500_000);
            } else if (i == 600) {
                layers.maxBitrate(5_000_000);
            }
            frame(i, i % 30 == 0, packet -> true);
            if (i == 80 || i == 899) {
                assertThat(layers.currentRid()).isEqualTo("f");
            } else if (i == 280) {
                assertThat(layers.currentRid()).isEqualTo("q");
            } else if (i == 580) {
                assertThat(layers.currentRid()).isEqualTo("h");
            }
        }
        assertWithoutGaps();
    }

    /** RFC 3550 8.2: a sender that changes its source goes on with its next key frame, which is asked for at once. */
    @Test
    void aLayerUnderAnotherSourceIsFollowed() {
        layers.select("h");
        boolean[] changed = {false};
        for (int i = 0; i < 300; i++) {
            if (i == 100) {
                changed[0] = true;
                next[1] = 40_000;
                wishes = 0;
            }
            // A key frame comes three frames after it was asked for.
            boolean key = i == 0 || i == 104;
            frame(i, key, packet -> {
                packet.ssrc += changed[0] ? 1_000 : 0;
                return true;
            });
            if (i == 100) {
                assertThat(wishes).as("asked for at once").isEqualTo(1);
                // Stragglers of the old source do not bring it back.
                ReceivedPacket late = packet(1, 0, false, 0, 99);
                late.ssrc = 101;
                late.sequence = 10 + 2 * 100;
                take(late, 100 * Time.SECOND / 30);
            }
        }
        assertThat(layers.currentSsrc()).isEqualTo(1_101);
        assertThat(layers.currentRid()).isEqualTo("h");
        assertThat(layers.rates(10 * Time.SECOND)).extracting(LayerRate::rid).containsExactly("q", "h", "f");
        long last = sent.stream()
                .filter(one -> one[0] == 101)
                .mapToLong(one -> one[4])
                .max()
                .orElse(0);
        long first = sent.stream()
                .filter(one -> one[0] == 1_101)
                .mapToLong(one -> one[4])
                .min()
                .orElse(0);
        assertThat(first - last).as("what the change costs").isEqualTo(5 * 3_000);
        assertWithoutGaps();
    }

    /** Two sources under one identifier: the later one counts while it is heard, and then the other. */
    @Test
    void aSourceThatComesAndGoesLeavesTheFirst() {
        layers.select("h");
        for (int i = 0; i < 300; i++) {
            frame(i, i % 15 == 0, packet -> true);
            if (i >= 60 && i < 120) {
                ReceivedPacket other = packet(1, 0, i % 15 == 0, 0, i);
                next[1]--;
                other.ssrc = 500;
                other.sequence = 70_000L + i;
                take(other, i * Time.SECOND / 30);
            }
        }
        assertThat(sent.stream().filter(one -> one[0] == 500).count()).isGreaterThan(50);
        assertThat(layers.currentSsrc()).isEqualTo(101);
    }

    /** Nobody is shown pictures of another codec before its key frame has come; numbers go on. */
    @Test
    void anotherCodecBeginsWithItsKeyFrame() {
        RtpCodec other = new RtpCodec(97, "VP9", 90_000, 1);
        List<ReceivedPacket> out = new ArrayList<>();
        int asked = 0;
        for (int i = 0; i < 60; i++) {
            boolean vp9 = i >= 30;
            boolean key = i == 0 || i == 40;
            ReceivedPacket packet = packet(0, 0, key, 0, i);
            if (vp9) {
                packet.codec = other;
                // RFC 9628 4.2: a picture of one layer frame; P says that it refers to others.
                packet.data[12] = (byte) (key ? 0x0c : 0x4c);
            }
            ReceivedPacket sentOn = layers.accept(packet, i * Time.SECOND / 30);
            if (sentOn != null) {
                ReceivedPacket copy = new ReceivedPacket();
                sentOn.copyTo(copy);
                copy.sequence = sentOn.sequence;
                out.add(copy);
            }
            asked += layers.takeKeyFrameWish(i * Time.SECOND / 30) && vp9 ? 1 : 0;
        }
        assertThat(out).hasSize(50);
        assertThat(out.subList(0, 30)).allMatch(packet -> packet.codec.equals(VP8));
        assertThat(out.subList(30, 50)).allMatch(packet -> packet.codec.equals(other));
        assertThat(asked).isPositive();
        for (int i = 1; i < out.size(); i++) {
            assertThat(out.get(i).sequence).isEqualTo(out.get(i - 1).sequence + 1);
        }
    }

    /** A layer that its sender switches off is replaced at the next key frame. */
    @Test
    void aLayerThatFallsSilentIsReplaced() {
        for (int i = 0; i < 300; i++) {
            boolean off = i >= 60;
            frame(i, i % 40 == 0, packet -> !off || packet.ssrc != 102);
        }
        assertThat(layers.currentRid()).isEqualTo("h");
        assertWithoutGaps();
    }

    /**
     * A sender stalls for a second and goes on, the largest layer first: each layer costs what it cost before, none
     * is missing, and a receiver with little bandwidth is never given more.
     */
    @Test
    void aStalledSenderCostsWhatItCostBefore() {
        layers.maxBitrate(150_000);
        for (int i = 0; i < 300; i++) {
            frame(i, i % 15 == 0, packet -> true);
        }
        for (int second : new int[] {11, 14, 40}) {
            List<LayerRate> before = layers.rates(at(sent.get(sent.size() - 1)[4]));
            assertThat(before).extracting(LayerRate::rid).containsExactly("q", "h", "f");
            int first = second * 30;
            for (int layer = 2; layer >= 0; layer--) {
                picture[layer]++;
                take(packet(layer, 0, true, 0, first), at(first * 3_000L));
                assertRates(before, layers.rates(at(first * 3_000L)));
            }
            for (int i = first + 1; i < first + 60; i++) {
                frame(i, i % 15 == 0, packet -> true);
                assertRates(before, layers.rates(at(i * 3_000L)));
            }
        }
        assertThat(sent.stream().skip(60)).allMatch(one -> one[0] == 100);
    }

    /** Whoever comes while a layer is cheap for a moment knows what it takes at other times, if others know. */
    @Test
    void aReceiverThatComesLaterKnowsWhatLayersTake() {
        IncomingLayers incoming = new IncomingLayers();
        LayerSwitch newcomer = new LayerSwitch(incoming);
        LayerSwitch stranger = new LayerSwitch();
        newcomer.maxBitrate(250_000);
        stranger.maxBitrate(250_000);
        Set<Long> ofNewcomer = new HashSet<>();
        Set<Long> ofStranger = new HashSet<>();
        long[] number = {0};
        for (int i = 0; i < 300; i++) {
            int frame = i;
            long now = i * Time.SECOND / 30;
            frame(i, i % 15 == 0, packet -> {
                if (frame >= 150 && packet.ssrc == 101 && frame % 3 != 0) {
                    return false;
                }
                incoming.take(++number[0], packet, now);
                incoming.take(number[0], packet, now);
                if (frame >= 150 && newcomer.accept(packet, now) != null) {
                    ofNewcomer.add(newcomer.currentSsrc());
                }
                if (frame >= 150 && stranger.accept(packet, now) != null) {
                    ofStranger.add(stranger.currentSsrc());
                }
                return false;
            });
        }
        assertThat(ofNewcomer).containsExactly(100L);
        assertThat(ofStranger).contains(101L);
        assertThat(incoming.rates(10 * Time.SECOND)).extracting(LayerRate::rid).containsExactly("q", "h", "f");
    }

    private static long at(long rtpTimestamp) {
        return rtpTimestamp * Time.SECOND / 90_000;
    }

    private static void assertRates(List<LayerRate> before, List<LayerRate> now) {
        assertThat(now).extracting(LayerRate::rid).containsExactly("q", "h", "f");
        for (int i = 0; i < 3; i++) {
            assertThat(now.get(i).bps())
                    .isBetween(before.get(i).bps() * 8 / 10, before.get(i).bps() * 12 / 10);
        }
    }

    @Test
    void temporalLayersAreLeftOutWithoutGaps() {
        layers.select("h");
        for (int i = 0; i < 400; i++) {
            if (i == 100) {
                layers.maxTemporalLayer(0);
            } else if (i == 200) {
                layers.maxTemporalLayer(1);
            } else if (i == 300) {
                layers.maxTemporalLayer(7);
            }
            frame(i, i == 0, packet -> true);
        }
        assertWithoutGaps();
        assertThat(sent.stream().filter(one -> one[4] >= 104 * 3000 && one[4] < 200 * 3000))
                .allMatch(one -> one[5] == 0);
        assertThat(sent.stream().filter(one -> one[4] >= 208 * 3000 && one[4] < 300 * 3000))
                .anyMatch(one -> one[5] == 1)
                .noneMatch(one -> one[5] == 2);
        assertThat(sent.stream().filter(one -> one[4] >= 320 * 3000)).anyMatch(one -> one[5] == 2);
    }

    /** What is lost on the way in keeps its number; what comes late gets it; nothing is used twice. */
    @Test
    void losesAndReordersLikeTheWayIn() {
        Random random = new Random(9);
        layers.select("f");
        layers.maxTemporalLayer(1);
        List<ReceivedPacket> late = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            if (i == 300) {
                layers.maxTemporalLayer(7);
            }
            long now = (long) i * Time.SECOND / 30;
            frame(i, i % 100 == 0, packet -> {
                int fate = random.nextInt(20);
                if (fate == 1 && packet.sequence % 2 == 0) {
                    late.add(packet);
                }
                return fate > 1;
            });
            late.forEach(packet -> take(packet, now));
            late.clear();
        }
        Set<Long> numbers = new HashSet<>();
        long highest = 0;
        long lowest = Long.MAX_VALUE;
        for (long[] one : sent) {
            if (one[0] != 102) {
                continue;
            }
            assertThat(numbers.add(one[1])).isTrue();
            highest = Math.max(highest, one[1]);
            lowest = Math.min(lowest, one[1]);
        }
        assertThat(numbers.size()).isGreaterThan((int) ((highest - lowest) * 85 / 100));
    }

    @Test
    void nothingIsAllocatedPerPacket() {
        ReceivedPacket[] packets = new ReceivedPacket[300];
        int count = 0;
        for (int i = 0; i < 50; i++) {
            picture[2]++;
            for (int part = 0; part < 4; part++) {
                packets[count++] = packet(2, part, i % 10 == 0, 0, i);
            }
        }
        byte[] target = new byte[2000];
        for (int round = 0; round < 200; round++) {
            run(packets, count, target);
        }
        long before = Allocations.bytes();
        for (int round = 0; round < 500; round++) {
            run(packets, count, target);
        }
        long each = (Allocations.bytes() - before) / (500L * count);
        assertThat(each).isLessThanOrEqualTo(1);
    }

    private void run(ReceivedPacket[] packets, int count, byte[] target) {
        for (int i = 0; i < count; i++) {
            packets[i].sequence += count;
            ReceivedPacket out = layers.accept(packets[i], packets[i].sequence * Time.MILLISECOND);
            if (out != null) {
                out.patch.apply(target, 12);
            }
        }
    }
}
