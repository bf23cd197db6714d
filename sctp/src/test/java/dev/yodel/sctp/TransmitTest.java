package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is sent when: reports once a drain, probes, pauses, duplicates, blackholes, numbers that wrap. */
class TransmitTest {
    private static final SctpOptions LARGE =
            new SctpOptions(5000, 5000, 1188, 16 << 20, 64 << 20, 256 << 10, 256 << 10);

    private static byte[] message(int number, int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) number);
        Bytes.put32(data, 0, number);
        return data;
    }

    private static Pipe connected(long seed, SctpOptions options) {
        Pipe pipe = new Pipe(seed, options);
        pipe.a.connect(pipe.now);
        pipe.run(Time.SECOND);
        return pipe;
    }

    private static void fill(SctpAssociation association, int messages, int length, long now) {
        for (int i = 0; i < messages; i++) {
            assertThat(association.send(1, 53, message(i, length), SendOptions.RELIABLE, now))
                    .isEqualTo(SctpSendResult.ACCEPTED);
        }
    }

    private static List<byte[]> packets(SctpAssociation from, long now) {
        List<byte[]> packets = new ArrayList<>();
        byte[] buffer = new byte[2_000];
        for (int length = from.pollTransmit(buffer, 0, now); length > 0; length = from.pollTransmit(buffer, 0, now)) {
            packets.add(Arrays.copyOf(buffer, length));
        }
        return packets;
    }

    private static void assertAllCame(Pipe pipe, int count) {
        List<byte[]> messages = Pipe.messages(pipe.eventsOfB);
        assertThat(messages).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(Bytes.i32(messages.get(i), 0)).isEqualTo(i);
        }
    }

    @Test
    void oneSackForAllPacketsOfADrain() {
        Pipe pipe = connected(1, LARGE);
        fill(pipe.a, 200, 1_100, pipe.now);
        int given = 0;
        for (int round = 0; given < 150; round++) {
            assertThat(round).isLessThan(50);
            pipe.now += 10 * Time.MILLISECOND;
            pipe.a.handleTimeout(pipe.now);
            List<byte[]> batch = packets(pipe.a, pipe.now);
            for (byte[] packet : batch) {
                pipe.b.handlePacket(packet, 0, packet.length, pipe.now);
            }
            given += batch.size();
            List<byte[]> answers = packets(pipe.b, pipe.now);
            assertThat(answers).hasSize(batch.size() >= 2 ? 1 : answers.size());
            for (byte[] answer : answers) {
                pipe.a.handlePacket(answer, 0, answer.length, pipe.now);
            }
        }
        assertThat(pipe.a.retransmissions()).isZero();
    }

    @Test
    void theLastPacketIsProbedForBeforeTheTimeout() {
        Pipe pipe = connected(2, LARGE);
        fill(pipe.a, 20, 1_100, pipe.now);
        pipe.run(Time.SECOND);
        fill(pipe.a, 5, 1_100, pipe.now);
        // The last two of five packets are lost.
        List<byte[]> batch = packets(pipe.a, pipe.now);
        assertThat(batch).hasSize(5);
        for (byte[] packet : batch.subList(0, 3)) {
            pipe.b.handlePacket(packet, 0, packet.length, pipe.now);
        }
        pipe.run(150 * Time.MILLISECOND);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(25);
        assertThat(pipe.a.counters().tailProbes()).isEqualTo(1);
        assertThat(pipe.a.counters().retransmissionTimeouts()).isZero();
        assertThat(pipe.a.sendHeapBytes()).isZero();
    }

    @Test
    void F04_halfOfAllLostAndSomethingComesEveryTenSeconds() {
        int seeds = Boolean.getBoolean("yodel.long") ? 1_000 : 20;
        for (int seed = 0; seed < seeds; seed++) {
            Pipe pipe = connected(100 + seed, LARGE);
            pipe.loss = 0.5;
            fill(pipe.a, 3_000, 1_000, pipe.now);
            int before = 0;
            for (int i = 0; i < 30 && before < 3_000; i++) {
                pipe.run(10 * Time.SECOND);
                int after = Pipe.messages(pipe.eventsOfB).size();
                assertThat(after).as("seed %s after %s s", seed, 10 * (i + 1)).isGreaterThan(before);
                before = after;
            }
        }
    }

    /** What is allocated beside the message's own array, in the steady state: a copy of each piece and small things. */
    @Test
    void allocationStaysBounded() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Pipe pipe = connected(10, LARGE);
        byte[] data = new byte[65_536];
        byte[] buffer = new byte[2_000];
        long bytes = 0;
        long packets = 0;
        for (int round = 0; round < 400; round++) {
            pipe.a.send(1, 53, data, SendOptions.RELIABLE, pipe.now);
            long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
            long packetsBefore =
                    pipe.a.counters().packetsSent() + pipe.b.counters().packetsSent();
            for (int turn = 0; turn < 8; turn++) {
                pipe.now += Time.MILLISECOND;
                exchange(pipe.a, pipe.b, buffer, pipe.now);
                exchange(pipe.b, pipe.a, buffer, pipe.now);
            }
            int messages = 0;
            for (SctpEvent event = pipe.b.pollEvent(); event != null; event = pipe.b.pollEvent()) {
                messages += event instanceof SctpEvent.Message ? 1 : 0;
            }
            if (round >= 200) {
                bytes += threads.getCurrentThreadAllocatedBytes() - allocatedBefore - messages * (data.length + 16L);
                packets += pipe.a.counters().packetsSent() + pipe.b.counters().packetsSent() - packetsBefore;
            }
        }
        assertThat(packets).isGreaterThan(200 * 57);
        assertThat(bytes / packets).as("bytes a packet").isBetween(0L, 2_600L);
    }

    private static void exchange(SctpAssociation from, SctpAssociation to, byte[] buffer, long now) {
        from.handleTimeout(now);
        for (int length = from.pollTransmit(buffer, 0, now); length > 0; length = from.pollTransmit(buffer, 0, now)) {
            to.handlePacket(buffer, 0, length, now);
        }
    }

    @Test
    void F05_reorderingIsLearntAndNotTakenForLoss() {
        Pipe pipe = connected(3, LARGE);
        pipe.reordering = 0.2;
        pipe.reorderNanos = 4 * Time.MILLISECOND;
        int count = 3_000;
        fill(pipe.a, count, 2_000, pipe.now);
        pipe.run(60 * Time.SECOND);
        assertAllCame(pipe, count);
        // 5,400 packets: hardly any is sent again for nothing.
        assertThat(pipe.a.retransmissions()).isLessThan(100);
        assertThat(pipe.a.counters().retransmissionTimeouts()).isZero();
    }

    @Test
    void F06_everyPacketTenTimesComesOnce() {
        Pipe pipe = connected(4, LARGE);
        pipe.duplication = 1;
        pipe.copies = 10;
        pipe.loss = 0.02;
        int count = 300;
        fill(pipe.a, count, 5_000, pipe.now);
        pipe.run(60 * Time.SECOND);
        assertAllCame(pipe, count);
        assertThat(pipe.b.counters().duplicateChunks()).isGreaterThan(9L * count);
        assertThat(pipe.a.sendHeapBytes()).isZero();
        assertThat(pipe.b.receiveHeapBytes()).isLessThan(count * 5_100L);
    }

    @Test
    void F08_aPathThatComesBackIsUsedWithinHalfASecond() {
        for (int holeMillis : new int[] {300, 1_000, 3_000, 4_500}) {
            Pipe pipe = connected(5, LARGE);
            fill(pipe.a, 400, 50_000, pipe.now);
            pipe.run(100 * Time.MILLISECOND);
            pipe.loss = 1;
            pipe.run(holeMillis * Time.MILLISECOND);
            pipe.loss = 0;
            int before = Pipe.messages(pipe.eventsOfB).size();
            pipe.run(700 * Time.MILLISECOND);
            assertThat(Pipe.messages(pipe.eventsOfB).size())
                    .as("hole of %s ms", holeMillis)
                    .isGreaterThan(before);
            pipe.run(60 * Time.SECOND);
            assertAllCame(pipe, 400);
        }
    }

    @Test
    void F21_afterAPauseOfOursNoBurstExceedsTheWindow() {
        for (long pause : new long[] {200, 2_000, 10_000}) {
            Pipe pipe = connected(6, LARGE);
            fill(pipe.a, 600, 50_000, pipe.now);
            pipe.run(200 * Time.MILLISECOND);
            long window = pipe.a.congestionWindowBytes();
            // Our side stands still; what the peer sends waits. Then timers first, as the worst order.
            pipe.now += pause * Time.MILLISECOND;
            pipe.a.handleTimeout(pipe.now);
            long burst = packets(pipe.a, pipe.now).stream()
                    .mapToLong(packet -> packet.length)
                    .sum();
            assertThat(burst).as("pause %s ms", pause).isLessThanOrEqualTo(window);
            assertThat(pipe.a.counters().retransmissionTimeouts()).isZero();
            long sentBefore = pipe.bytesOfA;
            pipe.drain();
            assertThat(pipe.bytesOfA - sentBefore).isLessThanOrEqualTo(window + 2_000);
            pipe.run(60 * Time.SECOND);
            assertAllCame(pipe, 600);
        }
    }

    @Test
    void aTimeoutThatWasAMistakeGivesTheWindowBack() {
        Pipe pipe = connected(7, LARGE);
        fill(pipe.a, 600, 50_000, pipe.now);
        pipe.run(150 * Time.MILLISECOND);
        long window = pipe.a.congestionWindowBytes();
        // The path gets longer at once: the answers come after the deadline.
        pipe.delayNanos = 400 * Time.MILLISECOND;
        pipe.run(1_200 * Time.MILLISECOND);
        assertThat(pipe.a.counters().retransmissionTimeouts()).isPositive();
        assertThat(pipe.a.counters().mistakenRecoveries()).isPositive();
        assertThat(pipe.a.congestionWindowBytes()).isGreaterThan(window * 9 / 10);
        pipe.run(60 * Time.SECOND);
        assertAllCame(pipe, 600);
    }

    @Test
    void bothCongestionControlsDeliver() {
        for (SctpCongestionControl control : SctpCongestionControl.values()) {
            Pipe pipe = connected(8, LARGE.withCongestionControl(control));
            pipe.loss = 0.02;
            fill(pipe.a, 200, 20_000, pipe.now);
            pipe.run(120 * Time.SECOND);
            assertAllCame(pipe, 200);
        }
    }

    @Test
    void C22_whatTheOwnerHoldsStopsThePeerAtTheBufferAndNotAtTheModestFirstWindow() {
        Pipe pipe = connected(9, LARGE);
        pipe.b.hold(600 << 10);
        fill(pipe.a, 100, 1_000, pipe.now);
        pipe.run(5 * Time.SECOND);
        // One slow consumer leaves room for the others.
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(100);
        pipe.b.hold(LARGE.receiveBufferBytes());
        fill(pipe.a, 100, 1_000, pipe.now);
        pipe.run(5 * Time.SECOND);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSizeLessThan(110);
        pipe.b.release(LARGE.receiveBufferBytes());
        pipe.run(5 * Time.SECOND);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(200);
    }
}
