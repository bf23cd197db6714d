package dev.yodel.ice;

import dev.yodel.io.Datagram;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which TCP connections are there between us and the peer (RFC 6544)? We listen where we are told to, connect to the peer's
 * passive candidates, do both from one port for candidates of a simultaneous open, and give every connection a base of its
 * own, on which nothing but its own remote address is checked. It checks nothing itself.
 */
final class PeerStreams {
    /** Told what was found. */
    interface Owner {
        /** We can be reached. */
        void listening(Listener listener, long now);

        /** Not any more; it was told of. */
        void listenerLost(Listener listener);

        void streamOpened(Base base, long now);

        void streamLost(Base base, long now);

        /** We cannot listen. */
        void listenFailed(InetSocketAddress local, String reason);
    }

    /** THREATS.md I16: a stream without a whole frame, or without proof, for so long is closed. */
    static final long IDLE_NANOS = 30 * Time.SECOND;

    /** A peer's candidates are not trusted to make us connect to many places at once. */
    static final int MOST_CONNECTING = 8;

    static final int MOST_WANTED = 32;
    /** Accepted streams of which nobody knows yet whose they are. */
    static final int MOST_UNPROVEN = 16;

    static final int MOST_STREAMS = 64;

    private static final long CONNECT_NANOS = 10 * Time.SECOND;
    private static final long FIRST_RETRY_NANOS = Time.SECOND;
    private static final int MOST_TRIES = 5;
    /**
     * A simultaneous open is refused when the peer's NAT, or the peer, hears of it first: soon again, at random
     * moments.
     */
    private static final int MOST_SIMULTANEOUS_TRIES = 15;

    private static final int QUICK_TRIES = 10;
    private static final long QUICK_RETRY_NANOS = 100 * Time.MILLISECOND;
    private static final int MOST_LOCAL_ADDRESSES = 3;

    /** A listening socket, of a passive candidate or of a simultaneous open. */
    static final class Listener {
        final int socketId;
        final TcpType type;
        final int triesLeft;
        /** What stands for the listening socket: nothing is sent from it. */
        final Base base;

        boolean open;

        Listener(int socketId, TcpType type, InetSocketAddress address, int localPreference, int triesLeft) {
            this.socketId = socketId;
            this.type = type;
            this.triesLeft = triesLeft;
            base = new Base(socketId, address, localPreference, null, new PeerStream(type, address, Time.NEVER));
        }

        InetSocketAddress address() {
            return base.address;
        }
    }

    private static final class Attempt {
        final TcpType type;
        /** With port 0 from any port. */
        final InetSocketAddress local;

        final int localPreference;
        final InetSocketAddress remote;
        int tries;
        long notBefore;
        long giveUpAt;

        Attempt(TcpType type, InetSocketAddress local, int localPreference, InetSocketAddress remote, long notBefore) {
            this.type = type;
            this.local = local;
            this.localPreference = localPreference;
            this.remote = remote;
            this.notBefore = notBefore;
        }
    }

    private final Outbox out;
    private final RandomSource random;
    private final Owner owner;
    private final Map<Integer, Listener> listeners = new LinkedHashMap<>();
    /** Where the peer may be reached, and what we are then. */
    private final Map<InetSocketAddress, TcpType> wanted = new LinkedHashMap<>();

    private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
    private final Map<Integer, Attempt> connecting = new HashMap<>();
    private final Map<Integer, Base> streams = new LinkedHashMap<>();
    private IceOptions options = IceOptions.DEFAULT;
    private List<NetworkAddress> usable = List.of();
    private long nextConnectAt;
    /** A frame, with the tail-room that readers of datagrams count on. */
    private byte[] frame = new byte[2048];

    PeerStreams(Outbox out, RandomSource random, Owner owner) {
        this.out = out;
        this.random = random;
        this.owner = owner;
    }

    /** Another generation begins: streams are kept, and the peer's candidates are told anew. */
    void begin(IceOptions newOptions) {
        options = newOptions;
        wanted.clear();
        waiting.clear();
    }

    /** RFC 6544 section 6.2: what a candidate of ours must be to pair with one of the peer's. */
    static @Nullable TcpType counterpart(@Nullable TcpType remote) {
        if (remote == null || remote == TcpType.ACTIVE) {
            // What is active connects to us, and its address says nothing before it does.
            return null;
        }
        return remote == TcpType.PASSIVE ? TcpType.ACTIVE : TcpType.SO;
    }

    /** Listens on every address that has no listener yet, and leaves those that are gone. */
    void follow(List<NetworkAddress> addresses, long now) {
        usable = List.copyOf(addresses);
        for (Listener listener : List.copyOf(listeners.values())) {
            if (!isUsable(listener.address().getAddress())) {
                out.close(listener.socketId);
                listeners.remove(listener.socketId);
                owner.listenerLost(listener);
            }
        }
        if (!options.relayOnly()) {
            for (int rank = 0; rank < usable.size(); rank++) {
                listen(TcpType.PASSIVE, rank);
                if (!options.lite()) {
                    listen(TcpType.SO, rank);
                }
            }
        }
        for (Map.Entry<InetSocketAddress, TcpType> each : wanted.entrySet()) {
            pursue(each.getValue(), each.getKey(), now);
        }
    }

    private void listen(TcpType type, int rank) {
        NetworkAddress address = usable.get(rank);
        if (!options.tcpTypes().contains(type) || isListening(type, address.address())) {
            return;
        }
        int ports = options.highestPort() - options.lowestPort() + 1;
        int port = options.lowestPort() == 0 ? 0 : options.lowestPort() + (random.nextInt() >>> 1) % ports;
        listen(new Listener(
                out.newSocketId(),
                type,
                new InetSocketAddress(address.address(), port),
                LocalPreference.of(address, rank),
                options.lowestPort() == 0 ? 0 : ports - 1));
    }

    private void listen(Listener listener) {
        listeners.put(listener.socketId, listener);
        out.tell(new IceEvent.Listen(listener.socketId, listener.address(), listener.type == TcpType.SO));
    }

    private boolean isUsable(InetAddress local) {
        for (NetworkAddress own : usable) {
            if (own.address().equals(local)) {
                return true;
            }
        }
        return false;
    }

    private boolean isListening(TcpType type, InetAddress local) {
        for (Listener listener : listeners.values()) {
            if (listener.type == type && listener.address().getAddress().equals(local)) {
                return true;
            }
        }
        return false;
    }

    /** The port of a simultaneous open on an address, if it is open. */
    @Nullable
    Listener simultaneous(InetSocketAddress local) {
        for (Listener listener : listeners.values()) {
            if (listener.type == TcpType.SO
                    && listener.open
                    && listener.address().equals(local)) {
                return listener;
            }
        }
        return null;
    }

    /** Whether every listener is open or given up. */
    boolean isDone() {
        for (Listener listener : listeners.values()) {
            if (!listener.open) {
                return false;
            }
        }
        return true;
    }

    /** The peer listens there, or opens from there when we open. */
    void connect(InetSocketAddress remote, TcpType remoteType, long now) {
        TcpType type = counterpart(remoteType);
        if (type != null
                && options.tcpTypes().contains(type)
                && wanted.size() < MOST_WANTED
                && wanted.putIfAbsent(remote, type) == null) {
            pursue(type, remote, now);
        }
    }

    /** Connects from every address of ours that may lead there and is not connected, or about to be. */
    private void pursue(TcpType type, InetSocketAddress remote, long now) {
        int found = 0;
        if (type == TcpType.SO) {
            for (Listener listener : listeners.values()) {
                if (listener.type == TcpType.SO
                        && listener.open
                        && found < MOST_LOCAL_ADDRESSES
                        && leads(listener.address().getAddress(), remote)
                        && !listener.address().equals(remote)) {
                    found++;
                    pursue(type, listener.address(), listener.base.localPreference, remote, now);
                }
            }
            return;
        }
        for (int rank = 0; rank < usable.size() && found < MOST_LOCAL_ADDRESSES; rank++) {
            NetworkAddress own = usable.get(rank);
            if (leads(own.address(), remote)) {
                found++;
                InetSocketAddress local = new InetSocketAddress(own.address(), 0);
                pursue(type, local, LocalPreference.of(own, rank), remote, now);
            }
        }
    }

    private static boolean leads(InetAddress local, InetSocketAddress remote) {
        return local.getAddress().length == remote.getAddress().getAddress().length
                && local.isLoopbackAddress() == remote.getAddress().isLoopbackAddress();
    }

    private void pursue(
            TcpType type, InetSocketAddress local, int localPreference, InetSocketAddress remote, long notBefore) {
        if (!isConnected(type, local, remote)
                && !holds(waiting, local, remote)
                && !holds(connecting.values(), local, remote)) {
            waiting.add(new Attempt(type, local, localPreference, remote, notBefore));
        }
    }

    private boolean isConnected(TcpType type, InetSocketAddress local, InetSocketAddress remote) {
        for (Base base : streams.values()) {
            PeerStream stream = base.stream;
            if (stream != null
                    && stream.type == type
                    && stream.remote.equals(remote)
                    && base.address.getAddress().equals(local.getAddress())
                    && (local.getPort() == 0 || local.getPort() == base.address.getPort())) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(Iterable<Attempt> attempts, InetSocketAddress local, InetSocketAddress remote) {
        for (Attempt attempt : attempts) {
            if (attempt.remote.equals(remote) && attempt.local.equals(local)) {
                return true;
            }
        }
        return false;
    }

    /** A socket is open; false if it is none of ours. */
    boolean opened(int socketId, InetSocketAddress local, long now) {
        Listener listener = listeners.get(socketId);
        if (listener != null) {
            listener.base.address = local;
            listener.open = true;
            owner.listening(listener, now);
            for (Map.Entry<InetSocketAddress, TcpType> each : wanted.entrySet()) {
                if (each.getValue() == TcpType.SO && listener.type == TcpType.SO) {
                    pursue(TcpType.SO, each.getKey(), now);
                }
            }
            return true;
        }
        Attempt attempt = connecting.remove(socketId);
        if (attempt == null) {
            return false;
        }
        open(socketId, local, attempt.localPreference, new PeerStream(attempt.type, attempt.remote, now), now);
        return true;
    }

    /** Somebody has connected to a listener; the id of the stream, or -1 to refuse it. */
    int accepted(int listenerId, InetSocketAddress local, InetSocketAddress remote, long now) {
        Listener listener = listeners.get(listenerId);
        int unproven = 0;
        for (Base base : streams.values()) {
            PeerStream stream = base.stream;
            unproven += stream != null && !stream.proven ? 1 : 0;
        }
        if (listener == null || unproven >= MOST_UNPROVEN || streams.size() >= MOST_STREAMS) {
            return -1;
        }
        int id = out.newSocketId();
        open(id, local, listener.base.localPreference, new PeerStream(listener.type, remote, now), now);
        return id;
    }

    private void open(int socketId, InetSocketAddress local, int localPreference, PeerStream stream, long now) {
        stream.closeAt = now + IDLE_NANOS;
        Base base = new Base(socketId, local, localPreference, null, stream);
        streams.put(socketId, base);
        owner.streamOpened(base, now);
    }

    /** A socket is closed, or could not be opened; false if it is none of ours. */
    boolean closed(int socketId, String reason, long now) {
        Listener listener = listeners.remove(socketId);
        if (listener != null) {
            listenerClosed(listener, reason);
            return true;
        }
        Attempt attempt = connecting.remove(socketId);
        if (attempt != null) {
            retry(attempt, now);
            return true;
        }
        Base base = streams.remove(socketId);
        if (base == null) {
            return false;
        }
        lost(base, now);
        return true;
    }

    /** The port may be taken: the next of the range is tried. */
    private void listenerClosed(Listener listener, String reason) {
        InetSocketAddress address = listener.address();
        if (listener.open || listener.triesLeft == 0) {
            if (listener.open) {
                owner.listenerLost(listener);
            }
            owner.listenFailed(address, reason);
            return;
        }
        int port = address.getPort() + 1;
        listen(new Listener(
                out.newSocketId(),
                listener.type,
                new InetSocketAddress(address.getAddress(), port > options.highestPort() ? options.lowestPort() : port),
                listener.base.localPreference,
                listener.triesLeft - 1));
    }

    private void lost(Base base, long now) {
        PeerStream stream = base.stream;
        owner.streamLost(base, now);
        if (stream != null && stream.proven && wanted.get(stream.remote) == stream.type) {
            // It has worked: RFC 6544 section 7.2 lets us connect again.
            InetSocketAddress local =
                    stream.type == TcpType.SO ? base.address : new InetSocketAddress(base.address.getAddress(), 0);
            if (isUsable(local.getAddress())) {
                pursue(stream.type, local, base.localPreference, stream.remote, now + FIRST_RETRY_NANOS);
            }
        }
    }

    private void retry(Attempt attempt, long now) {
        attempt.tries++;
        boolean simultaneous = attempt.type == TcpType.SO;
        if (attempt.tries < (simultaneous ? MOST_SIMULTANEOUS_TRIES : MOST_TRIES)
                && wanted.get(attempt.remote) == attempt.type
                && isUsable(attempt.local.getAddress())) {
            long delay = FIRST_RETRY_NANOS;
            if (!simultaneous) {
                delay <<= attempt.tries - 1;
            } else if (attempt.tries <= QUICK_TRIES) {
                // Ends that try at the same moments would miss each other again and again.
                delay = QUICK_RETRY_NANOS * (100 + (random.nextInt() >>> 1) % 200) / 100;
            }
            attempt.notBefore = now + delay;
            waiting.add(attempt);
        }
    }

    boolean owns(int socketId) {
        return streams.containsKey(socketId);
    }

    /** Bytes came; false if the stream is none of ours. {@link #nextFrame} cuts them. */
    boolean handleBytes(int socketId, byte[] data, int offset, int length) {
        PeerStream stream = stream(socketId);
        if (stream == null) {
            return false;
        }
        stream.frames.handleBytes(data, offset, length);
        return true;
    }

    private @Nullable PeerStream stream(int socketId) {
        Base base = streams.get(socketId);
        return base == null ? null : base.stream;
    }

    /** Moves the view onto the next message of a stream, if it is whole. */
    boolean nextFrame(int socketId, Datagram view, long now) {
        Base base = streams.get(socketId);
        PeerStream stream = base == null ? null : base.stream;
        if (base == null || stream == null) {
            return false;
        }
        if (!stream.proven && base.isValidated(stream.remote)) {
            stream.proven = true;
            stream.frames.longest(StreamFrames.LONGEST);
        }
        StreamFrames frames = stream.frames;
        if (!frames.next()) {
            if (frames.isBroken()) {
                close(base, now);
            }
            return false;
        }
        if (stream.proven) {
            stream.closeAt = now + IDLE_NANOS;
        }
        int length = frames.length();
        if (frame.length < length + dev.yodel.ice.turn.TurnClient.MAX_OVERHEAD) {
            frame = new byte[length + dev.yodel.ice.turn.TurnClient.MAX_OVERHEAD];
        }
        System.arraycopy(frames.data(), frames.offset(), frame, 0, length);
        view.data = frame;
        view.offset = 0;
        view.length = length;
        view.local = base.address;
        view.remote = stream.remote;
        view.receivedNanos = now;
        return true;
    }

    private void close(Base base, long now) {
        streams.remove(base.id);
        out.close(base.id);
        lost(base, now);
    }

    void handleTimeout(long now) {
        for (Base base : List.copyOf(streams.values())) {
            PeerStream stream = base.stream;
            if (stream != null && stream.closeAt <= now) {
                close(base, now);
            }
        }
        for (Map.Entry<Integer, Attempt> entry : List.copyOf(connecting.entrySet())) {
            if (entry.getValue().giveUpAt <= now) {
                connecting.remove(entry.getKey());
                out.close(entry.getKey());
                retry(entry.getValue(), now);
            }
        }
        while (nextConnectAt <= now && connecting.size() < MOST_CONNECTING) {
            Attempt next = firstDue(now);
            if (next == null) {
                return;
            }
            waiting.remove(next);
            if (isConnected(next.type, next.local, next.remote)) {
                // The peer was first.
                continue;
            }
            int id = out.openStreamToPeer(next.local, next.remote);
            next.giveUpAt = now + CONNECT_NANOS;
            connecting.put(id, next);
            // RFC 8445 section 14.2: connecting is paced as checks are.
            nextConnectAt = now + options.taNanos();
        }
    }

    private @Nullable Attempt firstDue(long now) {
        for (Attempt attempt : waiting) {
            if (attempt.notBefore <= now) {
                return attempt;
            }
        }
        return null;
    }

    long nextTimeout() {
        long next = Time.NEVER;
        for (Base base : streams.values()) {
            PeerStream stream = base.stream;
            next = stream == null ? next : Math.min(next, stream.closeAt);
        }
        for (Attempt attempt : connecting.values()) {
            next = Math.min(next, attempt.giveUpAt);
        }
        if (connecting.size() < MOST_CONNECTING) {
            for (Attempt attempt : waiting) {
                next = Math.min(next, Math.max(attempt.notBefore, nextConnectAt));
            }
        }
        return next;
    }

    /** The interfaces of streams are gone. */
    void dropGone(List<NetworkAddress> present, long now) {
        for (Base base : List.copyOf(streams.values())) {
            if (!Gatherer.isThere(base.address.getAddress(), present)) {
                close(base, now);
            }
        }
    }

    /** A base is not wanted any more. */
    void drop(Base base, long now) {
        if (streams.remove(base.id) != null) {
            out.close(base.id);
            owner.streamLost(base, now);
        }
    }

    /** Stops listening and connecting, as when only relays are allowed from now on. */
    void stopListening() {
        for (Listener listener : listeners.values()) {
            out.close(listener.socketId);
            owner.listenerLost(listener);
        }
        listeners.clear();
    }

    void close() {
        listeners.keySet().forEach(out::close);
        listeners.clear();
        connecting.keySet().forEach(out::close);
        connecting.clear();
        waiting.clear();
        wanted.clear();
        streams.keySet().forEach(out::close);
        streams.clear();
    }
}
