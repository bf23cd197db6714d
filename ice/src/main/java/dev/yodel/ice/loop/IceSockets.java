package dev.yodel.ice.loop;

import dev.yodel.ice.DataSource;
import dev.yodel.ice.IceDataPath;
import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceTransmit;
import dev.yodel.ice.StreamProxy;
import dev.yodel.io.Datagram;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.SendResult;
import dev.yodel.io.StreamAcceptor;
import dev.yodel.io.StreamPort;
import dev.yodel.io.TlsCodec;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.UdpMux;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Which socket stands for which of an agent's ids? It opens, closes and sends as it is told. Loop thread only. */
final class IceSockets {
    /** Gets what sockets have to tell. */
    interface Owner {
        void onOpened(int socketId, InetSocketAddress local);

        void onClosed(int socketId, String reason);

        /** A stream came to a listener; its id, or -1 to close it. */
        int onAccepted(int listenerId, InetSocketAddress local, InetSocketAddress remote);

        /** A datagram came; where it came from, if what follows from there may go the short way: to the data listener. */
        @Nullable
        DataSource onDatagram(int socketId, Datagram datagram);

        void onStreamBytes(int socketId, byte[] data, int offset, int length, long now);
    }

    private static final int MIN_SOCKETS = 8;
    private static final byte[] NOTHING = {};
    /** RFC 7983 section 7: what begins with 0 to 3 is STUN. */
    static final int LAST_STUN_BYTE = 3;

    private final Environment environment;
    private final Loop loop;
    private final @Nullable SSLContext trust;
    private final @Nullable IceUdpMux mux;
    private final @Nullable IceTcpMux tcpMux;
    private final Owner owner;
    private @Nullable UdpPort[] ports = new UdpPort[MIN_SOCKETS];
    private @Nullable PortHandler[] handlers = new PortHandler[MIN_SOCKETS];
    private @Nullable StreamSocket[] streams = new StreamSocket[MIN_SOCKETS];
    private final Map<Integer, Runnable> listeners = new HashMap<>();
    private IceConnection.Listener dataListener;

    /**
     * No socket yet.
     *
     * @param trust for servers over TLS, null for the JDK's default
     * @param mux the port that connections share, null if each has its own
     * @param tcpMux the same for TCP
     * @param owner called inside {@link #open}, and on the loop
     * @param dataListener gets data that the owner need not see
     */
    IceSockets(
            Environment environment,
            Loop loop,
            @Nullable SSLContext trust,
            @Nullable IceUdpMux mux,
            @Nullable IceTcpMux tcpMux,
            Owner owner,
            IceConnection.Listener dataListener) {
        this.environment = environment;
        this.loop = loop;
        this.trust = trust;
        this.mux = mux;
        this.tcpMux = tcpMux;
        this.owner = owner;
        this.dataListener = dataListener;
    }

    /** Gives data to another listener from now on. */
    void handOver(IceConnection.Listener next) {
        dataListener = next;
        for (PortHandler handler : handlers) {
            if (handler != null) {
                handler.data = next;
            }
        }
    }

    private void reserve(int socketId) {
        if (socketId >= ports.length) {
            int length = Math.max(ports.length * 2, socketId + 1);
            ports = Arrays.copyOf(ports, length);
            handlers = Arrays.copyOf(handlers, length);
            streams = Arrays.copyOf(streams, length);
        }
    }

    void open(IceEvent.OpenUdp open) {
        int id = open.socketId();
        reserve(id);
        UdpPort port;
        PortHandler handler = new PortHandler(id);
        try {
            IceUdpMux shared = mux;
            port = shared != null && open.shareable()
                    ? shared.open(owner, open.local().getAddress(), handler)
                    : loop.openUdp(open.local(), handler);
        } catch (IOException e) {
            owner.onClosed(id, "cannot open a socket on " + open.local() + ": " + e.getMessage());
            return;
        }
        ports[id] = port;
        handlers[id] = handler;
        owner.onOpened(id, port.localAddress());
    }

    void open(IceEvent.OpenStream open) {
        int id = open.socketId();
        reserve(id);
        try {
            TlsCodec tls = open.tls() ? tls(open) : null;
            StreamProxy proxy = open.proxy();
            InetSocketAddress proxyAddress = open.proxyAddress();
            ProxyHandshake handshake = proxy == null ? null : new ProxyHandshake(proxy, open.remote());
            StreamSocket stream = new StreamSocket(environment, loop, tls, handshake, new StreamOwner(id));
            streams[id] = stream;
            stream.connect(open.local(), proxyAddress == null ? open.remote() : proxyAddress);
        } catch (IOException | NoSuchAlgorithmException e) {
            streams[id] = null;
            owner.onClosed(id, "cannot connect to " + open.remote() + ": " + e.getMessage());
        }
    }

    void listen(IceEvent.Listen listen) {
        int id = listen.socketId();
        IceTcpMux shared = tcpMux;
        InetSocketAddress bound;
        try {
            if (shared != null && !listen.shared()) {
                bound = shared.open(owner, listen.local().getAddress(), (port, first) -> accept(id, port, first));
                listeners.put(id, () -> shared.leave(owner, listen.local().getAddress()));
            } else {
                StreamAcceptor.Handler taker = port -> accept(id, port, NOTHING);
                StreamAcceptor acceptor =
                        listen.shared() ? loop.listenShared(listen.local(), taker) : loop.listen(listen.local(), taker);
                listeners.put(id, acceptor::close);
                bound = acceptor.localAddress();
            }
        } catch (IOException e) {
            owner.onClosed(id, "cannot listen on " + listen.local() + ": " + e.getMessage());
            return;
        }
        owner.onOpened(id, bound);
    }

    /** A stream with what was read from it already. */
    private StreamPort.Handler accept(int listenerId, StreamPort port, byte[] first) {
        int id = owner.onAccepted(listenerId, port.localAddress(), port.remoteAddress());
        if (id < 0) {
            port.close();
            return IceTcpMux.NOBODY;
        }
        reserve(id);
        StreamSocket stream = new StreamSocket(environment, loop, null, null, new StreamOwner(id));
        streams[id] = stream;
        stream.accept(port);
        if (first.length > 0) {
            owner.onStreamBytes(id, first, 0, first.length, loop.now());
        }
        return stream;
    }

    private TlsCodec tls(IceEvent.OpenStream open) throws NoSuchAlgorithmException {
        String host = open.hostName();
        String name = host == null ? open.remote().getHostString() : host;
        SSLContext context = trust == null ? SSLContext.getDefault() : trust;
        return TlsCodec.client(context, name, open.remote().getPort());
    }

    void close(int socketId) {
        Runnable listener = listeners.remove(socketId);
        if (listener != null) {
            listener.run();
            return;
        }
        if (socketId >= ports.length) {
            return;
        }
        UdpPort port = ports[socketId];
        if (port != null) {
            port.close();
            ports[socketId] = null;
            handlers[socketId] = null;
        }
        StreamSocket stream = streams[socketId];
        if (stream != null) {
            stream.close();
            streams[socketId] = null;
        }
    }

    /** Another generation begins: requests for it come under this name. */
    void name(String ufrag) {
        IceTcpMux streamsShared = tcpMux;
        if (streamsShared != null) {
            streamsShared.name(owner, ufrag);
        }
        IceUdpMux shared = mux;
        if (shared != null) {
            shared.name(owner, ufrag);
        }
    }

    /** Somebody at an address has proved to be our peer: what comes from there is ours. */
    void claim(int socketId, InetSocketAddress remote, IceDataPath path) {
        UdpPort port = mux == null || socketId >= ports.length ? null : ports[socketId];
        DataSource known = port == null || mux == null || !mux.shares(port) ? null : path.source(socketId, remote);
        if (port == null || mux == null || known == null) {
            return;
        }
        if (known instanceof PeerSource mine && mine.isHeld()) {
            mine.handTo(dataListener);
            return;
        }
        UdpMux.Claim claim = mux.claim(port, remote, dataListener);
        if (known instanceof PeerSource mine) {
            mine.goOnWith(claim);
        } else {
            path.adopt(socketId, remote, new PeerSource(claim));
        }
    }

    /** What the agent wants sent: full or refused, it is repeated by the agent's own timers. */
    void send(IceTransmit transmit) {
        byte[] data = transmit.data();
        send(transmit.socketId(), data, 0, data.length, transmit.remote(), StreamSocket.MOST_CONTROL_BYTES);
    }

    /** Data, which is dropped rather than kept. */
    SendResult sendData(int socketId, byte[] data, int offset, int length, InetSocketAddress remote) {
        return send(socketId, data, offset, length, remote, StreamSocket.MOST_DATA_BYTES);
    }

    /** Nearly everything goes to one address from now on, or to no such address any more. */
    void prefer(int socketId, @Nullable InetSocketAddress remote) {
        UdpPort port = socketId >= 0 && socketId < ports.length ? ports[socketId] : null;
        if (port != null) {
            port.prefer(remote);
        }
    }

    int longestWhole(int socketId, InetSocketAddress remote) {
        UdpPort port = socketId < ports.length ? ports[socketId] : null;
        return port == null ? 0 : port.longestWhole(remote);
    }

    private SendResult send(
            int socketId, byte[] data, int offset, int length, InetSocketAddress remote, int mostWaiting) {
        UdpPort port = socketId < ports.length ? ports[socketId] : null;
        if (port != null) {
            return port.send(data, offset, length, remote);
        }
        StreamSocket stream = socketId < streams.length ? streams[socketId] : null;
        return stream == null ? SendResult.REFUSED : stream.send(data, offset, length, mostWaiting);
    }

    void close() {
        for (int id = 0; id < ports.length; id++) {
            close(id);
        }
        List.copyOf(listeners.values()).forEach(Runnable::run);
        listeners.clear();
        IceTcpMux streamsShared = tcpMux;
        if (streamsShared != null) {
            streamsShared.forget(owner);
        }
        IceUdpMux shared = mux;
        if (shared != null) {
            shared.forget(owner);
        }
    }

    /** What comes to a socket of ours, and to a share of a port from an address that is not known to be our peer's. */
    private final class PortHandler implements UdpPort.Handler {
        private final int socketId;
        private final Owner to = owner;
        private IceConnection.Listener data = dataListener;
        private @Nullable DataSource source;
        /** The very object that the source was last heard as: to compare addresses is what this saves. */
        private @Nullable InetSocketAddress heardAs;

        PortHandler(int socketId) {
            this.socketId = socketId;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // meant: a socket gives the same object while the sender is the same
        public void onDatagram(Datagram datagram) {
            DataSource known = source;
            if (known != null
                    && datagram.remote == heardAs
                    && datagram.length > 0
                    && (datagram.data[datagram.offset] & 0xFF) > LAST_STUN_BYTE
                    && known.takes(datagram.length, datagram.receivedNanos)) {
                data.onDatagram(datagram);
            } else {
                source = to.onDatagram(socketId, datagram);
                heardAs = datagram.remote;
            }
        }

        @Override
        public void onClosed(String reason) {
            UdpPort gone = ports[socketId];
            if (gone != null) {
                // Already closed, but a share of a port is still to be given back.
                ports[socketId] = null;
                handlers[socketId] = null;
                gone.close();
            }
            owner.onClosed(socketId, reason);
        }
    }

    private final class StreamOwner implements StreamSocket.Owner {
        private final int socketId;

        StreamOwner(int socketId) {
            this.socketId = socketId;
        }

        @Override
        public void onOpened(InetSocketAddress local) {
            owner.onOpened(socketId, local);
        }

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {
            owner.onStreamBytes(socketId, data, offset, length, now);
        }

        @Override
        public void onClosed(String reason) {
            streams[socketId] = null;
            owner.onClosed(socketId, reason);
        }
    }
}
