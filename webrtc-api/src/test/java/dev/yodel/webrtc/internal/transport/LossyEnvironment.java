package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Environment;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Registration;
import dev.yodel.io.SendResult;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;

/** A real environment whose UDP sockets lose chosen datagrams: the n-th that they send, all sockets counted together. */
final class LossyEnvironment implements Environment {
    private final Environment real;
    private final Loop loop;
    private final BitSet lost;
    private int sent;

    LossyEnvironment(Environment real, Loop loop, BitSet lost) {
        this.real = real;
        this.loop = new LossyLoop(loop);
        this.lost = lost;
    }

    Loop loop() {
        return loop;
    }

    /** How many datagrams were sent, the lost ones included. Loop thread. */
    int sent() {
        return sent;
    }

    @Override
    public List<? extends Loop> loops() {
        return List.of(loop);
    }

    @Override
    public Loop nextLoop() {
        return loop;
    }

    @Override
    public RandomSource random() {
        return real.random();
    }

    @Override
    public long wallClockMillis() {
        return real.wallClockMillis();
    }

    @Override
    public List<NetworkAddress> networkAddresses() {
        return real.networkAddresses();
    }

    @Override
    public Registration onNetworkChange(Loop on, Runnable listener) {
        return real.onNetworkChange(on, listener);
    }

    @Override
    public void resolve(String hostName, Loop on, ResolutionHandler handler) {
        real.resolve(hostName, on, handler);
    }

    @Override
    public Executor workers() {
        return real.workers();
    }

    @Override
    public Executor mediaWorkers() {
        return real.mediaWorkers();
    }

    @Override
    public Lane newLane() {
        return real.newLane();
    }

    @Override
    public void close() {
        // The real environment belongs to the test.
    }

    private final class LossyLoop implements Loop {
        private final Loop inner;

        LossyLoop(Loop inner) {
            this.inner = inner;
        }

        @Override
        public long now() {
            return inner.now();
        }

        @Override
        public boolean inLoop() {
            return inner.inLoop();
        }

        @Override
        public void execute(Runnable command) {
            inner.execute(command);
        }

        @Override
        public void atEndOfTurn(Runnable drain) {
            inner.atEndOfTurn(drain);
        }

        @Override
        public LoopTimer newTimer(Runnable onDeadline) {
            return inner.newTimer(onDeadline);
        }

        @Override
        public UdpPort openUdp(InetSocketAddress local, UdpPort.Handler handler) throws IOException {
            return new LossyPort(inner.openUdp(local, handler));
        }

        @Override
        public UdpPort openMulticast(InetSocketAddress group, NetworkAddress on, UdpPort.Handler handler)
                throws IOException {
            return inner.openMulticast(group, on, handler);
        }

        @Override
        public StreamPort connect(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
                throws IOException {
            return inner.connect(local, remote, handler);
        }

        @Override
        public StreamAcceptor listen(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
            return inner.listen(local, handler);
        }

        @Override
        public StreamPort connectShared(InetSocketAddress local, InetSocketAddress remote, StreamPort.Handler handler)
                throws IOException {
            return inner.connectShared(local, remote, handler);
        }

        @Override
        public StreamAcceptor listenShared(InetSocketAddress local, StreamAcceptor.Handler handler) throws IOException {
            return inner.listenShared(local, handler);
        }
    }

    private final class LossyPort implements UdpPort {
        private final UdpPort inner;

        LossyPort(UdpPort inner) {
            this.inner = inner;
        }

        @Override
        public InetSocketAddress localAddress() {
            return inner.localAddress();
        }

        @Override
        public SendResult send(byte[] data, int offset, int length, InetSocketAddress remote) {
            if (lost.get(sent++)) {
                return SendResult.SENT;
            }
            return inner.send(data, offset, length, remote);
        }

        @Override
        public int longestWhole(InetSocketAddress remote) {
            return inner.longestWhole(remote);
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
