package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Time;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole connections over bad networks, each with its seed: all connect, talk, close and leave nothing. */
class SimulatedCallsTest {
    private static final int FRAMES = 50;

    private record Call(long seed, long millis, String network, long traceHash) {
        @Override
        public String toString() {
            return "seed " + seed + ": " + millis + " ms (" + network + ")";
        }
    }

    /** A call over the network that the seed says: delay 0 to 300 ms, loss 0 to 20 %, jitter, reordering, copies. */
    private static Call call(long seed) {
        Random random = new Random(seed);
        int delay = random.nextInt(301);
        double loss = random.nextDouble() * 0.2;
        double reordering = random.nextDouble() * 0.3;
        double duplication = random.nextDouble() * 0.1;
        String network = String.format("delay %d ms, loss %.0f %%", delay, loss * 100);
        boolean late = seed % 2 == 1;
        Simulator simulator = Simulator.builder()
                .seed(seed)
                .late(late)
                .handOff(Duration.ofMillis(late ? 2 : 0))
                .build();
        try (WatchedCall call = new WatchedCall(new SimulatedPair(simulator, Settings.DEFAULT))) {
            for (SimulatedHost host : List.of(call.pair.hostA, call.pair.hostB)) {
                host.uplink()
                        .delay(Duration.ofMillis(delay))
                        .jitter(Duration.ofMillis(delay / 5))
                        .loss(loss)
                        .reordering(reordering, Duration.ofMillis(50))
                        .duplication(duplication, 1);
            }
            long begun = simulator.now();
            call.connect(Duration.ofSeconds(31));
            long millis = (simulator.now() - begun) / Time.MILLISECOND;
            call.talk(FRAMES);
            call.run(Duration.ofMillis(20 * FRAMES + 800));
            for (WatchedCall.Side side : List.of(call.a, call.b)) {
                Set<Long> numbers = new HashSet<>();
                side.heard.forEach(packet -> numbers.add(packet.sequenceNumber()));
                assertThat(numbers)
                        .as("%s hears each packet once, seed %d: %s", side.name, seed, network)
                        .hasSameSizeAs(side.heard);
                assertThat(side.heard)
                        .as("%s hears what is not lost, seed %d: %s", side.name, seed, network)
                        .hasSizeBetween((int) (FRAMES * (1 - loss) * 0.5), FRAMES);
            }
            assertThat(call.pair.errors).as("seed %d", seed).isEmpty();
            call.a.connection.close();
            call.run(Duration.ofMillis(500));
            call.b.connection.close();
            return new Call(seed, millis, network, simulator.trace().hash());
        }
    }

    private static List<Call> sweep(int seeds) {
        List<Call> calls = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            calls.add(call(seed));
        }
        calls.sort(Comparator.comparingLong(Call::millis));
        System.out.printf(
                "%d calls connected: median %d ms, p99 %d ms, slowest %s%n",
                seeds,
                calls.get(seeds / 2).millis,
                calls.get(seeds * 99 / 100).millis,
                calls.subList(Math.max(0, seeds - 5), seeds));
        return calls;
    }

    @Test
    void F01_callsOverBadNetworksConnect() {
        assertThat(sweep(25)).hasSize(25);
    }

    @Test
    @Tag("long")
    void F01_tenThousandCallsOverBadNetworksConnect() {
        assertThat(sweep(10_000)).hasSize(10_000);
    }

    @Test
    void theSameSeedSendsTheSamePackets() {
        for (long seed : new long[] {3, 4}) {
            assertThat(call(seed)).as("seed %d", seed).isEqualTo(call(seed));
        }
        assertThat(call(3).traceHash).isNotEqualTo(call(5).traceHash);
    }
}
