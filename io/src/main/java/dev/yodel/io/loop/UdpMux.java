package dev.yodel.io.loop;

import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One UDP socket for many connections of one loop: each has a {@link UdpPort} of its own, and a datagram goes to the one
 * that claimed its remote address. It authenticates nobody: a datagram from an unclaimed address goes to a hook that may
 * look inside (for a STUN username) and name a port, and what to claim is the owners' decision. Loop thread only; on any
 * loop, also a simulated one.
 */
public final class UdpMux implements AutoCloseable {
    /** Remote addresses that one port may hold; claiming more lets go of its oldest. */
    public static final int MOST_REMOTES_PER_PORT = 256;

    /** Who gets a datagram from an address that nobody claimed? */
    @FunctionalInterface
    public interface UnknownSource {
        /**
         * Decides about one datagram.
         *
         * @param datagram borrowed until the end of this turn's drain
         * @return a port of this mux that gets it, now only; null drops it
         */
        @Nullable
        UdpPort onUnknown(Datagram datagram);
    }

    private final Loop loop;
    private final UnknownSource unknown;
    private final Predicate<Datagram> askFirst;
    private final AddressTable<Claim> routes = new AddressTable<>();
    private final Set<Port> ports = new LinkedHashSet<>();
    private final UdpPort socket;
    /** Where the senders of the datagrams that come next stand in the table; {@link #place}. */
    private int[] places = new int[UdpSocket.MOST_AT_ONCE];

    private int placed;
    private int placesUsed;
    private int placedAt;

    private long dropped;
    private boolean closed;

    private UdpMux(Loop loop, InetSocketAddress local, Predicate<Datagram> askFirst, UnknownSource unknown)
            throws IOException {
        this.loop = loop;
        this.askFirst = askFirst;
        this.unknown = unknown;
        this.socket = loop.openUdp(local, new UdpPort.Handler() {
            @Override
            public void onDatagram(Datagram datagram) {
                dispatch(datagram);
            }

            @Override
            public void lookAhead(Datagram[] datagrams, int from, int to) {
                placeAll(datagrams, from, to);
            }

            @Override
            public void onClosed(String reason) {
                lost(reason);
            }
        });
    }

    /**
     * Binds the socket.
     *
     * @param loop where it and all its connections live
     * @param local a concrete address; port 0 chooses one
     * @param unknown asked about datagrams from unclaimed addresses
     * @return the open mux
     * @throws IOException if the address is not ours, the port is taken, or the system refuses
     */
    public static UdpMux open(Loop loop, InetSocketAddress local, UnknownSource unknown) throws IOException {
        return new UdpMux(loop, local, datagram -> false, unknown);
    }

    /**
     * Binds the socket; some datagrams say themselves whom they are for, whoever has claimed their sender.
     *
     * @param loop where it and all its connections live
     * @param local a concrete address; port 0 chooses one
     * @param askFirst which datagrams the hook is asked about before claims are looked at
     * @param unknown asked about those, and about datagrams from unclaimed addresses
     * @return the open mux
     * @throws IOException if the address is not ours, the port is taken, or the system refuses
     */
    public static UdpMux open(Loop loop, InetSocketAddress local, Predicate<Datagram> askFirst, UnknownSource unknown)
            throws IOException {
        return new UdpMux(loop, local, askFirst, unknown);
    }

    /**
     * The address that all ports share.
     *
     * @return address and port
     */
    public InetSocketAddress localAddress() {
        return socket.localAddress();
    }

    /**
     * A port for one more connection. It claims nothing at first.
     *
     * @param handler gets its datagrams
     * @return a port; closing it gives back what it claimed and leaves the socket open
     */
    public UdpPort newPort(UdpPort.Handler handler) {
        Port port = new Port(handler);
        ports.add(port);
        socket.serves(ports.size());
        return port;
    }

    /**
     * Gives all further datagrams from an address to a port, whoever had it before. Claim only what was authenticated.
     *
     * @param remote an address and port
     * @param port a port of this mux that is open
     * @return the claim
     * @throws IllegalArgumentException if it is not
     */
    public Claim claim(InetSocketAddress remote, UdpPort port) {
        Port mine = mine(port);
        return claim(remote, mine, mine.handler);
    }

    /**
     * Gives all further datagrams from an address to a receiver, whoever had it before, but those that are asked
     * about first: whom these name gets them, and the port's own handler if they name nobody. Claim only what was
     * authenticated.
     *
     * @param remote an address and port
     * @param port a port of this mux that is open: closing it gives the address back, and a failure of the receiver
     *     closes it
     * @param receiver gets the datagrams of this address
     * @return the claim
     * @throws IllegalArgumentException if the port is none of this mux or closed
     */
    public Claim claim(InetSocketAddress remote, UdpPort port, UdpPort.Receiver receiver) {
        return claim(remote, mine(port), receiver);
    }

    private Port mine(UdpPort port) {
        if (!(port instanceof Port mine) || !ports.contains(mine)) {
            throw new IllegalArgumentException("claim for an open port that newPort of this mux has returned");
        }
        return mine;
    }

    private Claim claim(InetSocketAddress remote, Port mine, UdpPort.Receiver receiver) {
        release(remote);
        Claim claim = new Claim(remote, mine);
        routes.put(remote, claim, receiver);
        mine.remotes.add(remote);
        if (mine.remotes.size() > MOST_REMOTES_PER_PORT) {
            release(mine.remotes.iterator().next());
        }
        return claim;
    }

    /**
     * Lets go of an address: its datagrams go to the hook again.
     *
     * @param remote an address and port
     */
    public void release(InetSocketAddress remote) {
        int place = routes.find(remote);
        if (place >= 0) {
            routes.valueAt(place).settle(place);
            Claim before = routes.remove(remote);
            if (before != null) {
                before.port.remotes.remove(remote);
            }
        }
    }

    /**
     * Addresses that are claimed.
     *
     * @return a count
     */
    public int claims() {
        return routes.size();
    }

    /**
     * Datagrams that nobody wanted.
     *
     * @return a count
     */
    public long dropped() {
        return dropped;
    }

    /** Looks all senders up that were read together, so that what is out of the caches comes side by side. */
    private void placeAll(Datagram[] datagrams, int from, int to) {
        int count = to - from;
        if (places.length < count) {
            places = new int[count];
        }
        routes.findAll(datagrams, from, to, places);
        placed = count;
        placesUsed = 0;
        placedAt = routes.changes();
    }

    /** The sender's place in the table; -1 if nobody has claimed it. */
    private int place(Datagram datagram) {
        return placesUsed < placed && placedAt == routes.changes()
                ? places[placesUsed++]
                : routes.find(datagram.remote);
    }

    private void dispatch(Datagram datagram) {
        int place = place(datagram);
        if (place < 0 || asksFirst(datagram)) {
            dispatchAsked(datagram);
            return;
        }
        // Nothing else that belongs to the address is looked at: it would be one more line of memory.
        routes.count(place, datagram.length, datagram.receivedNanos);
        UdpPort.Receiver receiver = routes.receiverAt(place);
        try {
            receiver.onDatagram(datagram);
        } catch (Throwable e) {
            // As with a socket of its own: the handler loses its port, the others keep theirs.
            report(e);
            int now = routes.find(datagram.remote);
            if (now >= 0 && routes.receiverAt(now) == receiver) {
                routes.valueAt(now).port.lost("its handler failed: " + e);
            }
        }
    }

    /** A datagram that says itself whom it is for, or whose sender nobody has claimed. */
    private void dispatchAsked(Datagram datagram) {
        Port port = ask(datagram);
        if (port == null) {
            int place = routes.find(datagram.remote);
            port = place < 0 ? null : routes.valueAt(place).port;
        }
        if (port == null) {
            dropped++;
            return;
        }
        try {
            port.handler.onDatagram(datagram);
        } catch (Throwable e) {
            report(e);
            port.lost("its handler failed: " + e);
        }
    }

    private boolean asksFirst(Datagram datagram) {
        try {
            return askFirst.test(datagram);
        } catch (Throwable e) {
            report(e);
            return false;
        }
    }

    /** The port that the hook names, if it is one of ours. */
    private @Nullable Port ask(Datagram datagram) {
        try {
            return unknown.onUnknown(datagram) instanceof Port mine && ports.contains(mine) ? mine : null;
        } catch (Throwable e) {
            report(e);
            return null;
        }
    }

    /**
     * Whether the socket is gone, by {@link #close} or by the system.
     *
     * @return true if a new mux is needed
     */
    public boolean isClosed() {
        return closed;
    }

    private void lost(String reason) {
        closed = true;
        for (Port port : new ArrayList<>(ports)) {
            port.lost(reason);
        }
    }

    /** The loop reports what its commands throw. */
    private void report(Throwable error) {
        loop.execute(() -> {
            throw new IllegalStateException("a handler of " + this + " failed", error);
        });
    }

    @Override
    public String toString() {
        return "udp mux " + socket.localAddress() + ", " + ports.size() + " ports";
    }

    /** Closes the socket and all ports; no handler call follows. */
    @Override
    public void close() {
        closed = true;
        new ArrayList<>(ports).forEach(Port::close);
        socket.close();
    }

    /**
     * An address that a port has, and what came from there. It is an end of neither: whoever claims the address
     * later, or the end of the port, takes it away. Loop thread only.
     */
    public final class Claim {
        private final InetSocketAddress remote;
        private final Port port;
        /** What the table counts no longer. */
        private long packets;

        private long bytes;
        private long last;
        private boolean diverted;

        private Claim(InetSocketAddress remote, Port port) {
            this.remote = remote;
            this.port = port;
        }

        /** The place in the table; -1 if another claim has it, or none. */
        private int place() {
            int place = routes.find(remote);
            return place >= 0 && routes.valueAt(place) == this ? place : -1;
        }

        /** Takes over what the table has counted, as far as it went to the receiver. */
        private void settle(int place) {
            if (!diverted && routes.packetsAt(place) > 0) {
                packets += routes.packetsAt(place);
                bytes += routes.bytesAt(place);
                last = routes.lastAt(place);
            }
            routes.clearCounts(place);
        }

        /**
         * Whether datagrams from the address still come by this claim.
         *
         * @return false if the address was let go of, or belongs to somebody else
         */
        public boolean isHeld() {
            return place() >= 0;
        }

        /**
         * Gives the datagrams to a receiver from now on, and makes this the claim that its port would let go of last.
         * Nothing happens if it is not held.
         *
         * @param receiver gets them
         */
        public void handTo(UdpPort.Receiver receiver) {
            int place = place();
            if (place >= 0) {
                settle(place);
                diverted = false;
                routes.setReceiver(place, receiver);
                port.remotes.remove(remote);
                port.remotes.add(remote);
            }
        }

        /** Gives the datagrams to the port's own handler until {@link #handTo}, and does not count them. */
        public void divert() {
            int place = place();
            if (place >= 0) {
                settle(place);
                diverted = true;
                routes.setReceiver(place, port.handler);
            }
        }

        /**
         * Datagrams that came by this claim to its receiver.
         *
         * @return a count
         */
        public long packets() {
            int place = place();
            return packets + (place < 0 || diverted ? 0 : routes.packetsAt(place));
        }

        /**
         * Their bytes.
         *
         * @return a count
         */
        public long bytes() {
            int place = place();
            return bytes + (place < 0 || diverted ? 0 : routes.bytesAt(place));
        }

        /**
         * When the last of them came.
         *
         * @return {@link dev.yodel.io.Time}; 0 if there was none
         */
        public long lastReceivedNanos() {
            int place = place();
            boolean counts = place >= 0 && !diverted && routes.packetsAt(place) > 0;
            return counts ? routes.lastAt(place) : last;
        }
    }

    /** One connection's share of the socket. */
    private final class Port implements UdpPort {
        final Handler handler;
        final Set<InetSocketAddress> remotes = new LinkedHashSet<>();

        Port(Handler handler) {
            this.handler = handler;
        }

        void lost(String reason) {
            close();
            try {
                handler.onClosed(reason);
            } catch (Throwable e) {
                report(e);
            }
        }

        @Override
        public InetSocketAddress localAddress() {
            return socket.localAddress();
        }

        @Override
        public SendResult send(byte[] data, int offset, int length, InetSocketAddress remote) {
            return ports.contains(this) ? socket.send(data, offset, length, remote) : SendResult.CLOSED;
        }

        @Override
        public int longestWhole(InetSocketAddress remote) {
            return socket.longestWhole(remote);
        }

        @Override
        public void close() {
            if (ports.remove(this)) {
                new ArrayList<>(remotes).forEach(UdpMux.this::release);
                socket.serves(ports.size());
            }
        }
    }
}
