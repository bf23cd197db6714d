package dev.yodel.examples.call;

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
import java.util.List;
import java.util.concurrent.Executor;

/**
 * An environment whose UDP sockets swallow every RTP and RTCP packet on its way out and let all else pass: STUN and DTLS
 * set a call up, and then nothing is heard. It shows that a verdict notices. Which packets are media is told by the
 * first byte, as RFC 7983 section 7 divides them.
 */
final class MediaDroppingEnvironment implements Environment {
    private static final int FIRST_MEDIA_BYTE = 128;
    private static final int LAST_MEDIA_BYTE = 191;

    private final Environment environment;
    private final List<DroppingLoop> loops;

    MediaDroppingEnvironment(Environment environment) {
        this.environment = environment;
        loops = environment.loops().stream().map(DroppingLoop::new).toList();
    }

    @Override
    public List<? extends Loop> loops() {
        return loops;
    }

    @Override
    public Loop nextLoop() {
        final Loop next = environment.nextLoop();
        return loops.stream().filter(loop -> loop.loop == next).findFirst().orElseThrow();
    }

    private static Loop inner(Loop loop) {
        return loop instanceof DroppingLoop dropping ? dropping.loop : loop;
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

    private static final class DroppingLoop implements Loop {
        private final Loop loop;

        DroppingLoop(Loop loop) {
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
            return new DroppingPort(loop.openUdp(local, handler));
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

    private static final class DroppingPort implements UdpPort {
        private final UdpPort port;

        DroppingPort(UdpPort port) {
            this.port = port;
        }

        @Override
        public InetSocketAddress localAddress() {
            return port.localAddress();
        }

        @Override
        public SendResult send(byte[] data, int offset, int length, InetSocketAddress remote) {
            final int first = length == 0 ? 0 : data[offset] & 0xFF;
            if (first >= FIRST_MEDIA_BYTE && first <= LAST_MEDIA_BYTE) {
                return SendResult.SENT;
            }
            return port.send(data, offset, length, remote);
        }

        @Override
        public void close() {
            port.close();
        }
    }
}
