package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * THREATS.md J08 in virtual time: calls at random moments on two connections, listeners that call back and throw, tasks
 * between loops and lanes delayed at random, a close anywhere. Every future settles and nothing is left; each seed is one
 * schedule and runs again the same.
 */
class RandomSchedulesTest {
    /** {@code -Dyodel.schedules=1000000} runs the whole number, which takes hours. */
    private static final int SCHEDULES =
            Integer.getInteger("yodel.schedules", Boolean.getBoolean("yodel.long") ? 20_000 : 100);

    private static final int CALLS = 12;
    private static final int SPAN_MILLIS = 60;

    @Test
    void J08_everyRandomScheduleSettles() {
        for (long seed = 0; seed < SCHEDULES; seed++) {
            run(seed);
        }
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        Simulator simulator =
                Simulator.builder().seed(seed).handOff(Duration.ofMillis(3)).build();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        AtomicInteger unexpected = new AtomicInteger();
        try (SimulatedPair pair = new SimulatedPair(simulator, Settings.DEFAULT)) {
            pair.trickle();
            pair.a.onNegotiationNeeded(() -> {
                futures.add(pair.a.createOffer());
                throw new IllegalStateException("thrown by the test");
            });
            pair.b.onSignalingStateChange(() -> futures.add(pair.b.getStats()));
            for (int i = 0; i < CALLS; i++) {
                PeerConnection from = random.nextBoolean() ? pair.a : pair.b;
                PeerConnection to = from == pair.a ? pair.b : pair.a;
                simulator.schedule(
                        Duration.ofMillis(random.nextInt(SPAN_MILLIS)),
                        () -> futures.add(ConnectionLifeTest.one(from, to, random, unexpected)));
            }
            PeerConnection closed = random.nextBoolean() ? pair.a : pair.b;
            simulator.schedule(Duration.ofMillis(random.nextInt(2 * SPAN_MILLIS)), closed::close);
            simulator.run(Duration.ofMillis(2 * SPAN_MILLIS));
            pair.a.close();
            pair.b.close();
            simulator.run(Duration.ofMillis(200));
            assertThat(futures).as("seed %d", seed).allMatch(CompletableFuture::isDone);
            assertThat(unexpected).as("seed %d", seed).hasValue(0);
        }
    }
}
