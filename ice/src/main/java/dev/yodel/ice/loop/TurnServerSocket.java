package dev.yodel.ice.loop;

import dev.yodel.ice.turn.TurnServer;
import dev.yodel.ice.turn.TurnServerCounters;
import dev.yodel.ice.turn.TurnServerEvent;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.ice.turn.TurnTransmit;
import dev.yodel.io.Datagram;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import dev.yodel.io.TlsCodec;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TurnServer} with the sockets of a {@link Loop}: a STUN and TURN server over UDP, TCP and TLS that a program
 * can carry with it. It decides nothing itself, and has no address until it is told to listen. Loop thread only; the
 * listener is called on the loop, from the drain at the end of a turn or from {@link #close}.
 */
public final class TurnServerSocket implements AutoCloseable {
    /** Hears what happens. Called on the loop. */
    public interface Listener {
        /**
         * A client has got a relay.
         *
         * @param event who, and what
         */
        default void onAllocated(TurnServerEvent.Allocated event) {}

        /**
         * A client's relay is gone.
         *
         * @param event who, why, and what it has relayed
         */
        default void onReleased(TurnServerEvent.Released event) {}

        /**
         * A listening socket was lost, for example with its interface.
         *
         * @param local where it was
         * @param reason in words
         */
        default void onListenerLost(InetSocketAddress local, String reason) {}
    }

    /** One UDP socket of ours, for clients or for peers. */
    private final class Socket implements UdpPort.Handler {
        private int socketId;
        private final boolean relay;
        private @Nullable UdpPort port;

        Socket(boolean relay) {
            this.relay = relay;
        }

        @Override
        public void onDatagram(Datagram datagram) {
            core.handleDatagram(socketId, datagram.remote, datagram.data, datagram.offset, datagram.length, inputAt());
        }

        @Override
        public void onClosed(String reason) {
            UdpPort lost = port;
            sockets.remove(socketId);
            if (relay) {
                core.handleRelayClosed(socketId);
                loop.atEndOfTurn(drain);
            } else if (lost != null) {
                listener.onListenerLost(lost.localAddress(), reason);
            }
        }
    }

    private final Environment environment;
    private final Loop loop;
    private final Listener listener;
    private final TurnServer core;
    private final LoopTimer timer;
    private final Runnable drain = this::drain;
    private final Map<Integer, Socket> sockets = new HashMap<>();
    private final Map<Integer, TurnServerStream> streams = new HashMap<>();
    private final List<StreamAcceptor> acceptors = new ArrayList<>();
    private long clockToldAt;
    private boolean draining;
    private boolean closed;

    /**
     * A server that listens nowhere yet.
     *
     * @param environment for randomness, time of day and workers
     * @param loop where it lives
     * @param options options
     * @param listener hears what happens
     */
    public TurnServerSocket(Environment environment, Loop loop, TurnServerOptions options, Listener listener) {
        this.environment = environment;
        this.loop = loop;
        this.listener = listener;
        core = new TurnServer(options, environment.random());
        core.handleWallClock(environment.wallClockMillis());
        clockToldAt = loop.now();
        timer = loop.newTimer(this::onTimer);
    }

    /**
     * Serves clients on a UDP port.
     *
     * @param local a concrete address, not the wildcard; port 0 chooses one
     * @return where it listens
     * @throws IOException if the address is not ours or the port is taken
     */
    public InetSocketAddress listenUdp(InetSocketAddress local) throws IOException {
        requireOpen();
        Socket socket = new Socket(false);
        UdpPort port = loop.openUdp(local, socket);
        socket.port = port;
        socket.socketId = core.addUdpListener(port.localAddress());
        sockets.put(socket.socketId, socket);
        return port.localAddress();
    }

    /**
     * Serves clients on a TCP port.
     *
     * @param local a concrete address, not the wildcard; port 0 chooses one
     * @return where it listens
     * @throws IOException if the address is not ours or the port is taken
     */
    public InetSocketAddress listenTcp(InetSocketAddress local) throws IOException {
        return listen(local, null);
    }

    /**
     * Serves clients on a TLS port.
     *
     * @param local a concrete address, not the wildcard; port 0 chooses one
     * @param context the server's key and certificates
     * @return where it listens
     * @throws IOException if the address is not ours or the port is taken
     */
    public InetSocketAddress listenTls(InetSocketAddress local, SSLContext context) throws IOException {
        return listen(local, context);
    }

    private InetSocketAddress listen(InetSocketAddress local, @Nullable SSLContext context) throws IOException {
        requireOpen();
        StreamAcceptor acceptor = loop.listen(local, stream -> accept(stream, context));
        acceptors.add(acceptor);
        return acceptor.localAddress();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this TURN server was closed; make another");
        }
    }

    private StreamPort.Handler accept(StreamPort port, @Nullable SSLContext context) {
        int socketId = core.addStream(port.localAddress(), port.remoteAddress(), inputAt());
        if (socketId < 0) {
            port.close();
            return TurnServerStream.REFUSED;
        }
        TurnServerStream stream =
                new TurnServerStream(this, socketId, port, context == null ? null : TlsCodec.server(context));
        streams.put(socketId, stream);
        stream.start();
        return stream;
    }

    /** Something comes in now: the core must know the time of day, and is drained at the end of the turn. */
    private long inputAt() {
        long now = loop.now();
        if (now - clockToldAt >= Time.SECOND) {
            clockToldAt = now;
            core.handleWallClock(environment.wallClockMillis());
        }
        loop.atEndOfTurn(drain);
        return now;
    }

    void handleStreamBytes(int socketId, byte[] data, int offset, int length) {
        core.handleStreamBytes(socketId, data, offset, length, inputAt());
    }

    void handleStreamClosed(int socketId) {
        if (streams.remove(socketId) != null) {
            core.handleStreamClosed(socketId);
            loop.atEndOfTurn(drain);
        }
    }

    /** Runs what takes long elsewhere, then goes on here. */
    void work(Runnable task, Runnable then) {
        environment.workers().execute(() -> {
            task.run();
            try {
                loop.execute(then);
            } catch (RejectedExecutionException environmentClosed) {
                // Its sockets are gone, too.
            }
        });
    }

    private void onTimer() {
        core.handleTimeout(inputAt());
    }

    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            boolean more = true;
            while (more) {
                more = drainEvents();
                more |= drainTransmits();
            }
        } finally {
            draining = false;
        }
        if (!closed) {
            timer.set(core.nextTimeout());
        }
    }

    private boolean drainEvents() {
        boolean any = false;
        for (TurnServerEvent event = core.pollEvent(); event != null; event = core.pollEvent()) {
            any = true;
            handle(event);
        }
        return any;
    }

    private void handle(TurnServerEvent event) {
        if (event instanceof TurnServerEvent.OpenRelay open) {
            openRelay(open);
        } else if (event instanceof TurnServerEvent.CloseRelay close) {
            Socket socket = sockets.remove(close.socketId());
            if (socket != null && socket.port != null) {
                socket.port.close();
            }
        } else if (event instanceof TurnServerEvent.CloseStream close) {
            TurnServerStream stream = streams.remove(close.socketId());
            if (stream != null) {
                stream.end();
            }
        } else if (event instanceof TurnServerEvent.Allocated allocated) {
            listener.onAllocated(allocated);
        } else if (event instanceof TurnServerEvent.Released released) {
            listener.onReleased(released);
        }
    }

    private void openRelay(TurnServerEvent.OpenRelay open) {
        Socket socket = new Socket(true);
        socket.socketId = open.socketId();
        UdpPort port;
        try {
            port = loop.openUdp(open.local(), socket);
        } catch (IOException taken) {
            core.handleRelayRefused(open.socketId(), loop.now());
            return;
        }
        socket.port = port;
        sockets.put(open.socketId(), socket);
        core.handleRelayOpened(open.socketId(), port.localAddress(), loop.now());
    }

    private boolean drainTransmits() {
        boolean any = false;
        for (TurnTransmit out = core.pollTransmit(); out != null; out = core.pollTransmit()) {
            any = true;
            InetSocketAddress remote = out.remote();
            if (remote == null) {
                TurnServerStream stream = streams.get(out.socketId());
                if (stream != null) {
                    stream.write(out.data(), out.offset(), out.length(), out.isRelayed());
                }
            } else {
                Socket socket = sockets.get(out.socketId());
                if (socket != null && socket.port != null) {
                    // A full buffer or a refusal is a lost datagram, as anywhere on the way.
                    socket.port.send(out.data(), out.offset(), out.length(), remote);
                }
            }
        }
        return any;
    }

    /**
     * What the server did, refused and dropped.
     *
     * @return the live counters
     */
    public TurnServerCounters counters() {
        return core.counters();
    }

    /**
     * Allocations at the moment.
     *
     * @return count
     */
    public int allocationCount() {
        return core.allocationCount();
    }

    /** Ends all allocations and closes all sockets. Closing twice is harmless. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        acceptors.forEach(StreamAcceptor::close);
        core.close();
        drain();
        for (Socket socket : List.copyOf(sockets.values())) {
            if (socket.port != null) {
                socket.port.close();
            }
        }
        sockets.clear();
        for (TurnServerStream stream : List.copyOf(streams.values())) {
            stream.end();
        }
        streams.clear();
        timer.close();
    }

    @Override
    public String toString() {
        return "TurnServerSocket[" + core + "]";
    }
}
