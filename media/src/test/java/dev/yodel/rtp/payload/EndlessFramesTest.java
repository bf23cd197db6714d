package dev.yodel.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.rtp.Allocations;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * R10: a sender whose frames never end, 10,000 packets a second for ten minutes ({@code -Plong}): what is held stays
 * within its cap, little CPU is used, and the next key frame is decoded.
 */
final class EndlessFramesTest {
    private static final int PER_SECOND = 10_000;
    private static final boolean LONG = Boolean.getBoolean("yodel.long");
    private static final int SECONDS = LONG ? 600 : 2;
    private static final int PAYLOAD = 1_200;

    /** In the middle of a frame of the codec: FU-A and FU without their ends, an OBU that goes on and on, no beginning. */
    private static byte[] fragment(String codec, String kind) {
        byte[] payload = new byte[PAYLOAD];
        Arrays.fill(payload, (byte) 0x55);
        boolean start = kind.equals("start") || kind.equals("key");
        boolean key = kind.equals("key");
        switch (codec) {
            case "VP8" -> {
                payload[0] = (byte) (start ? 0x10 : 0);
                payload[1] = (byte) (key ? 0 : 1);
            }
            case "VP9" -> {
                // I, P, F, B: with a picture identifier of 7 bits, in flexible mode.
                payload[0] = (byte) (0x80 | (key ? 0 : 0x40) | 0x10 | (start ? 0x08 : 0));
                payload[1] = 5;
                payload[2] = 2;
            }
            case "H264" -> {
                payload[0] = 0x7c;
                payload[1] = (byte) ((start ? 0x80 : 0) | (key ? 5 : 1));
            }
            case "H265" -> {
                payload[0] = 0x62;
                payload[1] = 1;
                payload[2] = (byte) ((start ? 0x80 : 0) | (key ? 19 : 1));
            }
            default -> {
                // Z and Y, one element that takes the rest; N for a new coded video sequence.
                payload[0] = (byte) ((start ? 0 : 0x80) | 0x40 | 0x10 | (key ? 0x08 : 0));
                payload[1] = start ? 0x30 : (byte) 0x55;
            }
        }
        return payload;
    }

    @ParameterizedTest
    @CsvSource({
        "VP8, middle", "VP8, start", "VP8, key", "VP9, middle", "VP9, start", "VP9, key",
        "H264, middle", "H264, start", "H264, key", "H265, middle", "H265, start", "H265, key",
        "AV1, middle", "AV1, start", "AV1, key"
    })
    void R10_endlessFragmentsHoldAWindowAndTheNextKeyFrameDecodes(String codec, String kind) {
        int seconds = kind.equals("middle") ? SECONDS : Math.min(SECONDS, 20);
        int packets = seconds * PER_SECOND;
        FrameAssembler assembler = PayloadFormatsTest.assembler(codec);
        byte[] first = fragment(codec, "key");
        byte[] next = fragment(codec, kind);
        assembler.push(0, 1, false, first, 0, PAYLOAD);
        long started = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long allocated = 0;
        for (int i = 1; i < packets; i++) {
            if (i == PER_SECOND) {
                allocated = Allocations.bytes();
            }
            assembler.push(i, 1, false, next, 0, PAYLOAD);
            if (assembler.poll() != null) {
                throw new AssertionError("a frame came out of packet " + i);
            }
        }
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - started;
        long used = Allocations.bytes() - allocated;
        System.out.printf(
                "R10, %s, %s: %.1f %% of a core for %d endless fragments a second, %d bytes held%n",
                codec, kind, cpu * 100.0 / (seconds * (double) Time.SECOND), PER_SECOND, assembler.bytesHeld());
        assertThat(assembler.malformed()).isZero();
        assertThat(assembler.needsKeyFrame()).isTrue();
        assertThat(used).isLessThan(100_000);
        assertThat(assembler.bytesHeld()).isBetween(1_000_000L, 4L << 20);
        if (LONG) {
            assertThat(cpu).as("nanoseconds of CPU").isLessThan(seconds * Time.SECOND / 4);
        }

        byte[] frame = PayloadFormatsTest.frame(codec, true, new Random(10));
        Packetizer packetizer = PayloadFormatsTest.packetizer(codec);
        byte[] buffer = new byte[PAYLOAD];
        packetizer.begin(frame, 0, frame.length, 1_100, false);
        long sequence = packets;
        FrameAssembler.Frame decoded = null;
        while (!packetizer.finished()) {
            int length = packetizer.next(buffer, 0);
            assembler.push(sequence++, 2, packetizer.finished(), buffer, 0, length);
            decoded = assembler.poll();
        }
        assertThat(Objects.requireNonNull(decoded).keyFrame()).isTrue();
        assertThat(decoded.data())
                .endsWith(Arrays.copyOfRange(frame, frame.length - Math.min(frame.length, 16), frame.length));
        assertThat(assembler.needsKeyFrame()).isFalse();
    }
}
