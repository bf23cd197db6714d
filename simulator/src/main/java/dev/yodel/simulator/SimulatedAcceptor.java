package dev.yodel.simulator;

import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import java.net.InetSocketAddress;

/** A listening socket of a simulated host. */
final class SimulatedAcceptor implements StreamAcceptor {
    private static final StreamPort.Handler NOBODY = new StreamPort.Handler() {
        @Override
        public void onConnected() {}

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {}
    };

    private final SimulatedHost host;
    private final SimulatedLoop loop;
    private final InetSocketAddress local;
    private final Handler handler;
    private boolean closed;

    SimulatedAcceptor(SimulatedHost host, SimulatedLoop loop, InetSocketAddress local, Handler handler) {
        this.host = host;
        this.loop = loop;
        this.local = local;
        this.handler = handler;
    }

    @Override
    public InetSocketAddress localAddress() {
        return local;
    }

    void accept(InetSocketAddress from, StreamOpening opening) {
        SimulatedStream stream = new SimulatedStream(host, loop, local, from, NOBODY);
        host.sockets().opened(stream);
        opening.opener.acceptedBy(stream, opening);
        loop.packet(() -> {
            if (closed) {
                stream.breakOff();
                return;
            }
            try {
                stream.handler(handler.onAccepted(stream));
            } catch (Throwable e) {
                stream.drop();
                host.report(toString(), e);
            }
        });
    }

    @Override
    public void close() {
        loop.checkThread();
        drop();
    }

    void drop() {
        if (!closed) {
            closed = true;
            host.sockets().closed(this);
        }
    }

    @Override
    public String toString() {
        return "tcp listener " + Packet.text(local);
    }
}
