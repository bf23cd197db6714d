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
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.loop.NioEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * What a datagram of 1,000 bytes costs the loop of a UDP port that 1,000 connections share when it goes to one of them, to
 * 100 or to all in turn: ICE alone, clients on another loop, CPU time of the receiving thread without the consent checks.
 * The receiver is held while 256 datagrams are sent, and then let go: how fast the sender is, and how often the receiver
 * wakes up, does not count. Beside it, in the same run, the same for a loop over Java's {@code DatagramChannel} that only
 * counts: what the system and Java take more for other senders is in both. Rounds of each alternate, so that a machine
 * with other work disturbs all alike.
 */
public final class MuxRate {
    private static final int PORT = 40_505;
    private static final int AT_A_TIME = 16;
    private static final int BYTES = 1000;
    private static final int CONNECTIONS = 1000;
    private static final int ROUNDS = 41;
    private static final int WARM_UP = 12;
    private static final int PACKETS = 2560;
    /** A socket's buffer holds these, where the system allows 1 MiB (net.core.rmem_max). */
    private static final int BURST = 256;

    /** What was allocated last, so that it is. */
    @SuppressWarnings("UnusedVariable")
    private static volatile byte[] used = {};

    private MuxRate() {}

    /** Who gets the datagrams. */
    private interface Receiver {
        /** Runs a task on the receiving thread, which takes nothing meanwhile. */
        void run(Runnable task);

        long received();

        /** Sends a datagram from one of the addresses. */
        void send(int from);

        /** Runs a task where it may send. */
        void sending(Runnable task);
    }

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

    private static final class Muxed implements Receiver {
        private final Loop serverLoop;
        private final Loop clientLoop;
        private final List<End> clients;
        private final AtomicLong received;
        private final byte[] data = data();

        Muxed(Loop serverLoop, Loop clientLoop, List<End> clients, AtomicLong received) {
            this.serverLoop = serverLoop;
            this.clientLoop = clientLoop;
            this.clients = clients;
            this.received = received;
        }

        @Override
        public void run(Runnable task) {
            serverLoop.execute(task);
        }

        @Override
        public long received() {
            return received.get();
        }

        @Override
        public void send(int from) {
            clients.get(from).connection.send(data, 0, BYTES);
        }

        @Override
        public void sending(Runnable task) {
            clientLoop.execute(task);
        }
    }

    /** A thread that reads and counts, and sockets that send to it. */
    private static final class Bare implements Receiver, Runnable {
        private final DatagramChannel channel;
        private final List<DatagramChannel> clients = new ArrayList<>();
        private final Selector selector = Selector.open();
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private final AtomicLong received = new AtomicLong();
        private final ByteBuffer data = ByteBuffer.allocateDirect(BYTES);
        private final InetSocketAddress target;

        Bare(InetAddress own) throws IOException {
            channel = open(own);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            target = (InetSocketAddress) channel.getLocalAddress();
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(open(own));
            }
            data.put(data());
            Thread thread = new Thread(this, "bare");
            thread.setDaemon(true);
            thread.start();
        }

        private static DatagramChannel open(InetAddress own) throws IOException {
            DatagramChannel opened = DatagramChannel.open(
                    own instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
            opened.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
            opened.bind(new InetSocketAddress(own, 0));
            return opened;
        }

        @Override
        public void run() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
            try {
                while (true) {
                    selector.select();
                    selector.selectedKeys().clear();
                    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                        task.run();
                    }
                    buffer.clear();
                    while (channel.receive(buffer) != null) {
                        received.incrementAndGet();
                        buffer.clear();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void run(Runnable task) {
            tasks.add(task);
            selector.wakeup();
        }

        @Override
        public long received() {
            return received.get();
        }

        @Override
        public void send(int from) {
            try {
                data.clear();
                clients.get(from).send(data, target);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void sending(Runnable task) {
            task.run();
        }
    }

    private static byte[] data() {
        byte[] data = new byte[BYTES];
        data[0] = (byte) 0x80;
        return data;
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
            List<End> clients = new ArrayList<>();
            connect(environment, serverLoop, clientLoop, mux, received, clients, CONNECTIONS);
            InetAddress own = preferred(environment);
            Receiver bare = new Bare(own);
            Receiver shared = new Muxed(serverLoop, clientLoop, clients, received);
            compare(List.of(
                    new Measured("a bare channel on " + own.getHostAddress(), bare), new Measured("the mux", shared)));
        }
        System.exit(0);
    }

    /** The address that ICE's pairs have: what the system and Java do costs more with IPv6. */
    private static InetAddress preferred(NioEnvironment environment) {
        return environment.networkAddresses().stream()
                .filter(each -> !each.loopback() && !each.address().isLinkLocalAddress())
                .map(NetworkAddress::address)
                .min(Comparator.comparing(Inet4Address.class::isInstance))
                .orElseGet(InetAddress::getLoopbackAddress);
    }

    /** A receiver and what was measured of it. */
    private static final class Measured {
        private static final int[] SOURCES = {1, 100, CONNECTIONS};

        private final String what;
        private final Receiver receiver;
        private final long thread;
        private final double[][] micros = new double[SOURCES.length][ROUNDS];
        private double idle;

        Measured(String what, Receiver receiver) {
            this.what = what;
            this.receiver = receiver;
            CompletableFuture<Long> id = new CompletableFuture<>();
            receiver.run(() -> id.complete(Thread.currentThread().getId()));
            thread = id.join();
        }

        /** Consent checks are not the price of a packet. */
        void idleBegins() {
            idle = cpuMicros(thread);
        }

        void idleEnds(int seconds) {
            idle = (cpuMicros(thread) - idle) / seconds;
        }

        void round(int number) throws Exception {
            for (int k = 0; k < SOURCES.length; k++) {
                micros[k][Math.max(0, number)] = measure(receiver, SOURCES[k], thread, idle);
            }
        }

        private double median(int k) {
            return micros[k][ROUNDS / 2];
        }

        void report() {
            Arrays.stream(micros).forEach(Arrays::sort);
            System.out.printf(Locale.ROOT, "%s, idle %.1f ms of CPU a second%n", what, idle / 1000);
            for (int k = 0; k < SOURCES.length; k++) {
                System.out.printf(
                        Locale.ROOT,
                        "%s, to %d: median of %d rounds %.3f us of CPU a packet (%.3f to %.3f), %.3f of one alone, %.0f ns"
                                + " more%n",
                        what,
                        SOURCES[k],
                        ROUNDS,
                        median(k),
                        micros[k][ROUNDS / 4],
                        micros[k][ROUNDS * 3 / 4],
                        median(k) / median(0),
                        (median(k) - median(0)) * 1000);
            }
        }
    }

    /** Memory that the system has not given to Java yet costs a fault of the page: the price of a start, not of a packet. */
    private static void useMemoryOnce() {
        long before = collections();
        while (collections() < before + 3) {
            used = new byte[100_000];
        }
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static void compare(List<Measured> all) throws Exception {
        all.forEach(Measured::idleBegins);
        Thread.sleep(10_000);
        all.forEach(each -> each.idleEnds(10));
        useMemoryOnce();
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            for (Measured each : all) {
                each.round(round);
            }
        }
        all.forEach(Measured::report);
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
                clients.get(clients.size() - AT_A_TIME).works.get(120, TimeUnit.SECONDS);
            }
        }
        for (End client : clients) {
            client.works.get(120, TimeUnit.SECONDS);
            client.other.works.get(120, TimeUnit.SECONDS);
        }
        Thread.sleep(2000);
        // What a program does for each connection is its own affair: one listener takes the data of all.
        End counter = clients.get(0).other;
        CountDownLatch handedOver = new CountDownLatch(1);
        serverLoop.execute(() -> {
            clients.forEach(client -> client.other.connection.handOver(counter));
            handedOver.countDown();
        });
        handedOver.await();
    }

    private static <T> T onLoop(Loop loop, java.util.function.Supplier<T> make) {
        CompletableFuture<T> made = new CompletableFuture<>();
        loop.execute(() -> made.complete(make.get()));
        return made.join();
    }

    private static double cpuMicros(long thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread) / 1e3;
    }

    /** Holds the receiver. What it has used so far is known then. */
    private static CountDownLatch hold(Receiver receiver) throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        receiver.run(() -> {
            held.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        held.await();
        return release;
    }

    /** Some packets; microseconds of CPU for each that came. */
    private static double measure(Receiver receiver, int sources, long thread, double idleMicros) throws Exception {
        CountDownLatch release = hold(receiver);
        long before = receiver.received();
        double cpu = cpuMicros(thread);
        long start = System.nanoTime();
        for (int i = 0; i < PACKETS; i += BURST) {
            int first = i;
            CountDownLatch sent = new CountDownLatch(1);
            receiver.sending(() -> {
                for (int k = 0; k < BURST; k++) {
                    receiver.send((first + k) % sources);
                }
                sent.countDown();
            });
            sent.await();
            long wanted = receiver.received() + BURST;
            long released = System.nanoTime();
            release.countDown();
            while (receiver.received() < wanted && System.nanoTime() - released < 100_000_000L) {
                LockSupport.parkNanos(50_000);
            }
            release = hold(receiver);
        }
        // Consent checks come all the time, and are handled when the receiver is let go.
        double seconds = (System.nanoTime() - start) / 1e9;
        double used = cpuMicros(thread) - cpu - idleMicros * seconds;
        long count = receiver.received() - before;
        release.countDown();
        return used / count;
    }
}
