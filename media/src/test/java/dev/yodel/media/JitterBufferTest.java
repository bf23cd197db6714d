package dev.yodel.media;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One sender, one network, one listener, in virtual time. */
final class JitterBufferTest {
    private static final long MS = Time.MILLISECOND;
    private static final int RATE = 48_000;
    private static final int FRAME = 960;

    /** Packets of 20 ms, each of which describes the one before it. */
    private static final class Described implements JitterBuffer.Payloads {
        @Override
        public int ticks(byte[] data, int offset, int length) {
            return FRAME;
        }

        @Override
        public boolean describesPrevious(byte[] data, int offset, int length) {
            return true;
        }
    }

    /** How long packet n travels, in nanoseconds; below 0 it is lost. */
    private interface Network {
        long travel(int n);
    }

    /** Plays every 10 ms, 20 ms a packet, shortened or stretched by 5 ms where the buffer asks for it. */
    private static final class Listener {
        private final JitterBuffer buffer;
        private final long start;
        private final TreeMap<Long, List<Integer>> arrivals = new TreeMap<>();
        private long ticks;
        private long ahead;
        private int frames;
        private int recovered;
        private int concealed;
        private int lastPlayed = -1;
        private int outOfOrder;

        Listener(JitterBufferOptions options, long start) {
            buffer = new JitterBuffer(RATE, new Described(), true, options);
            this.start = start;
        }

        void send(int from, int to, long firstSequence, long firstTimestamp, Network network) {
            for (int n = from; n < to; n++) {
                long travel = network.travel(n);
                if (travel >= 0) {
                    long at = start + n * (20 * MS) + travel;
                    arrivals.computeIfAbsent(at, any -> new ArrayList<>()).add(n);
                }
            }
            sequenceOf = n -> firstSequence + n;
            timestampOf = n -> (firstTimestamp + (long) n * FRAME) & 0xffff_ffffL;
        }

        private IntToLongFunction sequenceOf = n -> n;
        private IntToLongFunction timestampOf = n -> (long) n * FRAME;

        void runUntil(long end) {
            long now;
            while ((now = start + ticks * 10 * MS) < start + end) {
                while (!arrivals.isEmpty() && arrivals.firstKey() <= now) {
                    var next = arrivals.pollFirstEntry();
                    for (int n : next.getValue()) {
                        insert(n, next.getKey());
                    }
                }
                while (ahead < 10 * MS) {
                    pull(now);
                }
                ahead -= 10 * MS;
                ticks++;
            }
        }

        private void insert(int n, long at) {
            byte[] payload = {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
            buffer.insert(sequenceOf.applyAsLong(n), timestampOf.applyAsLong(n), false, payload, 0, 4, at);
        }

        private void pull(long now) {
            switch (buffer.pull(now, ahead)) {
                case FRAME -> {
                    byte[] data = buffer.data();
                    int n = Bytes.i32(data, 0);
                    if (n <= lastPlayed) {
                        outOfOrder++;
                    }
                    lastPlayed = n;
                    frames++;
                    ahead += 20 * MS
                            + switch (buffer.tempo()) {
                                case NORMAL -> 0;
                                case FASTER -> -5 * MS;
                                case SLOWER -> 5 * MS;
                            };
                }
                case RECOVER -> {
                    recovered++;
                    ahead += buffer.ticks() * Time.SECOND / RATE;
                }
                case CONCEAL -> {
                    concealed++;
                    ahead += buffer.ticks() * Time.SECOND / RATE;
                }
                case SILENCE -> {
                    ahead += 10 * MS;
                }
            }
        }

        long delayMillis() {
            return buffer.stats().currentDelayNanos() / MS;
        }
    }

    private static Listener listen(int packets, Network network) {
        Listener listener = new Listener(JitterBufferOptions.DEFAULT, 7 * Time.SECOND);
        listener.send(0, packets, 1000, 0xffff_0000L, network);
        listener.runUntil(packets * (20 * MS));
        return listener;
    }

    @Test
    void aSteadyNetworkCostsAFrameOfDelayAndLosesNothing() {
        Listener listener = listen(1000, n -> 30 * MS);
        assertThat(listener.frames).isBetween(996, 1000);
        assertThat(listener.concealed + listener.recovered).isZero();
        assertThat(listener.outOfOrder).isZero();
        assertThat(listener.delayMillis()).isLessThanOrEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 40, 100, 200})
    void theDelayFollowsTheNetworksJitterUpAndDown(int jitterMillis) {
        Random random = new Random(jitterMillis);
        Listener listener = new Listener(JitterBufferOptions.DEFAULT, 0);
        listener.send(0, 500, 0, 0, n -> 20 * MS);
        listener.runUntil(10 * Time.SECOND);
        long calm = listener.delayMillis();
        listener.send(500, 1500, 0, 0, n -> 20 * MS + random.nextInt(jitterMillis) * MS);
        listener.runUntil(30 * Time.SECOND);
        long rough = listener.delayMillis();
        long target = listener.buffer.targetDelayNanos() / MS;
        assertThat(target).as("target").isBetween(jitterMillis * 8L / 10, jitterMillis + 30L);
        assertThat(rough).as("delay").isBetween(target - 45, target + 45);
        int concealedBefore = listener.concealed;
        listener.send(1500, 2500, 0, 0, n -> 20 * MS);
        listener.runUntil(50 * Time.SECOND);
        assertThat(listener.delayMillis()).as("afterwards; %d ms before", calm).isLessThanOrEqualTo(60);
        assertThat(listener.concealed - concealedBefore).isLessThan(10);
        assertThat(listener.frames).isGreaterThan(2300);
        assertThat(listener.outOfOrder).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 0.01", "2, 0.05", "3, 0.1", "4, 0.2"})
    void lostPacketsAreRecoveredOrConcealedAndTheRestPlayedOnce(long seed, double loss) {
        Random random = new Random(seed);
        int[] lost = {0};
        Listener listener = listen(2000, n -> {
            if (random.nextDouble() < loss) {
                lost[0]++;
                return -1;
            }
            return 20 * MS + random.nextInt(15) * MS;
        });
        int arrived = 2000 - lost[0];
        assertThat(listener.frames).as("seed %d", seed).isBetween(arrived - 30, arrived);
        assertThat(listener.recovered + listener.concealed)
                .as("seed %d, lost %d", seed, lost[0])
                .isBetween(lost[0] * 7 / 10, lost[0] * 14 / 10 + 5);
        assertThat(listener.recovered)
                .as("seed %d, lost %d", seed, lost[0])
                .isGreaterThan(loss < 0.02 ? 0 : lost[0] / 2);
        assertThat(listener.outOfOrder).isZero();
    }

    /** webrtc-stats: what a description rebuilds is neither concealed nor, with the frame before it there, of use. */
    @Test
    void whatIsRebuiltIsNotConcealed() {
        Listener listener = listen(500, n -> n % 10 == 9 ? -1 : 20 * MS);
        JitterBufferStats stats = listener.buffer.stats();
        assertThat(stats.concealments()).isZero();
        assertThat(stats.concealedTicks()).isZero();
        assertThat(stats.recovered()).isBetween(48L, 50L);
        assertThat(stats.describing()).isEqualTo(450);
        assertThat(stats.describedInVain()).isBetween(395L, 402L);
    }

    /** The codec could, but its sender does not: sound is invented. */
    @Test
    void withoutADescriptionSoundIsInvented() {
        JitterBuffer buffer =
                new JitterBuffer(RATE, (data, offset, length) -> FRAME, true, JitterBufferOptions.DEFAULT);
        int concealed = 0;
        for (int n = 0; n < 200; n++) {
            long now = n * (20 * MS);
            if (n % 10 != 9) {
                buffer.insert(n, (long) n * FRAME, false, new byte[] {1}, 0, 1, now);
            }
            if (n > 5) {
                JitterBuffer.Decision decision = buffer.pull(now, 0);
                assertThat(decision).isNotEqualTo(JitterBuffer.Decision.RECOVER);
                concealed += decision == JitterBuffer.Decision.CONCEAL ? 1 : 0;
            }
        }
        assertThat(concealed).isBetween(15, 25);
        assertThat(buffer.stats().concealedTicks()).isEqualTo(concealed * (long) FRAME);
        assertThat(buffer.stats().describing()).isZero();
    }

    @Test
    void reorderedAndDuplicatePacketsArePlayedOnceInOrder() {
        Random random = new Random(5);
        Listener listener = new Listener(JitterBufferOptions.DEFAULT, 0);
        Network network = n -> (n % 7 == 3 ? 55 : 15) * MS;
        listener.send(0, 1000, 0, 0, network);
        listener.send(0, 1000, 0, 0, n -> network.travel(n) + random.nextInt(300) * MS);
        listener.runUntil(20 * Time.SECOND);
        assertThat(listener.outOfOrder).isZero();
        assertThat(listener.frames).isGreaterThan(985);
        assertThat(listener.buffer.stats().duplicates()).isGreaterThan(950);
    }

    @Test
    void latePacketsStopTheClockAndAreStillPlayed() {
        // Packets 100 to 104 come 150 ms late, all at once.
        Listener listener = listen(400, n -> 20 * MS + (n >= 100 && n < 105 ? (150 - (n - 100) * 20L) * MS : 0));
        assertThat(listener.frames).isGreaterThan(385);
        assertThat(listener.concealed).isBetween(1, 14);
        assertThat(listener.outOfOrder).isZero();
    }

    @Test
    void aBlackoutIsFollowedByTheNewestNotByTheWholePast() {
        // Two seconds are held up and come at once.
        Listener listener = listen(600, n -> n >= 200 && n < 300 ? 20 * MS + (300 - n) * (20 * MS) : 20 * MS);
        assertThat(listener.delayMillis()).isLessThan(600);
        assertThat(listener.lastPlayed).isGreaterThan(560);
        assertThat(listener.buffer.stats().discarded()).isGreaterThan(20);
    }

    @Test
    void silenceOfTheSenderIsNoLoss() {
        Listener listener = new Listener(JitterBufferOptions.DEFAULT, 0);
        // DTX: the sequence number goes on by one, the timestamp by the pause.
        int[] sent = {0};
        for (int n = 0; n < 500; n++) {
            if (n % 100 < 60) {
                int sequence = sent[0]++;
                long at = (n + 1) * (20 * MS);
                long timestamp = (long) n * FRAME;
                listener.runUntil(at);
                listener.buffer.insert(sequence, timestamp, false, new byte[] {0, 0, 0, (byte) n}, 0, 4, at);
            }
        }
        listener.runUntil(10 * Time.SECOND);
        assertThat(listener.frames).isGreaterThanOrEqualTo(298);
        assertThat(listener.recovered).isZero();
        assertThat(listener.buffer.stats().late()).isZero();
    }

    @Test
    void clockDriftIsFollowedForAnHour() {
        // The sender's clock is 300 ppm slow, then fast.
        Listener slow = listen(20_000, n -> 20 * MS + n * 6_000L);
        assertThat(slow.delayMillis()).isBetween(0L, 80L);
        assertThat(slow.concealed + slow.recovered).isLessThan(20);
        Listener fast = listen(20_000, n -> 200 * MS - n * 6_000L);
        assertThat(fast.delayMillis()).isBetween(0L, 80L);
        assertThat(fast.frames).isGreaterThan(19_900);
    }

    @Test
    void R09_jumpsOfSequenceAndTimestampBeginAnew() {
        Listener listener = new Listener(JitterBufferOptions.DEFAULT, 0);
        listener.send(0, 100, 50, 0xffff_ff00L, n -> 20 * MS);
        listener.runUntil(2 * Time.SECOND);
        assertThat(listener.buffer.stats().resets()).isZero();
        listener.send(100, 200, 60_000, 0x8000_0000L, n -> 20 * MS);
        listener.lastPlayed = -1;
        listener.runUntil(4 * Time.SECOND);
        assertThat(listener.buffer.stats().resets()).isEqualTo(1);
        assertThat(listener.lastPlayed).isGreaterThan(190);
        listener.send(200, 300, 60_000, 0, n -> 20 * MS);
        listener.runUntil(6 * Time.SECOND);
        assertThat(listener.buffer.stats().resets()).isEqualTo(2);
        assertThat(listener.lastPlayed).isGreaterThan(290);
        assertThat(listener.delayMillis()).isLessThan(80);
    }

    @Test
    void R09_hostilePacketsNeitherThrowNorGrow() {
        for (long seed = 1; seed <= 25; seed++) {
            Random random = new Random(seed);
            JitterBuffer buffer = new JitterBuffer(
                    RATE,
                    (d, o, length) -> length % 5 == 0 ? 0 : length * 100,
                    seed % 2 == 0,
                    JitterBufferOptions.DEFAULT);
            byte[] payload = new byte[3000];
            long sequence = random.nextInt(1000);
            long now = 0;
            for (int i = 0; i < 5_000; i++) {
                sequence = Math.max(
                        0, sequence + (random.nextInt(20) == 0 ? random.nextInt(5000) - 2500 : random.nextInt(4) - 1));
                buffer.insert(
                        sequence,
                        random.nextInt() & 0xffff_ffffL,
                        random.nextInt(100) == 0,
                        payload,
                        0,
                        random.nextInt(3000),
                        now);
                now += random.nextInt(30) * MS;
                JitterBuffer.Decision decision = buffer.pull(now, random.nextInt(60) * MS);
                assertThat(buffer.ticks()).as("seed %d", seed).isPositive();
                if (decision == JitterBuffer.Decision.FRAME) {
                    assertThat(buffer.length()).isBetween(1, 2048);
                }
                assertThat(buffer.targetDelayNanos()).isBetween(0L, 500 * MS);
            }
        }
    }

    @Test
    void boundsOfTheDelayAreKept() {
        Listener listener = new Listener(new JitterBufferOptions(150 * MS, 200 * MS), 0);
        listener.send(0, 500, 0, 0, n -> 20 * MS);
        listener.runUntil(10 * Time.SECOND);
        assertThat(listener.delayMillis()).isBetween(130L, 190L);
        assertThat(listener.concealed).isZero();
    }
}
