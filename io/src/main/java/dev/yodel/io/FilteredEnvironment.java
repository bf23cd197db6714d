package dev.yodel.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Another environment but for one thing: what its UDP sockets send passes a filter first. For programs and tests that lose,
 * count or look at datagrams on a real network. Multicast and TCP are not filtered, nor is what comes in. Threads,
 * loops and time are those of the other environment; closing this one closes that one.
 */
public final class FilteredEnvironment implements Environment {
    /** Decides about each datagram before it is sent. */
    @FunctionalInterface
    public interface Filter {
        /**
         * Whether a datagram is sent. Called on the socket's loop; of several loops, several may call at once.
         *
         * @param data borrowed for the call, not to be changed
         * @param offset first byte
         * @param length count of bytes
         * @param remote where to
         * @return false to lose it: the sender is told that it was sent
         */
        boolean passes(byte[] data, int offset, int length, InetSocketAddress remote);
    }

    private final Environment environment;
    private final Filter filter;
    private final List<FilteredLoop> loops = new ArrayList<>();

    /**
     * Filters what an environment sends.
     *
     * @param environment what does the work; it is not to be used beside this one
     * @param filter sees each datagram
     */
    public FilteredEnvironment(Environment environment, Filter filter) {
        this.environment = environment;
        this.filter = filter;
        for (Loop loop : environment.loops()) {
            loops.add(new FilteredLoop(loop));
        }
    }

    @Override
    public List<? extends Loop> loops() {
        return loops;
    }

    @Override
    public Loop nextLoop() {
        Loop next = environment.nextLoop();
        for (FilteredLoop loop : loops) {
            if (loop.loop == next) {
                return loop;
            }
        }
        throw new IllegalStateException("the environment has a loop that it did not list");
    }

    private static Loop inner(Loop loop) {
        return loop instanceof FilteredLoop filtered ? filtered.loop : loop;
    }

    @Override
    public RandomSource random() {
        return environment.random();
    }

    @Override
    public long wallClockMillis() {
        return environment.wallClockMillis();
    }

    @Override
    public long wallClockMicros() {
        return environment.wallClockMicros();
    }

    @Override
    public List<NetworkAddress> networkAddresses() {
        return environment.networkAddresses();
    }

    @Override
    public Registration onNetworkChange(Loop loop, Runnable listener) {
        return environment.onNetworkChange(inner(loop), listener);
    }

    @Override
    public void resolve(String hostName, Loop loop, ResolutionHandler handler) {
        environment.resolve(hostName, inner(loop), handler);
    }

    @Override
    public Executor workers() {
        return environment.workers();
    }

    @Override
    public Executor mediaWorkers() {
        return environment.mediaWorkers();
    }

    @Override
    public Lane newLane() {
        return environment.newLane();
    }

    @Override
    public void close() {
        environment.close();
    }

    private final class FilteredLoop implements Loop {
        private final Loop loop;

        FilteredLoop(Loop loop) {
            this.loop = loop;
        }

        @Override
        public long now() {
            return loop.now();
        }

        @Override
        public boolean inLoop() {
            return loop.inLoop();
        }

        @Override
        public void execute(Runnable command) {
            loop.execute(command);
        }

        @Override
        public void atEndOfTurn(Runnable drain) {
            loop.atEndOfTurn(drain);
        }

        @Override
        public LoopTimer newTimer(Runnable onDeadline) {
            return loop.newTimer(onDeadline);
        }

        @Override
        public UdpPort openUdp(InetSocketAddress local, UdpPort.Handler handler) throws IOException {
            return new FilteredPort(loop.openUdp(local, handler));
        }

        @Override
        public UdpPort openMulticast(InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler)
                throws IOException {
            return loop.openMulticast(group, on, handler);
        }

        @Override
        public StreamPort connect(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
                throws IOException {
            return loop.connect(local, remote, handler);
        }

        @Override
        public StreamAcceptor listen(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
            return loop.listen(local, handler);
        }

        @Override
        public StreamPort connectShared(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
                throws IOException {
            return loop.connectShared(local, remote, handler);
        }

        @Override
        public StreamAcceptor listenShared(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
            return loop.listenShared(local, handler);
        }
    }

    private final class FilteredPort implements UdpPort {
        private final UdpPort port;

        FilteredPort(UdpPort port) {
            this.port = port;
        }

        @Override
        public InetSocketAddress localAddress() {
            return port.localAddress();
        }

        @Override
        public SendResult send(byte[] data, int offset, int length, InetSocketAddress remote) {
            return filter.passes(data, offset, length, remote)
                    ? port.send(data, offset, length, remote)
                    : SendResult.SENT;
        }

        @Override
        public int longestWhole(InetSocketAddress remote) {
            return port.longestWhole(remote);
        }

        @Override
        public void serves(int connections) {
            port.serves(connections);
        }

        @Override
        public void prefer(@Nullable InetSocketAddress remote) {
            port.prefer(remote);
        }

        @Override
        public void close() {
            port.close();
        }
    }
}
