package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Messages that mix on the wire, and the shares of streams. */
class InterleavingTest {
    private static final SctpOptions LARGE = new SctpOptions(5000, 5000, 1188, 32 << 20, 64 << 20, 16 << 20, 16 << 20);

    /** When a small message arrived that was sent while a large one of another stream was under way. */
    private static long delayOfSmall(SctpOptions options) {
        Pipe pipe = Pipe.connected(1, options);
        pipe.a.send(1, 53, new byte[8 << 20], SendOptions.RELIABLE, pipe.now);
        pipe.run(100 * Time.MILLISECOND);
        long sentAt = pipe.now;
        pipe.a.send(2, 53, new byte[100], SendOptions.RELIABLE, pipe.now);
        while (Pipe.count(pipe.eventsOfB, SctpEvent.Message.class) < 2 && pipe.step(sentAt + 100 * Time.SECOND)) {
            for (SctpEvent event : pipe.eventsOfB) {
                if (event instanceof SctpEvent.Message message && message.streamId() == 2) {
                    return pipe.now - sentAt;
                }
            }
        }
        throw new AssertionError("the small message did not come");
    }

    @Test
    void aLargeMessageDoesNotHoldUpASmallOneOfAnotherStream() {
        assertThat(delayOfSmall(LARGE)).isLessThan(50 * Time.MILLISECOND);
        assertThat(delayOfSmall(LARGE.withInterleaving(false))).isGreaterThanOrEqualTo(100 * Time.MILLISECOND);
    }

    @Test
    void interleavingIsUsedOnlyWhenBothSidesCan() {
        for (boolean ofA : new boolean[] {true, false}) {
            for (boolean ofB : new boolean[] {true, false}) {
                Pipe pipe = new Pipe(
                        2,
                        new SctpAssociation(SctpOptions.defaults().withInterleaving(ofA), new SeededRandom(1)),
                        new SctpAssociation(SctpOptions.defaults().withInterleaving(ofB), new SeededRandom(2)));
                pipe.a.connect(pipe.now);
                pipe.run(Time.SECOND);
                pipe.loss = 0.05;
                for (int i = 0; i < 30; i++) {
                    pipe.a.send(i % 3, 53, new byte[20_000], SendOptions.RELIABLE, pipe.now);
                    pipe.b.send(i % 3, 53, new byte[20_000], SendOptions.UNORDERED, pipe.now);
                }
                pipe.run(60 * Time.SECOND);
                assertThat(Pipe.messages(pipe.eventsOfA)).hasSize(30);
                assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(30);
            }
        }
    }

    /** W3C's four priorities, each with more to send than can go: RFC 8831 6.4. */
    @Test
    void streamsShareByTheirWeights() {
        int[] weights = {128, 256, 512, 1024};
        Pipe pipe = Pipe.connected(3, LARGE);
        long[] bytes = new long[4];
        for (int i = 0; i < 4; i++) {
            pipe.a.setStreamPriority(i, weights[i]);
            for (int k = 0; k < 1_000; k++) {
                pipe.a.send(i, 53, new byte[i % 2 == 0 ? 4_000 : 4_500], SendOptions.RELIABLE, pipe.now);
            }
        }
        long all = 0;
        while (all < 3_000_000) {
            assertThat(pipe.step(pipe.now + Time.SECOND)).isTrue();
            for (SctpEvent event : pipe.eventsOfB) {
                if (event instanceof SctpEvent.Message message) {
                    bytes[message.streamId()] += message.data().length;
                    all += message.data().length;
                }
            }
            pipe.eventsOfB.clear();
        }
        for (int i = 0; i < 4; i++) {
            assertThat(bytes[i] / (double) all)
                    .as("stream %s", i)
                    .isBetween(0.95 * weights[i] / 1920, 1.05 * weights[i] / 1920);
        }
        assertThatThrownBy(() -> pipe.a.setStreamPriority(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** More messages at once than the peer has room for would leave none of them whole. */
    @Test
    void C09_manyLargeMessagesAtOnceFitThroughASmallBuffer() {
        SctpOptions small = new SctpOptions(5000, 5000, 1188, 600_000, 64 << 20, 256 << 10, 256 << 10);
        Pipe pipe = Pipe.connected(4, small);
        pipe.loss = 0.01;
        for (int i = 0; i < 100; i++) {
            pipe.a.send(i, 53, new byte[256 << 10], SendOptions.RELIABLE, pipe.now);
        }
        pipe.run(120 * Time.SECOND);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(100);
        assertThat(pipe.a.sendHeapBytes()).isZero();
    }

    /** Every kind of contract at once over a bad path, by both kinds of chunk. */
    @Test
    void C13_mixedContractsAreKept() {
        for (int seed = 0; seed < 12; seed++) {
            Pipe pipe = Pipe.connected(seed, SctpOptions.defaults().withInterleaving(seed % 2 == 0));
            pipe.loss = 0.08;
            pipe.reordering = 0.1;
            pipe.duplication = 0.05;
            SendOptions[] contracts = {
                SendOptions.RELIABLE,
                SendOptions.UNORDERED,
                new SendOptions(false, 0, Time.NEVER),
                new SendOptions(true, 1, Time.NEVER),
                new SendOptions(false, -1, 400 * Time.MILLISECOND),
                new SendOptions(true, -1, 400 * Time.MILLISECOND)
            };
            int[] lengths = new int[600];
            for (int i = 0; i < lengths.length; i++) {
                lengths[i] = 8 + pipe.random.nextInt(pipe.random.nextInt(5) == 0 ? 20_000 : 800);
                byte[] data = new byte[lengths[i]];
                java.util.Arrays.fill(data, (byte) i);
                Bytes.put32(data, 0, i);
                pipe.a.send(i % 6, 53, data, contracts[i % 6], pipe.now);
                pipe.run(pipe.random.nextInt(3) * Time.MILLISECOND);
            }
            pipe.run(120 * Time.SECOND);
            Map<Integer, List<Integer>> byStream = new HashMap<>();
            Set<Integer> all = new HashSet<>();
            for (SctpEvent event : pipe.eventsOfB) {
                if (event instanceof SctpEvent.Message message) {
                    int number = Bytes.i32(message.data(), 0);
                    assertThat(message.data()).hasSize(lengths[number]);
                    assertThat(message.data()[lengths[number] - 1]).isEqualTo((byte) number);
                    assertThat(all.add(number)).isTrue();
                    assertThat(message.streamId()).isEqualTo(number % 6);
                    byStream.computeIfAbsent(message.streamId(), unused -> new ArrayList<>())
                            .add(number);
                }
            }
            for (int stream = 0; stream < 6; stream++) {
                List<Integer> order = byStream.getOrDefault(stream, List.of());
                if (!contracts[stream].unordered()) {
                    assertThat(order).as("seed %s stream %s", seed, stream).isSorted();
                }
                assertThat(order.size()).as("seed %s stream %s", seed, stream).isBetween(stream < 2 ? 100 : 1, 100);
            }
            assertThat(pipe.a.counters().abandonedSent()).isPositive();
            assertThat(pipe.a.sendHeapBytes()).as("seed %s", seed).isZero();
            assertThat(pipe.b.receiveHeapBytes()).as("seed %s", seed).isZero();
        }
    }

    /** Pieces that are given up lie between pieces that arrived: the peer hears of all of them in few round trips. */
    @Test
    void C13_whatIsGivenUpBetweenOthersDoesNotPileUp() {
        for (boolean interleaving : new boolean[] {true, false}) {
            Pipe pipe = Pipe.connected(5, LARGE.withInterleaving(interleaving));
            pipe.loss = 0.02;
            SendOptions once = new SendOptions(true, 0, Time.NEVER);
            long most = 0;
            for (int i = 0; i < 100; i++) {
                pipe.a.send(1, 53, new byte[40_000], once, pipe.now);
                pipe.a.send(2, 53, new byte[40_000], SendOptions.UNORDERED, pipe.now);
                pipe.run(20 * Time.MILLISECOND);
                most = Math.max(most, pipe.a.sendHeapBytes() - pipe.a.bufferedAmount(1) - pipe.a.bufferedAmount(2));
            }
            pipe.run(300 * Time.SECOND);
            assertThat(pipe.a.sendHeapBytes()).isZero();
            assertThat(pipe.a.counters().abandonedSent()).isPositive();
            assertThat(most).as("interleaving %s", interleaving).isLessThan(1 << 20);
        }
    }
}
