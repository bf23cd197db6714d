package dev.yodel.rtp.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.rtp.congestion.BandwidthEstimator;
import dev.yodel.rtp.congestion.StreamFeedback;
import dev.yodel.rtp.feedback.StreamArrivals;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Feedback by source and number (RFC 8888 3.1), there and back, and any bytes in its place. */
final class CongestionFeedbackTest {
    private static byte[] bytes(RtcpPacket packet) {
        ByteWriter out = new ByteWriter(packet.size());
        packet.write(out);
        return Arrays.copyOf(out.array(), out.length());
    }

    /** Two streams; the first with a packet that is missing; offsets of 1/1024 s before the report at 2.5 s. */
    @Test
    void aReportIsWrittenAsTheFormatSays() {
        CongestionFeedback.Builder report = new CongestionFeedback.Builder(0x01020304, 2_500_000, 200);
        report.stream(0x0a0b0c0d, 65_535, new long[] {2_000_000, CongestionFeedback.NOT_RECEIVED, 2_250_000}, 3);
        report.stream(7, 1, new long[] {2_500_000, 2_600_000, -60_000_000}, 3);
        byte[] written = bytes(report.build());
        assertThat(HexFormat.of().formatHex(written))
                .isEqualTo("8bcd000a01020304" + "0a0b0c0dffff0003" + "8200000081000000" + "0000000700010003"
                        + "80009fff9ffe0000" + "00028000");
        CongestionFeedback read = (CongestionFeedback)
                RtcpCompound.parse(written, 0, written.length).packets().get(0);
        assertThat(read.senderSsrc()).isEqualTo(0x01020304);
        assertThat(read.timestamp()).isEqualTo(0x28000);
        CongestionFeedback.Cursor cursor = read.packets();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.ssrc()).isEqualTo(0x0a0b0c0d);
        assertThat(cursor.sequenceNumber()).isEqualTo(65_535);
        assertThat(cursor.received() && cursor.timed()).isTrue();
        assertThat(cursor.ageMicros()).isEqualTo(500_000);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.received()).isFalse();
        assertThat(cursor.sequenceNumber()).isZero();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.ssrc()).isEqualTo(0x0a0b0c0d);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.ssrc()).isEqualTo(7);
        assertThat(cursor.ageMicros()).isZero();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.received() && !cursor.timed()).isTrue();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.timed()).isFalse();
        assertThat(cursor.next()).isFalse();
    }

    /**
     * What was received under reordering and losses is what the reports say, each packet at least once, in bounded
     * packets.
     */
    @Test
    void reportsTellAllThatCame() {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            StreamArrivals arrivals = new StreamArrivals();
            boolean[][] came = new boolean[3][4_000];
            boolean[][] told = new boolean[3][4_000];
            long now = 1_000_000_000L * random.nextInt(100_000);
            int[] next = new int[3];
            for (int i = 0; i < 9_000; i++) {
                now += 1_000_000L * random.nextInt(4);
                int stream = random.nextInt(3);
                int number = Math.max(0, next[stream]++ - (random.nextInt(10) == 0 ? random.nextInt(5) : 0));
                if (random.nextInt(20) > 0 && number < 4_000) {
                    came[stream][number] = true;
                    arrivals.onPacket(100 + stream, 1_000_000 + number, now);
                }
                for (CongestionFeedback report = arrivals.poll(1, now);
                        report != null;
                        report = arrivals.poll(1, now)) {
                    assertThat(report.size()).isLessThanOrEqualTo(1_180);
                    byte[] written = bytes(report);
                    RtcpPacket read = RtcpCompound.parse(written, 0, written.length)
                            .packets()
                            .get(0);
                    CongestionFeedback.Cursor cursor = ((CongestionFeedback) read).packets();
                    while (cursor.next()) {
                        int index = (cursor.sequenceNumber() - 1_000_000) & 0xffff;
                        if (cursor.received()) {
                            told[(int) cursor.ssrc() - 100][index] = true;
                            assertThat(cursor.ageMicros()).isLessThan(1_000_000);
                        }
                    }
                }
            }
            for (int stream = 0; stream < 3; stream++) {
                for (int i = 0; i < Math.min(3_990, next[stream] - 40); i++) {
                    assertThat(told[stream][i])
                            .as("seed %d, %d of %d", seed, i, stream)
                            .isEqualTo(came[stream][i]);
                }
            }
        }
    }

    /** R03, R04: any bytes as a report, and real ones with lengths that lie: the estimate stays within its bounds. */
    @Test
    void R04_anyReportKeepsTheEstimateWithinItsBounds() {
        Random random = new Random(4);
        BandwidthEstimator estimator = new BandwidthEstimator(300_000, 30_000, 5_000_000);
        StreamFeedback streams = new StreamFeedback();
        long number = 0;
        for (int i = 0; i < 40_000; i++) {
            long now = i * 5_000_000L;
            streams.onSent(7, (int) number & 0xffff, number);
            estimator.onSent(number++, 1_000, now);
            byte[] packet = new byte[4 * (3 + random.nextInt(30))];
            random.nextBytes(packet);
            packet[0] = (byte) 0x8b;
            packet[1] = (byte) 205;
            packet[2] = 0;
            packet[3] = (byte) (packet.length / 4 - 1);
            if (i % 2 == 0) {
                long[] times = new long[1 + random.nextInt(40)];
                Arrays.setAll(
                        times, at -> random.nextInt(3) == 0 ? CongestionFeedback.NOT_RECEIVED : random.nextLong());
                CongestionFeedback.Builder report = new CongestionFeedback.Builder(1, random.nextLong() >>> 8, 400);
                report.stream(7, (int) (number - random.nextInt(60)) & 0xffff, times, times.length);
                packet = bytes(report.build());
                packet[random.nextInt(packet.length - 4) + 4] ^= (byte) random.nextInt(4);
            }
            for (RtcpPacket read : RtcpCompound.parse(packet, 0, packet.length).packets()) {
                if (read instanceof CongestionFeedback feedback) {
                    streams.onFeedback(feedback, estimator, now);
                }
            }
            assertThat(estimator.targetBps()).isBetween(30_000L, 5_000_000L);
        }
    }
}
