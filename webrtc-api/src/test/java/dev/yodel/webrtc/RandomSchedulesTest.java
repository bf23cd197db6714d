package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * THREATS.md J08 by the number: short schedules of calls at random moments on two connections, listeners that call back
 * and throw, tasks between loops and lanes delayed at random, a close anywhere. Every future settles, nothing deadlocks and
 * nothing is left; each seed is one schedule and runs again the same. {@link ApiModelTest} looks closer, at fewer.
 */
class RandomSchedulesTest {
    /** A million by {@code -Plong}. {@code -Dyodel.schedules.first} begins elsewhere: each seed is a run of its own. */
    private static final int SCHEDULES =
            Integer.getInteger("yodel.schedules", Boolean.getBoolean("yodel.long") ? 1_000_000 : 60);

    private static final long FIRST = Long.getLong("yodel.schedules.first", 0);

    /** Making certificates takes two thirds of a run: most runs use one that is there. */
    private static final int RUNS_PER_FRESH_CERTIFICATE = 50;

    private static final Configuration KNOWN_CERTIFICATE = knownCertificate();

    private static final int CALLS = 12;
    private static final int SPAN_MILLIS = 60;

    @Test
    void J08_everyRandomScheduleSettles() {
        long begun = System.nanoTime();
        LongStream.range(FIRST, FIRST + SCHEDULES).parallel().forEach(RandomSchedulesTest::run);
        System.out.printf(
                Locale.ROOT,
                "%d schedules from seed %d in %.0f s: all settled%n",
                SCHEDULES,
                FIRST,
                (System.nanoTime() - begun) / 1e9);
    }

    private static Configuration knownCertificate() {
        try (Simulator simulator = Simulator.create(0);
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .environment(simulator.internet().host("maker", "10.1.0.3"))
                        .build()) {
            return Configuration.builder()
                    .certificate(simulator.await(factory.generateCertificate(), Duration.ofSeconds(5)))
                    .build();
        }
    }

    private static void run(long seed) {
        Random random = new Random(seed);
        Simulator simulator =
                Simulator.builder().seed(seed).handOff(Duration.ofMillis(3)).build();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        AtomicInteger unexpected = new AtomicInteger();
        Configuration configuration =
                seed % RUNS_PER_FRESH_CERTIFICATE == 0 ? Configuration.DEFAULT : KNOWN_CERTIFICATE;
        try (SimulatedPair pair = new SimulatedPair(simulator, Settings.DEFAULT, configuration)) {
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
