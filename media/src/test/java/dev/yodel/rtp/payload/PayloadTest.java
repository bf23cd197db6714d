package dev.yodel.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import dev.yodel.rtp.Allocations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PayloadTest {
    /** One part on the wire. */
    private static final class Packet {
        final long sequence;
        final long rtpTimestamp;
        final boolean marker;
        final byte[] payload;

        Packet(long sequence, long rtpTimestamp, boolean marker, byte[] payload) {
            this.sequence = sequence;
            this.rtpTimestamp = rtpTimestamp;
            this.marker = marker;
            this.payload = payload;
        }
    }

    private final Vp8Descriptor descriptor = new Vp8Descriptor();

    @Test
    void telephoneEventsBothWays() {
        byte[] payload = Bytes.fromHex("0b8a03c0");
        TelephoneEvent event = java.util.Objects.requireNonNull(TelephoneEvent.parse(payload, 0, 4));
        assertThat(event).isEqualTo(new TelephoneEvent(11, true, 10, 960));
        assertThat(event.key()).isEqualTo('#');
        byte[] written = new byte[4];
        event.write(written, 0);
        assertThat(written).isEqualTo(payload);
        for (int length = 0; length < 4; length++) {
            assertThat(TelephoneEvent.parse(new byte[length], 0, length)).isNull();
        }
        assertThat(new TelephoneEvent(16, false, 0, 0).key()).isEqualTo('?');
        assertThatThrownBy(() -> new TelephoneEvent(256, false, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** RFC 7741 4.6 in bytes: X=1, S=1, I, L, T and K with both sizes of the picture identifier. */
    @Test
    void vp8DescriptorsAreRead() {
        byte[] all = Bytes.fromHex("90f091234560" + "10");
        assertThat(descriptor.parse(all, 0, all.length)).isTrue();
        assertThat(descriptor.length()).isEqualTo(6);
        assertThat(descriptor.pictureId()).isEqualTo(0x1123);
        assertThat(descriptor.temporalBaseIndex()).isEqualTo(0x45);
        assertThat(descriptor.temporalLayer()).isEqualTo(1);
        assertThat(descriptor.keyFrame()).isTrue();
        byte[] small = Bytes.fromHex("b08011" + "01");
        assertThat(descriptor.parse(small, 0, small.length)).isTrue();
        assertThat(descriptor.pictureId()).isEqualTo(0x11);
        assertThat(descriptor.frameStart()).isTrue();
        assertThat(descriptor.keyFrame()).isFalse();
        assertThat(descriptor.nonReference()).isTrue();
        byte[] bare = Bytes.fromHex("0001");
        assertThat(descriptor.parse(bare, 0, bare.length)).isTrue();
        assertThat(descriptor.frameStart()).isFalse();
    }

    /** Every first two bytes, in arrays of exactly every length. */
    @Test
    void R10_everyDescriptorIsReadOrRefusedWithinItsBytes() {
        for (int length = 0; length < 8; length++) {
            for (int head = 0; head < 0x1_0000; head++) {
                byte[] payload = new byte[length];
                Arrays.fill(payload, (byte) 0xff);
                if (length > 0) {
                    payload[0] = (byte) (head >> 8);
                }
                if (length > 1) {
                    payload[1] = (byte) head;
                }
                boolean ok = descriptor.parse(payload, 0, length);
                if (ok ? descriptor.length() < 1 || descriptor.length() >= length : descriptor.length() != 0) {
                    throw new AssertionError("head " + head + " length " + length);
                }
            }
        }
    }

    private static List<Packet> packets(Random random, int frames, List<byte[]> originals) {
        Vp8Packetizer packetizer = new Vp8Packetizer(32_760);
        List<Packet> packets = new ArrayList<>();
        long sequence = 65_500;
        byte[] buffer = new byte[1200];
        for (int i = 0; i < frames; i++) {
            byte[] frame = new byte[1 + random.nextInt(i % 10 == 0 ? 20_000 : 3_000)];
            random.nextBytes(frame);
            frame[0] = (byte) (i % 10 == 0 ? frame[0] & ~1 : frame[0] | 1);
            originals.add(frame);
            int count = packetizer.begin(frame, 0, frame.length, 1200, false);
            int least = Integer.MAX_VALUE;
            int most = 0;
            while (!packetizer.finished()) {
                int length = packetizer.next(buffer, 0);
                least = Math.min(least, length);
                most = Math.max(most, length);
                packets.add(new Packet(sequence++, i * 3000L, packetizer.finished(), Arrays.copyOf(buffer, length)));
                count--;
            }
            assertThat(count).isZero();
            assertThat(most - least).as("parts are of equal size").isLessThanOrEqualTo(1);
            assertThat(packetizer.next(buffer, 0)).isZero();
        }
        return packets;
    }

    private static FrameAssembler assembler(int maxFrameBytes) {
        return new FrameAssembler(new Vp8Depacketizer(), maxFrameBytes);
    }

    private static void push(FrameAssembler assembler, Packet packet) {
        assembler.push(packet.sequence, packet.rtpTimestamp, packet.marker, packet.payload, 0, packet.payload.length);
    }

    /** A VP8 payload: descriptor with the S bit, and a first byte with the P bit. */
    private static byte[] vp8(int length, boolean start, boolean keyFrame) {
        byte[] payload = new byte[1 + length];
        payload[0] = (byte) (start ? 0x10 : 0);
        payload[1] = (byte) (keyFrame ? 0 : 1);
        return payload;
    }

    @Test
    void framesSurviveReorderingAndDuplication() {
        for (int seed = 0; seed < 25; seed++) {
            Random random = new Random(seed);
            List<byte[]> originals = new ArrayList<>();
            List<Packet> packets = packets(random, 60, originals);
            for (int i = 0; i + 8 < packets.size(); i += 8) {
                Collections.shuffle(packets.subList(i + 1, i + 8), random);
            }
            FrameAssembler assembler = assembler(1 << 22);
            List<FrameAssembler.Frame> frames = new ArrayList<>();
            for (Packet packet : packets) {
                for (int copies = 1 + random.nextInt(3); copies > 0; copies--) {
                    push(assembler, packet);
                }
                for (FrameAssembler.Frame frame = assembler.poll(); frame != null; frame = assembler.poll()) {
                    frames.add(frame);
                }
            }
            assertThat(frames).as("seed %d", seed).hasSize(60);
            for (int i = 0; i < 60; i++) {
                assertThat(frames.get(i).data()).as("seed %d frame %d", seed, i).isEqualTo(originals.get(i));
                assertThat(frames.get(i).keyFrame()).isEqualTo(i % 10 == 0);
            }
            assertThat(assembler.framesDropped()).isZero();
        }
    }

    /** After a loss nothing is handed out that refers to what is missing: the next frame is a key frame. */
    @Test
    void lossWaitsForTheNextKeyFrame() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<byte[]> originals = new ArrayList<>();
            List<Packet> packets = packets(random, 100, originals);
            FrameAssembler assembler = assembler(1 << 22);
            long expectedFirst = packets.get(0).sequence;
            int handedOut = 0;
            for (Packet packet : packets) {
                if (random.nextInt(100) < 3) {
                    continue;
                }
                push(assembler, packet);
                for (FrameAssembler.Frame frame = assembler.poll(); frame != null; frame = assembler.poll()) {
                    assertThat(frame.keyFrame() || frame.firstSequence() == expectedFirst)
                            .as("seed %d", seed)
                            .isTrue();
                    assertThat(frame.data()).isEqualTo(originals.get((int) (frame.rtpTimestamp() / 3000)));
                    expectedFirst = frame.lastSequence() + 1;
                    handedOut++;
                }
            }
            assertThat(handedOut).as("seed %d", seed).isPositive();
        }
    }

    /** A frame that never ends holds a window of packets and no more; the next key frame decodes. */
    @Test
    void R10_aNeverEndingFrameHoldsAWindow() {
        FrameAssembler assembler = assembler(1 << 22);
        byte[] first = vp8(1200, true, true);
        byte[] next = vp8(1200, false, false);
        for (int i = 0; i < 20_000; i++) {
            assembler.push(i, 1, false, i == 0 ? first : next, 0, first.length);
            assertThat(assembler.poll()).isNull();
        }
        assertThat(assembler.needsKeyFrame()).isTrue();
        assertThat(assembler.bytesHeld()).isLessThanOrEqualTo((long) FrameAssembler.WINDOW * first.length);
        long before = Allocations.bytes();
        for (int i = 20_000; i < 30_000; i++) {
            assembler.push(i, 1, false, next, 0, next.length);
        }
        assertThat(Allocations.bytes() - before).isLessThan(100_000);
        assembler.push(30_000, 2, true, first, 0, 101);
        FrameAssembler.Frame frame = assembler.poll();
        assertThat(frame).isNotNull();
        assertThat(frame.data()).hasSize(100);
        assertThat(assembler.needsKeyFrame()).isFalse();
    }

    @Test
    void R10_framesAboveTheCapAreDropped() {
        FrameAssembler assembler = assembler(5_000);
        for (int i = 0; i < 5; i++) {
            byte[] payload = vp8(1200, i == 0, true);
            assembler.push(i, 1, i == 4, payload, 0, payload.length);
        }
        assertThat(assembler.poll()).isNull();
        assertThat(assembler.framesDropped()).isEqualTo(1);
        assertThat(assembler.needsKeyFrame()).isTrue();
        assembler.push(5, 2, true, vp8(10, true, false), 0, 11);
        assertThat(assembler.poll()).as("it refers to the dropped one").isNull();
        assembler.push(6, 3, true, vp8(10, true, true), 0, 11);
        assertThat(assembler.poll()).isNotNull();
    }

    /** Padding packets take sequence numbers between frames and in them, and change nothing else. */
    @Test
    void paddingBelongsToNoFrame() {
        FrameAssembler assembler = assembler(5_000);
        assembler.push(0, 1, false, vp8(10, true, true), 0, 11);
        assembler.push(1, 1, false, Bytes.EMPTY, 0, 0);
        assembler.push(2, 1, true, vp8(10, false, false), 0, 11);
        assertThat(java.util.Objects.requireNonNull(assembler.poll()).data()).hasSize(20);
        assembler.push(3, 1, false, Bytes.EMPTY, 0, 0);
        assembler.push(4, 2, true, vp8(10, true, false), 0, 11);
        assertThat(java.util.Objects.requireNonNull(assembler.poll()).lastSequence())
                .isEqualTo(4);
        assertThat(assembler.framesDropped()).isZero();
    }

    /** Whatever starts, ends, timestamps and numbers say. */
    @Test
    void R10_fuzzOfTheAssembler() {
        for (String codec : PayloadFormatsTest.CODECS) {
            for (int seed = 0; seed < 20; seed++) {
                Random random = new Random(seed);
                Depacketizer depacketizer = java.util.Objects.requireNonNull(
                        Depacketizer.of(new dev.yodel.rtp.RtpCodec(96, codec, 90_000, 1)));
                FrameAssembler assembler = new FrameAssembler(depacketizer, 4096);
                long sequence = 0;
                for (int i = 0; i < 3000; i++) {
                    byte[] payload = new byte[random.nextInt(64)];
                    random.nextBytes(payload);
                    sequence += random.nextInt(5) - 1 + (random.nextInt(300) == 0 ? random.nextInt(2000) : 0);
                    assembler.push(sequence, random.nextInt(3), random.nextInt(3) == 0, payload, 0, payload.length);
                    int polled = 0;
                    while (assembler.poll() != null) {
                        if (++polled > FrameAssembler.WINDOW) {
                            throw new AssertionError(codec + " seed " + seed + ": frames without end");
                        }
                    }
                    if (random.nextInt(500) == 0) {
                        assembler.reset();
                    }
                }
            }
        }
    }
}
