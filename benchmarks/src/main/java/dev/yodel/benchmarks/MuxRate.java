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
import dev.yodel.io.SendResult;
import dev.yodel.io.loop.NioEnvironment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What a datagram of 1,000 bytes costs the loop of a shared UDP port when it may be for 1, 100 or 1,000 connections: ICE
 * alone, clients on another loop, packets round robin at a fixed rate, CPU time of the receiving loop's thread. Arguments:
 * packets a second (20,000) and seconds (5).
 */
public final class MuxRate {
    private static final int PORT = 40_505;
    private static final int AT_A_TIME = 16;
    private static final int BYTES = 1000;

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
     * @param args see the class
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        int rate = args.length > 0 ? Integer.parseInt(args[0]) : 20_000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        try (NioEnvironment environment =
                NioEnvironment.builder().loops(2).name("mux").start()) {
            Loop serverLoop = environment.loops().get(0);
            Loop clientLoop = environment.loops().get(1);
            IceUdpMux mux = new IceUdpMux(serverLoop, PORT);
            AtomicLong received = new AtomicLong();
            CompletableFuture<Long> thread = new CompletableFuture<>();
            serverLoop.execute(() -> thread.complete(Thread.currentThread().getId()));
            List<End> clients = new ArrayList<>();
            for (int count : new int[] {1, 100, 1000}) {
                connect(environment, serverLoop, clientLoop, mux, received, clients, count);
                // Twice: the first warms up.
                measure(clients, clientLoop, received, thread.join(), rate, 2, false);
                measure(clients, clientLoop, received, thread.join(), rate, seconds, true);
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

    private static void measure(
            List<End> clients,
            Loop clientLoop,
            AtomicLong received,
            long thread,
            int rate,
            int seconds,
            boolean print) {
        var threads = ManagementFactory.getThreadMXBean();
        byte[] data = new byte[BYTES];
        data[0] = (byte) 0x80;
        // Consent checks are not the price of a packet.
        long idle = threads.getThreadCpuTime(thread);
        LockSupport.parkNanos(seconds * 1_000_000_000L);
        idle = threads.getThreadCpuTime(thread) - idle;
        long before = received.get();
        long cpu = threads.getThreadCpuTime(thread);
        long start = System.nanoTime();
        // Bursts of 20, as media comes.
        int burst = 20;
        AtomicLong sent = new AtomicLong();
        Map<SendResult, AtomicLong> others = new ConcurrentHashMap<>();
        for (long i = 0; i < (long) rate * seconds; i += burst) {
            LockSupport.parkNanos(start + i * 1_000_000_000L / rate - System.nanoTime());
            long first = i;
            clientLoop.execute(() -> {
                for (int k = 0; k < burst; k++) {
                    SendResult result = clients.get((int) ((first + k) % clients.size()))
                            .connection
                            .send(data, 0, BYTES);
                    if (result == SendResult.SENT) {
                        sent.incrementAndGet();
                    } else {
                        others.computeIfAbsent(result, unseen -> new AtomicLong())
                                .incrementAndGet();
                    }
                }
            });
        }
        LockSupport.parkNanos(500_000_000);
        double took = (System.nanoTime() - start - 500_000_000L) / 1e9;
        long packets = received.get() - before;
        double micros = (threads.getThreadCpuTime(thread) - cpu - idle) / 1e3 / packets;
        if (print) {
            System.out.printf(
                    Locale.ROOT,
                    "%d connections: %d of %d packets, others %s, %.0f packets/s, %.2f us of CPU each; idle %.1f ms of CPU a second%n",
                    clients.size(),
                    packets,
                    sent.get(),
                    others,
                    packets / took,
                    micros,
                    idle / 1e6 / seconds);
        }
    }
}
