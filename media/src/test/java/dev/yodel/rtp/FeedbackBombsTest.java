package dev.yodel.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** R04: a peer's transport-wide feedback lies about everything, a thousand datagrams a second, while we send pictures. */
final class FeedbackBombsTest {
    private static final boolean LONG = Boolean.getBoolean("yodel.long");
    private static final int SECONDS = LONG ? 60 : 2;
    private static final long MIN_BPS = 30_000;
    private static final long MAX_BPS = 50_000_000;
    private static final int DATAGRAM = 1_400;
    private static final RtpCodec VP8 =
            new RtpCodec(96, "VP8", 90_000, 1, Map.of(), Set.of("nack", "nack pli", "transport-cc"));

    private final Random random = new Random(4);
    private final RtpSession session = new RtpSession(RtpSessionOptions.of("a"), new SeededRandom(4), RtpPair.WALL, 0);
    private final SendStream stream =
            session.addSendStream(new SendStreamParameters(session.newSsrc(), "0", List.of(VP8), RtpPair.IDS));
    private final RtpTransmit out = new RtpTransmit();
    private int lastNumber;

    /** The kinds of {@code THREATS.md}. */
    private enum Bomb {
        /** 65,535 packets in runs of a few bytes, none of which came. */
        NOTHING_CAME,
        /** As many such reports as a datagram holds. */
        MANY_REPORTS,
        /** Everything came: a delta for each packet. */
        ALL_CAME,
        /** Times that go back by 8 s from packet to packet. */
        BACK_IN_TIME,
        /** The count is told, the chunks for it are missing. */
        NO_CHUNKS,
        /** Nothing is left to chance but everything. */
        NOISE
    }

    private void header(ByteWriter to, int base, int count) {
        to.put32(0x8fcd_0000).put32(1).put32((int) stream.ssrc());
        to.put16(base).put16(count);
        to.put24(random.nextInt(1 << 24)).put8(random.nextInt(256));
    }

    private static byte[] finish(ByteWriter from, int start) {
        from.zeros((4 - (from.length() - start) % 4) % 4);
        byte[] bytes = java.util.Arrays.copyOf(from.array(), from.length());
        Bytes.put16(bytes, start + 2, (bytes.length - start) / 4 - 1);
        return bytes;
    }

    /** A base that is near what was sent, and sometimes anywhere. */
    private int base(int back) {
        return random.nextInt(4) == 0 ? random.nextInt(0x1_0000) : lastNumber - random.nextInt(back) & 0xffff;
    }

    private byte[] bomb(Bomb kind) {
        ByteWriter to = new ByteWriter(DATAGRAM + 64);
        switch (kind) {
            case NOTHING_CAME -> {
                header(to, base(8_192), 0xffff);
                runs(to);
            }
            case MANY_REPORTS -> {
                while (to.length() < DATAGRAM - 40) {
                    int start = to.length();
                    header(to, base(8_192), 0xffff);
                    runs(to);
                    byte[] sofar = finish(to, start);
                    to = new ByteWriter(DATAGRAM + 64);
                    to.put(sofar, 0, sofar.length);
                }
                return java.util.Arrays.copyOf(to.array(), to.length());
            }
            case ALL_CAME -> {
                header(to, base(1_400), 1_300);
                to.put16(0x2000 | 1_300);
                for (int i = 0; i < 1_300; i++) {
                    to.put8(random.nextInt(256));
                }
            }
            case BACK_IN_TIME -> {
                header(to, base(700), 600);
                to.put16(0x4000 | 600);
                for (int i = 0; i < 600; i++) {
                    to.put16(0x8000);
                }
            }
            case NO_CHUNKS -> {
                header(to, base(100), 1 + random.nextInt(0xffff));
                to.put16(0x1fff);
            }
            case NOISE -> {
                header(to, base(100), random.nextInt(0x1_0000));
                byte[] noise = new byte[random.nextInt(DATAGRAM - 40)];
                random.nextBytes(noise);
                to.put(noise, 0, noise.length);
            }
        }
        return finish(to, 0);
    }

    private static void runs(ByteWriter to) {
        for (int i = 0; i < 9; i++) {
            to.put16(0x1fff);
        }
    }

    private void drain(long now) {
        while (session.pollTransmit(out, now)) {
            if (!out.rtcp) {
                lastNumber++;
            }
        }
        while (session.pollEvent() != null) {
            // Targets, which are asked for below.
        }
    }

    @Test
    void R04_bombsCostLittleAndTheEstimateStaysWithinItsBounds() {
        byte[] payload = new byte[1_000];
        int each = SECONDS * 1_000;
        long now = 0;
        for (Bomb kind : Bomb.values()) {
            long cpu = 0;
            long bytes = 0;
            long largest = 0;
            for (int i = 0; i < each; i++) {
                now += Time.MILLISECOND;
                stream.write(VP8, payload, 0, payload.length, i * 90L, false, -1, now);
                drain(now);
                session.handleTimeout(now);
                drain(now);
                byte[] bomb = bomb(kind);
                long allocated = Allocations.bytes();
                long started = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                session.handleRtcp(bomb, 0, bomb.length, now);
                cpu += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - started;
                long cost = Allocations.bytes() - allocated;
                bytes += cost;
                if (i > each / 10) {
                    largest = Math.max(largest, cost - 2L * bomb.length);
                }
                drain(now);
                assertThat(session.targetBps()).as("%s, %d", kind, i).isBetween(MIN_BPS, MAX_BPS);
            }
            System.out.printf(
                    "R04, seed 4, %s at 1,000 a second: %.2f %% of a core, %d bytes each%n",
                    kind, 100.0 * cpu / (each * 1e6), bytes / each);
            if (LONG) {
                // In two seconds most of it is the compiler's.
                assertThat(cpu).as("CPU, %s", kind).isLessThan(each * Time.MILLISECOND / 20);
            }
            // What is kept for a while is the datagram's own bytes; most reports in one are 36.
            assertThat(largest).as("%s", kind).isLessThan(36 * 200);
        }
    }
}
