package dev.yodel.benchmarks;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.ice.loop.IceUdpMux;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What a datagram of 1,000 bytes costs the loop of a UDP port that 1,000 connections share when it goes to one of them, to
 * 100 or to all in turn: ICE alone, clients on another loop, CPU time of the receiving loop's thread without the consent
 * checks. Rounds of each alternate, so that a machine with other work disturbs all alike. No arguments.
 */
public final class MuxRate {
    private static final int PORT = 40_505;
    private static final int AT_A_TIME = 16;
    private static final int BYTES = 1000;
    private static final int CONNECTIONS = 1000;
    private static final int ROUNDS = 31;
    private static final int WARM_UP = 10;
    private static final int PACKETS = 4000;
    private static final int BURST = 20;
    private static final int MOST_UNDER_WAY = 100;

    private MuxRate() {}

    /** One end. */
    private static final class End implements IceConnection.Listener {
        final Loop loop;
        final IceConnection connection;
        final IceCredentials credentials;
        final CompletableFuture<Void> works = new CompletableFuture<>();
        final AtomicLong received;
        volatile End other = this;
        /** On the loop: candidates that came before this end has begun. */
        private final List<Candidate> early = new ArrayList<>();

        private boolean begun;

        End(NioEnvironment environment, Loop loop, IceConnectionOptions options, AtomicLong received) {
            this.loop = loop;
            this.received = received;
            connection = new IceConnection(environment, loop, options, this);
            credentials = IceCredentials.generate(environment.random());
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            End to = other;
            to.loop.execute(() -> {
                if (to.begun) {
                    to.connection.addRemoteCandidate(candidate);
                } else {
                    to.early.add(candidate);
                }
            });
        }

        @Override
        public void onState(IceState state) {
            if (state == IceState.CONNECTED || state == IceState.COMPLETED) {
                works.complete(null);
            }
        }

        @Override
        public void onDatagram(Datagram datagram) {
            received.incrementAndGet();
        }

        void begin() {
            loop.execute(() -> {
                connection.gather(credentials);
                begun = true;
                early.forEach(connection::addRemoteCandidate);
            });
        }

        void start(IceRole role) {
            End peer = other;
            loop.execute(() -> {
                connection.start(role, peer.credentials);
                connection.endOfRemoteCandidates();
            });
        }
    }

    /**
     * Runs and prints.
     *
     * @param args none
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        try (NioEnvironment environment =
                NioEnvironment.builder().loops(2).name("mux").start()) {
            Loop serverLoop = environment.loops().get(0);
            Loop clientLoop = environment.loops().get(1);
            IceUdpMux mux = new IceUdpMux(serverLoop, PORT);
            AtomicLong received = new AtomicLong();
            CompletableFuture<Long> thread = new CompletableFuture<>();
            serverLoop.execute(() -> thread.complete(Thread.currentThread().getId()));
            List<End> clients = new ArrayList<>();
            connect(environment, serverLoop, clientLoop, mux, received, clients, CONNECTIONS);
            // Consent checks are not the price of a packet.
            double idle = cpuMillis(thread.join());
            Thread.sleep(10_000);
            idle = (cpuMillis(thread.join()) - idle) / 10;
            System.out.printf(Locale.ROOT, "1000 connections, idle %.1f ms of CPU a second%n", idle);
            int[] counts = {1, 100, 1000};
            double[][] micros = new double[counts.length][ROUNDS];
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                for (int k = 0; k < counts.length; k++) {
                    micros[k][Math.max(0, round)] =
                            measure(clients.subList(0, counts[k]), clientLoop, received, thread.join(), idle);
                }
            }
            for (int k = 0; k < counts.length; k++) {
                Arrays.sort(micros[k]);
                System.out.printf(
                        Locale.ROOT,
                        "to %d connections: median of %d rounds %.2f us of CPU a packet (%.2f to %.2f), %.2f of one alone%n",
                        counts[k],
                        ROUNDS,
                        micros[k][ROUNDS / 2],
                        micros[k][ROUNDS / 4],
                        micros[k][ROUNDS * 3 / 4],
                        micros[k][ROUNDS / 2] / micros[0][ROUNDS / 2]);
            }
        }
        System.exit(0);
    }

    private static void connect(
            NioEnvironment environment,
            Loop serverLoop,
            Loop clientLoop,
            IceUdpMux mux,
            AtomicLong received,
            List<End> clients,
            int count)
            throws Exception {
        IceConnectionOptions shared = new IceConnectionOptions(IceOptions.DEFAULT, null, null, mux, null);
        while (clients.size() < count) {
            End server = onLoop(serverLoop, () -> new End(environment, serverLoop, shared, received));
            End client =
                    onLoop(clientLoop, () -> new End(environment, clientLoop, IceConnectionOptions.DEFAULT, received));
            server.other = client;
            client.other = server;
            server.begin();
            client.begin();
            server.start(IceRole.CONTROLLED);
            client.start(IceRole.CONTROLLING);
            clients.add(client);
            if (clients.size() > AT_A_TIME) {
                clients.get(clients.size() - AT_A_TIME).works.get(30, TimeUnit.SECONDS);
            }
        }
        for (End client : clients) {
            client.works.get(30, TimeUnit.SECONDS);
            client.other.works.get(30, TimeUnit.SECONDS);
        }
        Thread.sleep(2000);
    }

    private static <T> T onLoop(Loop loop, java.util.function.Supplier<T> make) {
        CompletableFuture<T> made = new CompletableFuture<>();
        loop.execute(() -> made.complete(make.get()));
        return made.join();
    }

    private static double cpuMillis(long thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread) / 1e6;
    }

    /** Some packets; microseconds of CPU for each that came. */
    private static double measure(
            List<End> clients, Loop clientLoop, AtomicLong received, long thread, double idleMillis) {
        byte[] data = new byte[BYTES];
        data[0] = (byte) 0x80;
        long before = received.get();
        double cpu = cpuMillis(thread);
        long start = System.nanoTime();
        for (int i = 0; i < PACKETS; i += BURST) {
            int first = i;
            clientLoop.execute(() -> {
                for (int k = 0; k < BURST; k++) {
                    clients.get((first + k) % clients.size()).connection.send(data, 0, BYTES);
                }
            });
            // Not faster than they are taken, so that none is lost, however little of the machine is ours.
            long deadline = System.nanoTime() + 2_000_000_000L;
            while (received.get() - before < i + BURST - MOST_UNDER_WAY && System.nanoTime() < deadline) {
                LockSupport.parkNanos(50_000);
            }
        }
        LockSupport.parkNanos(200_000_000);
        double seconds = (System.nanoTime() - start) / 1e9;
        return (cpuMillis(thread) - cpu - idleMillis * seconds) * 1e3 / (received.get() - before);
    }
}
