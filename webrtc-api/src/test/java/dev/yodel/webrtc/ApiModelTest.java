package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.simulator.Leaks;
import dev.yodel.simulator.Simulator;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * Interleaved calls of the whole API on two connections against a model of W3C's machines (issue 5, Proof; THREATS.md
 * J08): no illegal transition, no exception but W3C's, every future settles, and {@code close()} anywhere leaves nothing.
 * In virtual time each seed is one schedule and runs again the same; with threads the model is the same.
 */
class ApiModelTest {
    private static final boolean LONG = Boolean.getBoolean("yodel.long");
    private static final int SEEDS = Integer.getInteger("yodel.model.seeds", LONG ? 10_000 : 200);
    /** {@code -Dyodel.model.first=N} goes on from another seed. */
    private static final int FIRST = Integer.getInteger("yodel.model.first", 0);

    private static final int EVERY_INDEX_SEEDS = LONG ? 20 : 1;
    private static final int CALLS = 24;
    private static final int SPAN_MILLIS = 400;
    private static final int THREADS = Integer.getInteger("yodel.model.threads", LONG ? 64 : 8);
    private static final Duration THREADED =
            Duration.ofSeconds(Integer.getInteger("yodel.model.seconds", LONG ? 600 : 5));

    /**
     * 60 s in which this process runs: one that is stopped meanwhile, as measurements on one machine do, does not
     * count on.
     */
    private static final int PATIENCE_TICKS = 600;

    private static final long TICK_MILLIS = 100;

    /** One schedule. */
    private static final class Schedule implements AutoCloseable {
        final Random random;
        final SimulatedPair pair;
        final Queue<String> violations = new ConcurrentLinkedQueue<>();
        final RandomCalls calls = new RandomCalls();
        final StateOracle a;
        final StateOracle b;
        final Leaks beforeA;
        final Leaks beforeB;

        Schedule(long seed) {
            random = new Random(seed);
            Simulator simulator = Simulator.builder()
                    .seed(seed)
                    .handOff(Duration.ofMillis(random.nextInt(4)))
                    .build();
            pair = new SimulatedPair(simulator, Settings.DEFAULT);
            pair.simulator.run(Duration.ofMillis(20));
            beforeA = pair.hostA.leaks();
            beforeB = pair.hostB.leaks();
            a = new StateOracle("a", pair.a, violations, true);
            b = new StateOracle("b", pair.b, violations, true);
            calls.listen(pair.a);
            calls.listen(pair.b);
            pair.trickle();
            callBack(pair.a, pair.b);
            callBack(pair.b, pair.a);
            for (int i = 0; i < CALLS; i++) {
                PeerConnection from = random.nextBoolean() ? pair.a : pair.b;
                PeerConnection to = from == pair.a ? pair.b : pair.a;
                pair.simulator.schedule(
                        Duration.ofMillis(random.nextInt(SPAN_MILLIS)), () -> calls.one(from, to, random));
            }
        }

        /** Listeners that call the connection, as applications do, and one that throws. */
        private void callBack(PeerConnection from, PeerConnection to) {
            from.onNegotiationNeeded(() -> {
                if (random.nextInt(3) == 0) {
                    calls.one(from, to, random);
                }
            });
            from.onSignalingStateChange(() -> {
                if (random.nextInt(4) == 0) {
                    calls.one(from, to, random);
                }
            });
            from.onTrack(event -> {
                throw new IllegalStateException("thrown by the test");
            });
        }

        /** Closes both, one of them now. */
        void end(boolean first) {
            closeOne(first);
            pair.simulator.run(Duration.ofMillis(300));
            closeOne(!first);
            pair.simulator.run(Duration.ofSeconds(2));
            a.checkAtRest();
            b.checkAtRest();
        }

        private void closeOne(boolean first) {
            (first ? pair.a : pair.b).close();
            (first ? a : b).closed();
        }

        void check(String where) {
            assertThat(violations).as(where).isEmpty();
            assertThat(calls.surprises).as(where).isEmpty();
            assertThat(calls.futures).as(where).allMatch(CompletableFuture::isDone);
            assertThat(pair.hostA.leaks()).as(where).isEqualTo(beforeA);
            assertThat(pair.hostB.leaks()).as(where).isEqualTo(beforeB);
        }

        @Override
        public void close() {
            pair.close();
        }
    }

    /** Lets everything happen and come to rest, then closes. */
    @Test
    void J08_everyScheduleKeepsToTheModel() {
        for (long seed = FIRST; seed < SEEDS; seed++) {
            try (Schedule schedule = new Schedule(seed)) {
                // Half of them are closed in the middle, at an event, the others at rest.
                boolean early = seed % 2 == 1;
                long events = early ? schedule.random.nextInt(1_500) : Long.MAX_VALUE;
                long until =
                        schedule.pair.simulator.now() + Duration.ofSeconds(3).toNanos();
                while (events-- > 0 && schedule.pair.simulator.now() < until && schedule.pair.simulator.step()) {
                    schedule.a.discover();
                    schedule.b.discover();
                }
                if (!early) {
                    schedule.a.checkAtRest();
                    schedule.b.checkAtRest();
                }
                schedule.end(schedule.random.nextBoolean());
                schedule.check("seed " + seed);
            }
        }
    }

    @Test
    void J09_closeAtEveryEventLeavesNothing() {
        for (long seed = 1; seed <= EVERY_INDEX_SEEDS; seed++) {
            boolean more = true;
            for (int index = 0; more; index++) {
                try (Schedule schedule = new Schedule(seed)) {
                    long until = schedule.pair.simulator.now()
                            + Duration.ofMillis(SPAN_MILLIS).toNanos();
                    for (int i = 0; i < index; i++) {
                        schedule.pair.simulator.step();
                    }
                    more = schedule.pair.simulator.now() < until;
                    schedule.end(index % 2 == 0);
                    schedule.check("seed " + seed + ", closed at event " + index);
                }
            }
        }
    }

    /** The same with real threads, sockets and time. */
    @Test
    void J08_threadsKeepToTheModel() throws Exception {
        long end = System.nanoTime() + THREADED.toNanos();
        threaded(0);
        long files = openFiles();
        long seed = 1;
        while (System.nanoTime() < end) {
            threaded(seed++);
        }
        assertThat(openFiles()).as("files that are open").isLessThanOrEqualTo(files);
    }

    /** A factory of its own for some pairs, so that its end shows what they left. */
    private static void threaded(long seed) throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.builder()
                .settings(Settings.builder().loops(2).resolveMdns(false).build())
                .dtls(SimulatedDtls.unsafeOutsideSimulation())
                .build()) {
            for (int i = 0; i < 4; i++) {
                race(factory, seed * 4 + i);
            }
        }
    }

    private static void race(PeerConnectionFactory factory, long seed) throws Exception {
        PeerConnection a = factory.newPeerConnection();
        PeerConnection b = factory.newPeerConnection();
        Queue<String> violations = new ConcurrentLinkedQueue<>();
        RandomCalls calls = new RandomCalls();
        StateOracle oracleA = new StateOracle("a", a, violations, false);
        StateOracle oracleB = new StateOracle("b", b, violations, false);
        calls.listen(a);
        calls.listen(b);
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()).exceptionally(error -> null));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()).exceptionally(error -> null));
        Random inListeners = new Random(seed);
        a.onSignalingStateChange(() -> {
            if (inListeners.nextInt(4) == 0) {
                calls.one(a, b, inListeners);
            }
        });
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed * 100 + i);
            boolean closes = i == 0 && seed % 2 == 0;
            Thread thread = new Thread(() -> {
                for (int call = 0; call < 20; call++) {
                    boolean first = random.nextBoolean();
                    calls.one(first ? a : b, first ? b : a, random);
                }
                if (closes) {
                    a.close();
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            for (int tick = 0; tick < PATIENCE_TICKS && thread.isAlive(); tick++) {
                thread.join(TICK_MILLIS);
            }
            assertThat(thread.isAlive()).as("a call hangs, seed " + seed).isFalse();
        }
        assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads())
                .as("threads that wait for each other, seed " + seed)
                .isNull();
        b.close();
        a.close();
        for (CompletableFuture<?> future : calls.futures) {
            settle(future, seed);
        }
        // Nobody listens on the lane any more when this runs: it is the last of its tasks.
        settle(a.getStats(), seed);
        settle(b.getStats(), seed);
        oracleA.checkAtRest();
        oracleB.checkAtRest();
        assertThat(violations).as("seed " + seed).isEmpty();
        assertThat(calls.surprises).as("seed " + seed).isEmpty();
    }

    private static void settle(CompletableFuture<?> future, long seed) throws Exception {
        CompletableFuture<Boolean> settled = future.handle((value, error) -> true);
        for (int tick = 0; tick < PATIENCE_TICKS && !settled.isDone(); tick++) {
            try {
                settled.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // The next tick.
            }
        }
        assertThat(settled).as("seed %d: this never settled: %s", seed, future).isDone();
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
