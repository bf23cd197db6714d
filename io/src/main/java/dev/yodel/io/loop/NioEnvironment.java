package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Registration;
import dev.yodel.io.loop.linux.SendBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The environment over real sockets and threads. It runs no protocol; all its threads are daemons. Every method may be
 * called from any thread.
 *
 * <p>Threads: one per loop and one watchdog; up to 8 for names, {@value #WORKER_CAP} workers, as many media workers as
 * cores; for lanes as many as cores, and up to 512 while tasks of lanes block (they are virtual threads from JDK 24 on).
 */
public final class NioEnvironment implements Environment {
    /** The most worker threads; more tasks wait. */
    public static final int WORKER_CAP = 576;

    private static final long CLOSE_NANOS = 2_000_000_000L;
    private static final long LANE_GRACE_NANOS = 1_500_000_000L;
    private static final int WORKER_STACK_BYTES = 256 * 1024;

    /** Settings of an environment; each has a sensible default. Not for sharing between threads. */
    public static final class Builder {
        private int loops = Runtime.getRuntime().availableProcessors();
        private String name = "yodel";
        private boolean batchedSends;
        private boolean virtualLanes = LanePool.virtualByDefault();
        private Diagnostics diagnostics = new LoggedDiagnostics();
        private NetworkInterfaces.Source interfaces = NetworkInterfaces::readSystem;
        private NameResolver.Source names = InetAddress::getAllByName;
        private LongSupplier clock = startingAtOneSecond();

        private Builder() {}

        private static LongSupplier startingAtOneSecond() {
            // System.nanoTime may be negative or near its end; deadlines are compared as plain numbers.
            long origin = System.nanoTime() - 1_000_000_000L;
            return () -> System.nanoTime() - origin;
        }

        /**
         * How many loops there are.
         *
         * @param count 1 or more; as many as cores by default
         * @return this
         */
        public Builder loops(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("there must be one loop or more, not " + count);
            }
            loops = count;
            return this;
        }

        /**
         * What the names of all threads begin with.
         *
         * @param prefix text; {@code yodel} by default
         * @return this
         */
        public Builder name(String prefix) {
            name = prefix;
            return this;
        }

        /**
         * Who is told of failures; the log by default.
         *
         * @param receiver called from any thread
         * @return this
         */
        public Builder diagnostics(Diagnostics receiver) {
            diagnostics = receiver;
            return this;
        }

        /**
         * Whether lanes run on virtual threads where the JDK has them; by default from JDK 24 on, where a monitor no
         * longer pins the carrier.
         *
         * @param wanted true to use them from JDK 21 on
         * @return this
         */
        public Builder virtualLanes(boolean wanted) {
            virtualLanes = wanted;
            return this;
        }

        /**
         * Whether the datagrams of 200 bytes and more that a socket sends in one turn of its loop leave together, by
         * few system calls: {@code sendmmsg}, with segmentation by the kernel (UDP_SEGMENT) for those of one size to
         * one address. For relays of video, where system calls are most of the cost. It needs Linux on x86-64 or
         * ARM64 and {@code net.java.dev.jna:jna}; where one of them is missing datagrams leave one by one, and the
         * log says why. It is native code: a program that does not ask for it runs none.
         *
         * <p>{@link dev.yodel.io.UdpPort#send} then answers {@code SENT} before the system was asked; what it refused
         * in the end is in {@link LoopStats}.
         *
         * @param wanted false by default
         * @return this
         */
        public Builder batchedSends(boolean wanted) {
            batchedSends = wanted;
            return this;
        }

        Builder interfaces(NetworkInterfaces.Source source) {
            interfaces = source;
            return this;
        }

        Builder names(NameResolver.Source source) {
            names = source;
            return this;
        }

        Builder clock(LongSupplier source) {
            clock = source;
            return this;
        }

        /**
         * Opens the loops and starts their threads.
         *
         * @return a running environment, to be closed by the caller
         * @throws UncheckedIOException if the system has no selector left
         */
        public NioEnvironment start() {
            return new NioEnvironment(this);
        }
    }

    private final List<EventLoop> loops;
    private final RandomSource random = new SecureRandomSource();
    private final NetworkInterfaces interfaces;
    private final NameResolver names;
    private final ElasticPool workers;
    private final ElasticPool mediaWorkers;
    private final LanePool lanes;
    private final LoopWatchdog watchdog;
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch closed = new CountDownLatch(1);

    private NioEnvironment(Builder builder) {
        Diagnostics diagnostics = builder.diagnostics;
        List<EventLoop> opened = new ArrayList<>();
        try {
            for (int i = 0; i < builder.loops; i++) {
                SendBatch sends = builder.batchedSends ? SendBatch.open() : null;
                opened.add(new EventLoop(builder.name + "-loop-" + i, builder.clock, diagnostics, sends));
            }
        } catch (IOException e) {
            for (EventLoop loop : opened) {
                // Its thread has not run: this closes the selector here.
                loop.close();
                loop.run();
            }
            throw new UncheckedIOException("cannot open a selector", e);
        }
        loops = List.copyOf(opened);
        interfaces = new NetworkInterfaces(builder.interfaces);
        names = new NameResolver(builder.name + "-dns", builder.names, diagnostics);
        workers = new ElasticPool(builder.name + "-worker", WORKER_CAP, WORKER_STACK_BYTES, diagnostics);
        mediaWorkers =
                new ElasticPool(builder.name + "-media", Runtime.getRuntime().availableProcessors(), 0, diagnostics);
        lanes = new LanePool(builder.name + "-lane", builder.virtualLanes, diagnostics);
        watchdog = new LoopWatchdog(builder.name + "-watchdog", loops, lanes, interfaces, diagnostics);
        loops.forEach(EventLoop::start);
        watchdog.start();
    }

    /**
     * Settings to start from.
     *
     * @return a fresh builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * An environment with all defaults: as many loops as cores, failures to the log.
     *
     * @return a running environment, to be closed by the caller
     */
    public static NioEnvironment create() {
        return builder().start();
    }

    @Override
    public List<? extends Loop> loops() {
        return loops;
    }

    @Override
    public Loop nextLoop() {
        int first = Math.floorMod(turn.getAndIncrement(), loops.size());
        EventLoop best = loops.get(first);
        for (int i = 1; i < loops.size(); i++) {
            EventLoop other = loops.get((first + i) % loops.size());
            if (other.counters().load() < best.counters().load()) {
                best = other;
            }
        }
        best.counters().assign();
        return best;
    }

    @Override
    public RandomSource random() {
        return random;
    }

    @Override
    public long wallClockMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long wallClockMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public List<NetworkAddress> networkAddresses() {
        return interfaces.addresses();
    }

    @Override
    public Registration onNetworkChange(Loop loop, Runnable listener) {
        return interfaces.watch(loop, listener);
    }

    @Override
    public void resolve(String hostName, Loop loop, ResolutionHandler handler) {
        names.resolve(hostName, loop, handler);
    }

    @Override
    public Executor workers() {
        return workers;
    }

    @Override
    public Executor mediaWorkers() {
        return mediaWorkers;
    }

    @Override
    public Lane newLane() {
        return lanes.newLane();
    }

    /**
     * What each loop has done so far.
     *
     * @return one per loop, in the order of {@link #loops()}
     */
    public List<LoopStats> loopStats() {
        return loops.stream().map(loop -> loop.counters().snapshot()).toList();
    }

    /**
     * Threads that exist now for workers, media workers and lanes; the loops and the watchdog come on top.
     *
     * @return a count
     */
    public int poolThreadCount() {
        return workers.threadCount() + mediaWorkers.threadCount() + lanes.threadCount();
    }

    /**
     * Closes sockets, stops loops and threads, and waits for them at most 2 s; tasks that waited for a worker are
     * forgotten, tasks of lanes still run, and what blocks longer is interrupted. On a thread of this environment it
     * does not wait for that thread. Closing twice is harmless: the second call waits for the first.
     */
    @Override
    public void close() {
        long deadline = System.nanoTime() + CLOSE_NANOS;
        try {
            if (closing.compareAndSet(false, true)) {
                close(deadline);
            } else if (!isOwnThread()) {
                closed.await(CLOSE_NANOS, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOwnThread() {
        return loops.stream().anyMatch(EventLoop::inLoop)
                || workers.isOwnThread()
                || mediaWorkers.isOwnThread()
                || lanes.isOwnThread();
    }

    private void close(long deadline) throws InterruptedException {
        loops.forEach(EventLoop::close);
        watchdog.close();
        names.interrupt();
        try {
            for (EventLoop loop : loops) {
                join(loop.thread(), deadline);
            }
            join(watchdog.thread(), deadline);
        } finally {
            // Only now: the last commands of a loop may give work to lanes.
            lanes.close();
            workers.interrupt();
            mediaWorkers.interrupt();
        }
        try {
            if (!lanes.awaitEnd(deadline - CLOSE_NANOS + LANE_GRACE_NANOS)) {
                lanes.interrupt();
            }
            names.awaitEnd(deadline);
            workers.awaitEnd(deadline);
            mediaWorkers.awaitEnd(deadline);
            lanes.awaitEnd(deadline);
        } finally {
            closed.countDown();
        }
    }

    private static void join(Thread thread, long deadline) throws InterruptedException {
        if (thread != Thread.currentThread()) {
            long wait = deadline - System.nanoTime();
            thread.join(Math.max(1, wait / 1_000_000));
        }
    }
}
