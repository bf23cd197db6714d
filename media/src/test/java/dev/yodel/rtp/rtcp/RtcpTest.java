package dev.yodel.rtp.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.rtp.Allocations;
import dev.yodel.rtp.Fixture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RtcpTest {
    private static final ReportBlock FIRST =
            new ReportBlock(0x01020304L, 25, 7, 0x0001abcdL, 480, 0x11223344L, 0x00010000L);
    private static final ReportBlock SECOND = new ReportBlock(0xfffffffeL, 255, -3, 0xffffffffL, 0xffffffffL, 0, 0);
    private static final SenderReport SR =
            new SenderReport(0xdeadbeefL, 0xe1d2c3b4a5968778L, 0xfedcba98L, 1000, 160_000, List.of(FIRST, SECOND));
    private static final SourceDescription SDES = new SourceDescription(
            List.of(new SourceDescription.Chunk(0xdeadbeefL, "{63f459ea-41fe-4474-9d33-9707c9ee79d1}")));
    private static final Goodbye BYE = new Goodbye(List.of(0xdeadbeefL, 7L), null);

    private static RtcpPacket one(String name) {
        byte[] bytes = Fixture.bytes(name);
        RtcpCompound compound = RtcpCompound.parse(bytes, 0, bytes.length);
        assertThat(compound.malformed()).as(name).isZero();
        assertThat(compound.packets()).as(name).hasSize(1);
        return compound.packets().get(0);
    }

    private static byte[] write(RtcpPacket packet) {
        ByteWriter out = new ByteWriter(packet.size());
        packet.write(out);
        assertThat(out.remaining()).isZero();
        return out.toByteArray();
    }

    private static void bothWays(String name, RtcpPacket expected) {
        assertThat(one(name)).isEqualTo(expected);
        assertThat(write(expected)).as(name).isEqualTo(Fixture.bytes(name));
    }

    /** The files were made by another implementation. */
    @Test
    void knownPacketsBothWays() {
        bothWays("rtcp-sr-two-reports", SR);
        bothWays("rtcp-rr-one-report", new ReceiverReport(1, List.of(FIRST)));
        bothWays("rtcp-sdes-cname", SDES);
        bothWays("rtcp-bye", BYE);
        bothWays("rtcp-pli", new PictureLossIndication(1, 0xdeadbeefL));
        bothWays("rtcp-fir", new FullIntraRequest(1, List.of(new FullIntraRequest.Entry(0xdeadbeefL, 9))));
        bothWays("rtcp-remb", new ReceiverEstimatedBitrate(1, 4_160_000, List.of(0xdeadbeefL, 2L)));
        bothWays("rtcp-nack", GenericNack.of(1, 0xdeadbeefL, new int[] {12, 13, 28, 29, 65535}, 5));
        bothWays(
                "rtcp-xr",
                new ExtendedReport(
                        1, 0xe1d2c3b4a5968778L, List.of(new ExtendedReport.Delay(0xdeadbeefL, 0xc3b4a596L, 0x8000))));
        assertThat(one("rtcp-app")).isEqualTo(new ApplicationDefined(5, 9, 0x54455354));
        assertThat(one("rtcp-sdes-two-chunks"))
                .isEqualTo(new SourceDescription(
                        List.of(new SourceDescription.Chunk(5, "abc"), new SourceDescription.Chunk(6, null))));
        byte[] compound = Fixture.bytes("rtcp-compound");
        assertThat(RtcpCompound.parse(compound, 0, compound.length))
                .isEqualTo(new RtcpCompound(List.of(SR, SDES, BYE), 0));
    }

    @Test
    void transportFeedbackIsWalked() {
        TransportFeedback feedback = (TransportFeedback) one("rtcp-twcc");
        assertThat(feedback.baseSequenceNumber()).isEqualTo(0xfffe);
        assertThat(feedback.packetStatusCount()).isEqualTo(8);
        assertThat(feedback.referenceTime()).isEqualTo(16);
        assertThat(feedback.feedbackCount()).isEqualTo(200);
        assertThat(walk(feedback))
                .containsExactly("65534@1025000", "65535@1027000", "0@1031000", "1@1030000", "4@1040000");
        assertThat(write(feedback)).isEqualTo(Fixture.bytes("rtcp-twcc"));
    }

    /** libwebrtc fills the last word up and says so: by one, two or three bytes, as the count of packets wants it. */
    @Test
    void transportFeedbackMayBePaddedByLessThanAWord() {
        for (int received = 1; received <= 12; received++) {
            int used = 22 + received;
            byte[] bytes = new byte[(used + 3) / 4 * 4];
            bytes[0] = (byte) (0x80 | TransportFeedback.FORMAT);
            bytes[1] = (byte) RtcpPacket.RTPFB;
            bytes[3] = (byte) (bytes.length / 4 - 1);
            bytes[15] = (byte) received;
            bytes[20] = 0x20;
            bytes[21] = (byte) received;
            Arrays.fill(bytes, 22, used, (byte) 4);
            if (used < bytes.length) {
                bytes[0] |= 0x20;
                bytes[bytes.length - 1] = (byte) (bytes.length - used);
            }
            RtcpCompound compound = RtcpCompound.parse(bytes, 0, bytes.length);
            assertThat(compound.malformed()).as("%d packets", received).isZero();
            List<String> arrivals = walk((TransportFeedback) compound.packets().get(0));
            assertThat(arrivals).hasSize(received).last().isEqualTo(received - 1 + "@" + 1_000 * received);
        }
    }

    private static List<String> walk(TransportFeedback feedback) {
        List<String> result = new ArrayList<>();
        for (TransportFeedback.Cursor cursor = feedback.received(); cursor.next(); ) {
            result.add(cursor.sequenceNumber() + "@" + cursor.arrivalMicros());
        }
        return result;
    }

    @Test
    void badPacketsAreCountedAndTheRestIsRead() {
        byte[] bye = Fixture.bytes("rtcp-bye");
        for (String name : List.of("bad-sr-report-count", "bad-sdes-item-over", "bad-bye-count")) {
            byte[] bad = Fixture.bytes(name);
            byte[] both = Arrays.copyOf(bad, bad.length + bye.length);
            System.arraycopy(bye, 0, both, bad.length, bye.length);
            assertThat(RtcpCompound.parse(both, 0, both.length)).as(name).isEqualTo(new RtcpCompound(List.of(BYE), 1));
        }
        byte[] over = Fixture.bytes("bad-length-over");
        assertThat(RtcpCompound.parse(over, 0, over.length)).isEqualTo(new RtcpCompound(List.of(), 1));
    }

    /** All first two bytes, lengths fields 0 to 9, in arrays of exactly 0 to 40 bytes. */
    @Test
    void R03_everyHeaderMakesProgressInItsBounds() {
        Random random = new Random(303);
        byte[] filler = new byte[40];
        long read = 0;
        for (int size = 0; size <= 40; size += 4) {
            for (int head = 0; head < 0x1_0000; head++) {
                if ((head & 0xff) < 190 && (head & 0x1f00) != 0x100) {
                    continue;
                }
                random.nextBytes(filler);
                byte[] bytes = Arrays.copyOf(filler, size);
                for (int word = 0; word < 2 && 4 * word < size; word++) {
                    bytes[4 * word] = (byte) (head >> 8);
                    bytes[4 * word + 1] = (byte) head;
                    bytes[4 * word + 2] = 0;
                    bytes[4 * word + 3] = (byte) random.nextInt(10);
                    if ((head & 1) == 0) {
                        break;
                    }
                }
                RtcpCompound compound = RtcpCompound.parse(bytes, 0, size);
                int total = compound.packets().size() + compound.malformed();
                if (total > size / 4 || (total == 0) != (size == 0)) {
                    throw new AssertionError("seed 303, head " + head + ", size " + size + ": " + compound);
                }
                read += compound.packets().size();
            }
        }
        assertThat(read).isGreaterThan(10_000);
    }

    @Test
    void R03_manyPacketsTinyPacketsAndRests() {
        byte[] bye = Fixture.bytes("rtcp-bye");
        byte[] hundred = new byte[100 * bye.length];
        for (int i = 0; i < 100; i++) {
            System.arraycopy(bye, 0, hundred, i * bye.length, bye.length);
        }
        assertThat(RtcpCompound.parse(hundred, 0, hundred.length).packets()).hasSize(100);
        byte[] tiny = new byte[1400];
        for (int i = 0; i < tiny.length; i += 4) {
            tiny[i] = (byte) 0x80;
            tiny[i + 1] = (byte) 203;
        }
        RtcpCompound compound = RtcpCompound.parse(tiny, 0, tiny.length);
        assertThat(compound.packets()).hasSize(RtcpCompound.MAX_PACKETS);
        assertThat(compound.malformed()).isEqualTo(1);
        for (int rest = 1; rest < 4; rest++) {
            byte[] bytes = Arrays.copyOf(bye, bye.length + rest);
            assertThat(RtcpCompound.parse(bytes, 0, bytes.length)).isEqualTo(new RtcpCompound(List.of(BYE), 1));
        }
        // An extended report whose blocks have length 0.
        byte[] blocks = new byte[8 + 4 * 50];
        blocks[0] = (byte) 0x80;
        blocks[1] = (byte) 207;
        blocks[3] = (byte) (blocks.length / 4 - 1);
        assertThat(RtcpCompound.parse(blocks, 0, blocks.length).packets()).hasSize(1);
    }

    /** Mutated packets cost at most 16 bytes of heap a byte and 8 KiB, and never throw. */
    @Test
    void R03_fuzzStaysWithinTheBudget() {
        List<byte[]> seeds = new ArrayList<>();
        for (String name : List.of(
                "rtcp-compound",
                "rtcp-sdes-two-chunks",
                "rtcp-nack",
                "rtcp-fir",
                "rtcp-remb",
                "rtcp-twcc",
                "rtcp-xr",
                "rtcp-app",
                "rtcp-rr-one-report")) {
            seeds.add(Fixture.bytes(name));
        }
        for (int seed = 0; seed < 60_000; seed++) {
            Random random = new Random(seed);
            byte[] base = seeds.get(random.nextInt(seeds.size()));
            byte[] bytes =
                    Arrays.copyOf(base, Math.max(0, base.length - (random.nextBoolean() ? 0 : random.nextInt(24))));
            for (int i = random.nextInt(6); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            long before = Allocations.bytes();
            RtcpCompound compound = RtcpCompound.parse(bytes, 0, bytes.length);
            long cost = Allocations.bytes() - before;
            if (cost > 16L * bytes.length + 8192) {
                throw new AssertionError("seed " + seed + ": " + cost + " bytes of heap for " + bytes.length);
            }
            for (RtcpPacket packet : compound.packets()) {
                if (packet instanceof TransportFeedback feedback) {
                    int steps = 0;
                    for (TransportFeedback.Cursor cursor = feedback.received(); cursor.next(); ) {
                        if (++steps > feedback.packetStatusCount()) {
                            throw new AssertionError("seed " + seed + ": the walk does not end");
                        }
                    }
                }
            }
        }
    }

    @Test
    void R03_largePacketsStayWithinTheBudget() {
        Random random = new Random(7);
        for (int type = 200; type <= 207; type++) {
            for (int count = 0; count < 32; count++) {
                byte[] bytes = new byte[1200];
                if (count % 2 == 0) {
                    random.nextBytes(bytes);
                }
                bytes[0] = (byte) (0x80 | count);
                bytes[1] = (byte) type;
                bytes[2] = (byte) ((bytes.length / 4 - 1) >> 8);
                bytes[3] = (byte) (bytes.length / 4 - 1);
                RtcpCompound.parse(bytes, 0, bytes.length);
                long before = Allocations.bytes();
                RtcpCompound.parse(bytes, 0, bytes.length);
                long cost = Allocations.bytes() - before;
                assertThat(cost).as("type %d count %d", type, count).isLessThan(16L * bytes.length + 8192);
            }
        }
    }

    /** R04 in small: a run of 65,535 statuses costs no memory and no time. */
    @Test
    void R04_transportFeedbackRunsAreNotExpanded() {
        int chunks = 9;
        byte[] bytes = new byte[20 + 20];
        bytes[0] = (byte) (0x80 | 15);
        bytes[1] = (byte) 205;
        bytes[3] = (byte) (bytes.length / 4 - 1);
        bytes[14] = (byte) 0xff;
        bytes[15] = (byte) 0xff;
        for (int i = 0; i < chunks; i++) {
            bytes[20 + 2 * i] = 0x1f;
            bytes[21 + 2 * i] = (byte) 0xff;
        }
        RtcpCompound compound = RtcpCompound.parse(bytes, 0, bytes.length);
        assertThat(compound.packets()).hasSize(1);
        assertThat(walk((TransportFeedback) compound.packets().get(0))).isEmpty();
        // The same count without the chunks for it, with reserved symbols, and with received packets without deltas.
        for (int fault = 0; fault < 3; fault++) {
            byte[] bad = bytes.clone();
            switch (fault) {
                case 0 -> Arrays.fill(bad, 20, bad.length, (byte) 0);
                case 1 -> bad[20] = 0x7f;
                default -> bad[20] = 0x3f;
            }
            assertThat(RtcpCompound.parse(bad, 0, bad.length)).isEqualTo(new RtcpCompound(List.of(), 1));
        }
    }

    @Test
    void R07_estimatesAreClamped() {
        for (int exponent = 0; exponent < 64; exponent++) {
            for (int mantissa : new int[] {0, 1, 0x3ffff}) {
                byte[] bytes = Fixture.bytes("rtcp-remb");
                dev.yodel.io.Bytes.put24(bytes, 17, exponent << 18 | mantissa);
                RtcpCompound compound = RtcpCompound.parse(bytes, 0, bytes.length);
                long rate = ((ReceiverEstimatedBitrate) compound.packets().get(0)).bitrateBps();
                double exact = mantissa * Math.pow(2, exponent);
                assertThat((double) rate).isEqualTo(Math.min(exact, Math.pow(2, 62)));
            }
        }
    }
}
