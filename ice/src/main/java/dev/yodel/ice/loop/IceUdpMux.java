package dev.yodel.ice.loop;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import dev.yodel.io.loop.UdpMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One UDP port for all connections of a loop: which connection is a datagram for? A check says it by its user fragment, an
 * answer by its transaction, and data by its sender, once that has proved to be a connection's peer. It authenticates
 * nothing itself. The port is bound once per local address. Loop thread only.
 */
public final class IceUdpMux implements AutoCloseable {
    private static final int MOST_TRANSACTIONS = 16_384;

    private final Loop loop;
    private final int port;
    private final Map<InetAddress, Shared> byAddress = new HashMap<>();
    private final Map<String, Object> byUfrag = new HashMap<>();
    private final Map<Object, ArrayDeque<String>> namesOf = new HashMap<>();
    private long unknown;

    /** One bound socket, and each connection's share of it. */
    private final class Shared {
        final Map<Object, Share> shares = new HashMap<>();
        final Map<TransactionId, Share> underWay = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<TransactionId, Share> eldest) {
                return size() > MOST_TRANSACTIONS;
            }
        };
        final UdpMux mux;

        Shared(InetAddress local) throws IOException {
            mux = UdpMux.open(
                    loop, new InetSocketAddress(local, port), IceUdpMux::isNoData, datagram -> find(this, datagram));
        }
    }

    /** A connection's port. */
    private static final class Share implements UdpPort {
        final Shared shared;
        final Object connection;
        final UdpPort port;

        Share(Shared shared, Object connection, UdpPort.Handler handler) {
            this.shared = shared;
            this.connection = connection;
            // The handler itself: every object between costs a datagram a line of memory.
            this.port = shared.mux.newPort(handler);
        }

        @Override
        public InetSocketAddress localAddress() {
            return port.localAddress();
        }

        @Override
        public SendResult send(byte[] data, int offset, int length, InetSocketAddress remote) {
            if (length >= StunMessage.HEADER_LENGTH && data[offset] == 0 && data[offset + 1] == 1) {
                shared.underWay.put(TransactionId.read(data, offset + 8), this);
            }
            return port.send(data, offset, length, remote);
        }

        @Override
        public int longestWhole(InetSocketAddress remote) {
            return port.longestWhole(remote);
        }

        @Override
        public void close() {
            shared.shares.remove(connection);
            shared.underWay.values().removeIf(share -> share == this);
            port.close();
        }
    }

    /**
     * Binds nothing yet.
     *
     * @param loop where it and all its connections live
     * @param port 1 to 65535
     */
    public IceUdpMux(Loop loop, int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
        this.loop = loop;
        this.port = port;
    }

    /** A connection's share of the port on one address of ours. */
    UdpPort open(Object connection, InetAddress local, UdpPort.Handler handler) throws IOException {
        Shared shared = byAddress.get(local);
        if (shared == null || shared.mux.isClosed()) {
            shared = new Shared(local);
            byAddress.put(local, shared);
        }
        Share share = new Share(shared, connection, handler);
        shared.shares.put(connection, share);
        return share;
    }

    /** Checks with this user fragment are for a connection, and those with the one before it. */
    void name(Object connection, String ufrag) {
        ArrayDeque<String> names = namesOf.computeIfAbsent(connection, unseen -> new ArrayDeque<>(2));
        if (names.size() == 2) {
            byUfrag.remove(names.removeFirst());
        }
        names.add(ufrag);
        byUfrag.put(ufrag, connection);
    }

    /** Whether a port is a connection's share of this one. */
    boolean shares(UdpPort port) {
        return port instanceof Share;
    }

    /**
     * The sender has proved to be the connection's peer: data that comes from there goes to a receiver.
     *
     * @throws IllegalArgumentException if the port is no share of this one
     */
    UdpMux.Claim claim(UdpPort port, InetSocketAddress remote, UdpPort.Receiver receiver) {
        if (!(port instanceof Share share)) {
            throw new IllegalArgumentException("claim for a share of this port");
        }
        return share.shared.mux.claim(remote, share.port, receiver);
    }

    /** The connection is closed, and so are its ports. */
    void forget(Object connection) {
        ArrayDeque<String> names = namesOf.remove(connection);
        if (names != null) {
            names.forEach(byUfrag::remove);
        }
    }

    /** RFC 7983 section 7. */
    private static boolean isStun(Datagram datagram) {
        return datagram.length >= StunMessage.HEADER_LENGTH && (datagram.data[datagram.offset] & 0xFC) == 0;
    }

    /** What is not data, whoever sent it. */
    private static boolean isNoData(Datagram datagram) {
        return datagram.length == 0 || (datagram.data[datagram.offset] & 0xFC) == 0;
    }

    private @Nullable UdpPort find(Shared shared, Datagram datagram) {
        StunMessage message =
                isStun(datagram) ? StunMessage.parse(datagram.data, datagram.offset, datagram.length) : null;
        Share share = null;
        if (message != null && message.messageClass() == StunClass.REQUEST) {
            String username = message.text(StunAttribute.USERNAME);
            int colon = username == null ? -1 : username.indexOf(':');
            Object connection = username == null || colon < 0 ? null : byUfrag.get(username.substring(0, colon));
            share = connection == null ? null : shared.shares.get(connection);
        } else if (message != null && message.messageClass() != StunClass.INDICATION) {
            share = shared.underWay.remove(message.transactionId());
        }
        if (share == null) {
            unknown++;
            return null;
        }
        return share.port;
    }

    /**
     * Datagrams that named no connection.
     *
     * @return a count
     */
    public long unknown() {
        return unknown;
    }

    /**
     * Connections that have a share of the port.
     *
     * @return a count
     */
    public int connections() {
        int most = 0;
        for (Shared shared : byAddress.values()) {
            most = Math.max(most, shared.shares.size());
        }
        return most;
    }

    /** Closes the port; no handler call follows. */
    @Override
    public void close() {
        byAddress.values().forEach(shared -> shared.mux.close());
        byAddress.clear();
        byUfrag.clear();
        namesOf.clear();
    }

    @Override
    public String toString() {
        return "ICE on UDP port " + port + ", " + connections() + " connections";
    }
}
