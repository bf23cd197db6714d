package dev.yodel.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SctpAssociationTest {
    private static byte[] message(int number, int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) number);
        Bytes.put32(data, 0, number);
        return data;
    }

    /** Sends numbered messages as room allows, checks that they come whole and, if ordered, in order. */
    private static void transfer(Pipe pipe, int count, int length, SendOptions options, long limit) {
        int sent = 0;
        int received = 0;
        boolean[] seen = new boolean[count];
        long end = pipe.now + limit;
        while (received < count) {
            while (sent < count
                    && pipe.a.send(3, 53, message(sent, length), options, pipe.now) == SctpSendResult.ACCEPTED) {
                sent++;
            }
            assertThat(pipe.step(end))
                    .as("messages after the limit: %s of %s", received, count)
                    .isTrue();
            for (byte[] data : Pipe.messages(pipe.eventsOfB)) {
                int number = Bytes.i32(data, 0);
                assertThat(Arrays.equals(data, message(number, length)))
                        .as("message %s", number)
                        .isTrue();
                assertThat(seen[number]).as("twice: %s", number).isFalse();
                if (!options.unordered()) {
                    assertThat(number).isEqualTo(received);
                }
                seen[number] = true;
                received++;
            }
            pipe.eventsOfB.clear();
        }
        assertThat(pipe.a.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(pipe.b.state()).isEqualTo(SctpState.ESTABLISHED);
    }

    @Test
    void C05_bothOpenAtOnceOrOneAlone() {
        Pipe both = Pipe.connected(1);
        assertThat(both.a.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(both.b.state()).isEqualTo(SctpState.ESTABLISHED);
        assertThat(Pipe.count(both.eventsOfA, SctpEvent.Connected.class)).isEqualTo(1);
        assertThat(Pipe.count(both.eventsOfB, SctpEvent.Connected.class)).isEqualTo(1);
        Pipe one = new Pipe(2, SctpOptions.defaults());
        one.a.connect(one.now);
        one.run(Time.SECOND);
        assertThat(one.b.state()).isEqualTo(SctpState.ESTABLISHED);
        transfer(both, 20, 10_000, SendOptions.RELIABLE, 5 * Time.SECOND);
        transfer(one, 20, 10_000, SendOptions.UNORDERED, 5 * Time.SECOND);
    }

    @Test
    void C05_handshakesSurviveLossAndGiveUpWithoutAnswer() {
        for (int seed = 0; seed < 100; seed++) {
            Pipe pipe = new Pipe(seed, SctpOptions.defaults());
            pipe.loss = 0.3;
            pipe.duplication = 0.3;
            pipe.reordering = 0.5;
            pipe.a.connect(pipe.now);
            if (seed % 2 == 0) {
                pipe.b.connect(pipe.now);
            }
            pipe.run(20 * Time.SECOND);
            assertThat(pipe.a.state()).as("seed %s", seed).isEqualTo(SctpState.ESTABLISHED);
            assertThat(pipe.b.state()).as("seed %s", seed).isEqualTo(SctpState.ESTABLISHED);
        }
        Pipe silent = new Pipe(3, SctpOptions.defaults());
        silent.loss = 1;
        silent.a.connect(silent.now);
        silent.run(60 * Time.SECOND);
        assertThat(silent.eventsOfA).hasSize(1).first().isInstanceOf(SctpEvent.Failed.class);
        assertThat(silent.a.nextTimeout()).isEqualTo(Time.NEVER);
    }

    @Test
    void C05_aPeerThatBeginsAnewIsARestart() {
        Pipe first = Pipe.connected(4);
        SctpAssociation reborn = new SctpAssociation(SctpOptions.defaults(), new SeededRandom(99));
        Pipe second = new Pipe(5, reborn, first.b);
        second.now = first.now;
        reborn.connect(second.now);
        second.run(5 * Time.SECOND);
        assertThat(Pipe.count(second.eventsOfB, SctpEvent.Restarted.class)).isEqualTo(1);
        transfer(second, 10, 5_000, SendOptions.RELIABLE, 5 * Time.SECOND);
    }

    @Test
    void F03_lossReorderingDuplicationAndCorruption() {
        for (int seed = 0; seed < 3; seed++) {
            // What DTLS does not protect needs its checksums.
            Pipe pipe = Pipe.connected(
                    seed, SctpOptions.defaults().withZeroChecksum(false).withInterleaving(seed != 0));
            pipe.loss = 0.1;
            pipe.reordering = 0.3;
            pipe.duplication = 0.05;
            pipe.corruption = 0.01;
            transfer(pipe, 200, 10_000, seed == 1 ? SendOptions.UNORDERED : SendOptions.RELIABLE, 1000 * Time.SECOND);
            assertThat(pipe.b.counters().checksumErrors()).isPositive();
        }
    }

    @Test
    void F04_halfOfAllPacketsLost() {
        for (boolean interleaving : new boolean[] {true, false}) {
            Pipe pipe = Pipe.connected(7, SctpOptions.defaults().withInterleaving(interleaving));
            pipe.loss = 0.5;
            transfer(pipe, 60, 1_000, SendOptions.RELIABLE, 1000 * Time.SECOND);
        }
    }

    @Test
    void F05_reorderedByASecond() {
        for (boolean interleaving : new boolean[] {true, false}) {
            Pipe pipe = Pipe.connected(8, SctpOptions.defaults().withInterleaving(interleaving));
            pipe.reordering = 1;
            pipe.reorderNanos = Time.SECOND;
            transfer(pipe, 6_000, 1_000, SendOptions.RELIABLE, 1000 * Time.SECOND);
            assertThat(pipe.b.receiveHeapBytes()).isZero();
        }
    }

    /** Every initial TSN is the same number just below the wrap; the stream sequence number wraps at 65536. */
    private record FixedInts(RandomSource random, int value) implements RandomSource {
        @Override
        public void nextBytes(byte[] target, int offset, int length) {
            random.nextBytes(target, offset, length);
        }

        @Override
        public int nextInt() {
            return value;
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }
    }

    @Test
    void C16_sequenceNumbersWrap() {
        for (int k = 0; k < 64; k++) {
            SctpOptions options = SctpOptions.defaults().withInterleaving(k % 2 == 0);
            Pipe pipe = new Pipe(
                    k,
                    new SctpAssociation(options, new FixedInts(new SeededRandom(k), -1 - k)),
                    new SctpAssociation(options, new FixedInts(new SeededRandom(-k), 31 - k)));
            pipe.a.connect(pipe.now);
            pipe.run(Time.SECOND);
            pipe.loss = 0.05;
            transfer(pipe, 100, 1_000, SendOptions.RELIABLE, 200 * Time.SECOND);
        }
        Pipe pipe = Pipe.connected(9, SctpOptions.defaults().withInterleaving(false));
        pipe.loss = 0.001;
        transfer(pipe, 70_000, 4, SendOptions.RELIABLE, 1000 * Time.SECOND);
    }

    @Test
    void C08_aConsumerThatReadsNothingClosesTheWindow() {
        SctpOptions small = new SctpOptions(5000, 5000, 1188, 100_000, 200_000, 50_000, 50_000);
        Pipe pipe = new Pipe(10, small);
        pipe.a.connect(pipe.now);
        pipe.run(Time.SECOND);
        pipe.b.hold(100_000);
        pipe.run(Time.SECOND);
        int accepted = 0;
        while (pipe.a.send(1, 53, message(accepted, 1_000), SendOptions.RELIABLE, pipe.now)
                == SctpSendResult.ACCEPTED) {
            accepted++;
        }
        assertThat(accepted).isBetween(150, 200);
        pipe.run(3600 * Time.SECOND);
        assertThat(pipe.a.sendHeapBytes()).isLessThan(201_000 + 64 * accepted);
        assertThat(pipe.b.receiveHeapBytes()).isLessThan(200_000);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSizeLessThan(accepted);
        assertThat(pipe.a.send(1, 53, message(0, 1_000), SendOptions.RELIABLE, pipe.now))
                .isEqualTo(SctpSendResult.BUFFER_FULL);
        pipe.b.release(100_000);
        pipe.run(10 * Time.SECOND);
        assertThat(Pipe.messages(pipe.eventsOfB)).hasSize(accepted);
        assertThat(pipe.a.sendHeapBytes()).isZero();
        assertThat(pipe.a.bufferedAmount(1)).isZero();
    }

    @Test
    void C10_messagesBeyondTheAnnouncedSize() {
        SctpOptions taker = new SctpOptions(5000, 5000, 1188, 5 << 20, 16 << 20, 10_000, 10_000);
        for (int length = 9_999; length <= 10_001; length++) {
            Pipe pipe = new Pipe(
                    11,
                    new SctpAssociation(SctpOptions.defaults(), new SeededRandom(1)),
                    new SctpAssociation(taker, new SeededRandom(2)));
            pipe.a.connect(pipe.now);
            pipe.run(Time.SECOND);
            pipe.a.send(1, 53, message(1, length), SendOptions.RELIABLE, pipe.now);
            pipe.run(Time.SECOND);
            assertThat(pipe.b.state()).isEqualTo(length > 10_000 ? SctpState.CLOSED : SctpState.ESTABLISHED);
            assertThat(pipe.a.state()).isEqualTo(pipe.b.state());
        }
        Pipe pipe = new Pipe(12, taker);
        assertThat(pipe.a.send(1, 53, message(1, 10_000), SendOptions.RELIABLE, pipe.now))
                .isEqualTo(SctpSendResult.ACCEPTED);
        assertThat(pipe.a.send(1, 53, message(1, 10_001), SendOptions.RELIABLE, pipe.now))
                .isEqualTo(SctpSendResult.TOO_LARGE);
    }

    @Test
    void C13_givenUpMessagesAreSkippedAndOthersComeInOrder() {
        for (int seed = 0; seed < 20; seed++) {
            Pipe pipe = Pipe.connected(seed, SctpOptions.defaults().withInterleaving(seed % 4 < 2));
            pipe.loss = 0.2;
            SendOptions once = seed % 2 == 0
                    ? new SendOptions(false, 0, Time.NEVER)
                    : new SendOptions(false, -1, 30 * Time.MILLISECOND);
            for (int i = 0; i < 100; i++) {
                pipe.a.send(1, 53, message(i, 3_000), i % 10 == 9 ? SendOptions.RELIABLE : once, pipe.now);
                pipe.run(5 * Time.MILLISECOND);
            }
            pipe.run(60 * Time.SECOND);
            List<Integer> numbers = new ArrayList<>();
            for (byte[] data : Pipe.messages(pipe.eventsOfB)) {
                assertThat(data).isEqualTo(message(Bytes.i32(data, 0), 3_000));
                numbers.add(Bytes.i32(data, 0));
            }
            assertThat(numbers)
                    .as("seed %s", seed)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .contains(9, 19, 49, 99);
            assertThat(numbers.size()).as("seed %s", seed).isLessThan(100);
            assertThat(pipe.a.sendHeapBytes()).isZero();
            assertThat(pipe.b.receiveHeapBytes()).as("seed %s", seed).isEqualTo(0);
        }
    }

    @Test
    void C11_aStreamIsResetAndUsedAgain() {
        Pipe pipe = Pipe.connected(13);
        pipe.loss = 0.1;
        for (int round = 0; round < 50; round++) {
            pipe.eventsOfA.clear();
            pipe.eventsOfB.clear();
            pipe.a.send(7, 53, message(round, 3_000), SendOptions.RELIABLE, pipe.now);
            pipe.a.send(7, 53, message(round, 4), SendOptions.RELIABLE, pipe.now);
            pipe.a.resetStream(7);
            pipe.run(20 * Time.SECOND);
            assertThat(Pipe.count(pipe.eventsOfA, SctpEvent.LocalStreamsReset.class))
                    .isEqualTo(1);
            assertThat(Pipe.messages(pipe.eventsOfB)).as("round %s", round).hasSize(2);
            assertThat(pipe.eventsOfB).hasSize(3).last().isInstanceOf(SctpEvent.RemoteStreamsReset.class);
        }
    }

    @Test
    void C07_endsInPeaceAndByAbort() {
        for (int seed = 0; seed < 20; seed++) {
            Pipe pipe = Pipe.connected(seed);
            pipe.loss = 0.1;
            for (int i = 0; i < 20; i++) {
                pipe.a.send(1, 53, message(i, 5_000), SendOptions.RELIABLE, pipe.now);
            }
            pipe.a.close(pipe.now);
            if (seed % 3 == 0) {
                pipe.b.close(pipe.now);
            }
            pipe.run(120 * Time.SECOND);
            assertThat(Pipe.messages(pipe.eventsOfB)).as("seed %s", seed).hasSize(20);
            assertThat(pipe.a.state()).as("seed %s", seed).isEqualTo(SctpState.CLOSED);
            assertThat(pipe.b.state()).as("seed %s", seed).isEqualTo(SctpState.CLOSED);
            assertThat(pipe.a.nextTimeout()).isEqualTo(Time.NEVER);
        }
        Pipe pipe = Pipe.connected(14);
        pipe.a.abort("enough");
        pipe.run(Time.SECOND);
        assertThat(pipe.eventsOfB).last().isInstanceOf(SctpEvent.Failed.class);
        assertThat(pipe.a.send(1, 53, message(0, 4), SendOptions.RELIABLE, pipe.now))
                .isEqualTo(SctpSendResult.CLOSED);
    }
}
