package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.payload.RedBlocks;
import dev.yodel.rtp.payload.RedWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Redundant audio (RFC 2198): what a payload says, and lost packets that are rebuilt between two sessions. */
final class RedundancyTest {
    private static final RtpCodec RED = new RtpCodec(63, "red", 48_000, 2, Map.of("111/111", ""), Set.of());
    private static final int FRAME = 40;

    private final RtpPair pair = new RtpPair(3, 0);
    private final SendStream audio = pair.a.addSendStream(
            new SendStreamParameters(pair.a.newSsrc(), "a", List.of(RED, RtpPair.OPUS), RtpPair.IDS));
    private final RtpReceiver receiver =
            pair.b.addReceiver(new ReceiveParameters("a", List.of(RED, RtpPair.OPUS), Set.of(), RtpPair.IDS), 0);
    private final RedWriter writer = new RedWriter(1);

    private void send(int first, int count) {
        byte[] frame = new byte[FRAME];
        byte[] payload = new byte[1100];
        for (int i = first; i < first + count; i++) {
            Bytes.put32(frame, 0, i);
            int length = writer.write(111, frame, 0, FRAME, i * 960, payload, 0, payload.length);
            audio.write(RED, payload, 0, length, i * 960L, false, -1, pair.now);
            pair.run(pair.now + 20 * Time.MILLISECOND);
        }
        pair.run(pair.now + Time.SECOND);
    }

    private static int number(ReceivedPacket packet) {
        return Bytes.i32(packet.data, packet.payloadOffset);
    }

    @Test
    void aSingleLossCostsNothing() {
        int[] count = {0};
        pair.lose = (bytes, toB) -> toB && (bytes[1] & 0x7f) == 63 && count[0]++ % 5 == 3;
        send(0, 500);
        List<ReceivedPacket> packets = pair.of(pair.eventsOfB, ReceivedPacket.class);
        assertThat(packets).hasSize(500);
        long shift = packets.get(0).rtpTimestamp;
        int rebuilt = 0;
        for (int i = 0; i < 500; i++) {
            ReceivedPacket packet = packets.get(i);
            assertThat(number(packet)).isEqualTo(i);
            assertThat(packet.payloadLength).isEqualTo(FRAME);
            assertThat(packet.codec).isEqualTo(RtpPair.OPUS);
            assertThat(packet.rtpTimestamp).isEqualTo(shift + i * 960L & 0xffff_ffffL);
            assertThat(packet.sequence).isEqualTo(packets.get(0).sequence + i);
            rebuilt += packet.rebuilt ? 1 : 0;
        }
        assertThat(rebuilt).isEqualTo(100);
        ReceiveStreamStats stats = receiver.stats().get(0);
        assertThat(stats.rebuiltPackets()).isEqualTo(100);
        // The sender must learn what the path loses.
        assertThat(stats.packetsLost()).isEqualTo(100);
    }

    /** A packet that was only late has been rebuilt already: it is not handed over, or relayed, a second time. */
    @Test
    void reorderedPacketsComeOnce() {
        Random random = new Random(7);
        pair.jitterNanos = () -> random.nextInt(60) * Time.MILLISECOND;
        pair.copies = () -> 1 + random.nextInt(2);
        pair.lose = (bytes, toB) -> toB && random.nextInt(10) == 0;
        send(0, 1000);
        Set<Integer> seen = new HashSet<>();
        for (ReceivedPacket packet : pair.of(pair.eventsOfB, ReceivedPacket.class)) {
            assertThat(seen.add(number(packet))).as("seed 7").isTrue();
        }
        assertThat(seen.size()).as("seed 7").isGreaterThan(960);
        assertThat(receiver.stats().get(0).packetsLost()).isLessThan(150);
    }

    @Test
    void thePacketOfTheSenderIsShown() {
        int[] count = {0};
        pair.lose = (bytes, toB) -> toB && (bytes[1] & 0x7f) == 63 && count[0]++ == 1;
        send(0, 3);
        RtpPacket view = new RtpPacket();
        List<ReceivedPacket> packets = pair.of(pair.eventsOfB, ReceivedPacket.class);
        assertThat(packets).hasSize(3);
        for (int i = 0; i < 3; i++) {
            ReceivedPacket packet = packets.get(i);
            byte[] bytes = packet.toBytes();
            assertThat(view.wrap(bytes, 0, bytes.length)).isTrue();
            assertThat(view.payloadType()).isEqualTo(111);
            assertThat(view.sequenceNumber()).isEqualTo((int) packet.sequence & 0xffff);
            assertThat(view.timestamp()).isEqualTo(packet.rtpTimestamp);
            assertThat(view.payloadLength()).isEqualTo(FRAME);
            assertThat(Bytes.i32(bytes, view.payloadOffset())).isEqualTo(i);
        }
    }

    /** Two levels survive two losses in a row; what does not fit is left out from the oldest on. */
    @Test
    void blocksAreReadAsTheyWereWritten() {
        RedWriter two = new RedWriter(2);
        RedBlocks blocks = new RedBlocks();
        byte[] out = new byte[200];
        byte[] frame = new byte[60];
        int[] counts = new int[4];
        for (int i = 0; i < 4; i++) {
            frame[0] = (byte) i;
            int length = two.write(111, frame, 0, frame.length, i * 960, out, 0, i == 3 ? 130 : 200);
            assertThat(blocks.wrap(out, 0, length)).isTrue();
            counts[i] = blocks.count();
            for (int block = 0; block < blocks.count(); block++) {
                int age = blocks.count() - 1 - block;
                assertThat(out[blocks.offset(block)]).isEqualTo((byte) (i - age));
                assertThat(blocks.length(block)).isEqualTo(60);
                assertThat(blocks.timestampOffset(block)).isEqualTo(age * 960);
                assertThat(blocks.payloadType(block)).isEqualTo(111);
            }
        }
        assertThat(counts).containsExactly(1, 2, 3, 2);
    }

    /** R12: redundancy of redundancy, blocks of length 0, lengths that overrun, endless headers: dropped and counted. */
    @Test
    void R12_redInRedAndShortRedAreDropped() {
        send(0, 1);
        int before = pair.of(pair.eventsOfB, ReceivedPacket.class).size();
        byte[][] bad = {
            {63},
            {63, 1, 2, 3},
            {111},
            {(byte) 0xef},
            {(byte) 0xef, 0, 0, 5},
            {(byte) 0xef, 0, 0, 5, 111, 1, 2, 3, 4},
            {(byte) 0xef, 0, 0, 5, 111, 1, 2, 3, 4, 5},
            {(byte) 0xef, 0, 3, (byte) 0xff, 111, 1},
        };
        for (byte[] payload : bad) {
            audio.write(RED, payload, 0, payload.length, 960, false, -1, pair.now);
        }
        byte[] endless = new byte[1100];
        java.util.Arrays.fill(endless, (byte) 0x80);
        audio.write(RED, endless, 0, endless.length, 960, false, -1, pair.now);
        pair.run(pair.now + Time.SECOND);
        assertThat(pair.of(pair.eventsOfB, ReceivedPacket.class)).hasSize(before);
        assertThat(pair.b.count(RtpCounter.RED_MALFORMED)).isEqualTo(bad.length + 1);
        // RED whose redundant block is RED: the primary one counts.
        byte[] nested = {(byte) 0xbf, 0, 0, 2, 111, 1, 1, 9};
        audio.write(RED, nested, 0, nested.length, 1920, false, -1, pair.now);
        pair.run(pair.now + Time.SECOND);
        assertThat(pair.of(pair.eventsOfB, ReceivedPacket.class)).hasSize(before + 1);
    }

    @Test
    void R12_anyBytesAreReadWithinTheirBounds() {
        Random random = new Random(12);
        RedBlocks blocks = new RedBlocks();
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            boolean ok = blocks.wrap(bytes, 0, bytes.length);
            assertThat(ok).isEqualTo(blocks.count() > 0);
            for (int block = 0; block < blocks.count(); block++) {
                assertThat(blocks.offset(block) + blocks.length(block)).isLessThanOrEqualTo(bytes.length);
            }
        }
    }
}
