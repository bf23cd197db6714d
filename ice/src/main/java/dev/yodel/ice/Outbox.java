package dev.yodel.ice;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What an agent has to say: datagrams and events, in order. It numbers sockets and look-ups. Bounded by what one turn of
 * the owner feeds in.
 */
final class Outbox {
    private final ArrayDeque<IceTransmit> transmits = new ArrayDeque<>();
    private final ArrayDeque<IceEvent> events = new ArrayDeque<>();
    private int lastLookupId;
    private int lastSocketId;

    void send(IceTransmit transmit) {
        transmits.add(transmit);
    }

    void tell(IceEvent event) {
        events.add(event);
    }

    @Nullable
    IceTransmit pollTransmit() {
        return transmits.poll();
    }

    @Nullable
    IceEvent pollEvent() {
        return events.poll();
    }

    /** Asks for a name; returns the look-up's id. */
    int resolve(String name) {
        lastLookupId++;
        tell(new IceEvent.ResolveName(lastLookupId, name));
        return lastLookupId;
    }

    /** A number for something that datagrams come from: a socket, or an address relayed through one. */
    int newSocketId() {
        return ++lastSocketId;
    }

    /** Asks for a UDP socket to a server; returns its id. */
    int openUdp(InetAddress local) {
        int id = newSocketId();
        tell(new IceEvent.OpenUdp(id, new InetSocketAddress(local, 0), false));
        return id;
    }

    /** Asks for the UDP socket of a host candidate. */
    void openHost(int id, InetSocketAddress local) {
        tell(new IceEvent.OpenUdp(id, local, true));
    }

    /** Asks for a stream to a server; returns its id. */
    int openStream(boolean tls, InetAddress local, InetSocketAddress remote, String hostName) {
        return openStream(tls, local, remote, hostName, null, null);
    }

    /** The same from a port that is shared with a listener of ours. */
    int openStreamFrom(InetSocketAddress port, boolean tls, InetSocketAddress remote, String hostName) {
        int id = newSocketId();
        tell(new IceEvent.OpenStream(id, tls, port, remote, tls ? hostName : null, null, null));
        return id;
    }

    /** The same through a proxy, if there is one. */
    int openStream(
            boolean tls,
            InetAddress local,
            InetSocketAddress remote,
            String hostName,
            @Nullable InetSocketAddress proxyAddress,
            @Nullable StreamProxy proxy) {
        int id = newSocketId();
        InetSocketAddress from = new InetSocketAddress(local, 0);
        tell(new IceEvent.OpenStream(id, tls, from, remote, tls ? hostName : null, proxyAddress, proxy));
        return id;
    }

    /** Asks for a stream to a peer, from any port, or from one that a listener of ours has too; returns its id. */
    int openStreamToPeer(InetSocketAddress local, InetSocketAddress remote) {
        int id = newSocketId();
        tell(new IceEvent.OpenStream(id, false, local, remote, null, null, null));
        return id;
    }

    void close(int socketId) {
        tell(new IceEvent.Close(socketId));
    }

    void dropTransmits() {
        transmits.clear();
    }
}
