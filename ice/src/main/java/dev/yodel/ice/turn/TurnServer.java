package dev.yodel.ice.turn;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A STUN and TURN server as a protocol core: Binding, allocations over UDP, TCP and TLS, permissions, channels (RFC 8489,
 * 8656, 6156) and the server's part of NAT behaviour discovery (RFC 5780). It opens no socket: it names them by numbers,
 * asks for relays' sockets by {@link TurnServerEvent}, and does not know whether a stream is TCP or TLS. TCP relays (RFC
 * 6062), mobility (RFC 8016) and DONT-FRAGMENT are left out. Every table is bounded, and a client without credentials
 * leaves nothing behind. Nothing that comes from outside makes it throw. One thread only.
 *
 * <p>After inputs the owner drains {@link #pollEvent} and {@link #pollTransmit}, in this order until both are empty, and
 * reads {@link #nextTimeout}.
 */
public final class TurnServer {
    /** Bytes of the longest frame of a stream that has no allocation: a request with credentials is shorter. */
    private static final int LONGEST_BEFORE_ALLOCATION = 4096;
    /** A stream without an allocation must say something whole within this time (RFC 4571's slowloris, THREATS I16). */
    private static final long STREAM_IDLE_NANOS = 30 * Time.SECOND;

    private static final class Stream {
        final ClientPath path;
        final TurnFrames frames = new TurnFrames(LONGEST_BEFORE_ALLOCATION);
        long idleAt;
        boolean closed;

        Stream(ClientPath path, long now) {
            this.path = path;
            this.idleAt = now + STREAM_IDLE_NANOS;
        }
    }

    private final TurnServerOptions options;
    private final TurnServerCounters counters = new TurnServerCounters();
    private final ServerOutbox outbox;
    private final AnswerLimit limit;
    private final Allocations allocations;
    private final RelayPorts ports;
    private final RelayTraffic traffic;
    private final BindingResponder bindings;
    private final @Nullable Authenticator authenticator;
    private final @Nullable TurnRequests requests;
    private final Map<Integer, InetSocketAddress> listeners = new HashMap<>();
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final Map<InetAddress, Integer> streamsByAddress = new HashMap<>();
    private int lastSocketId;
    private long wallClockMillis;
    private long nextTimeout = Time.NEVER;
    private boolean closed;

    /**
     * A server without sockets.
     *
     * @param options options
     * @param random for nonces, ports and reservation tokens; must be secure outside of simulations
     */
    public TurnServer(TurnServerOptions options, RandomSource random) {
        this.options = options;
        outbox = new ServerOutbox(counters, random);
        limit = new AnswerLimit(options.unauthenticatedPerSecond(), random);
        allocations = new Allocations(options);
        ports = new RelayPorts(options, allocations, outbox, random, this::newSocketId);
        traffic = new RelayTraffic(allocations, outbox, counters);
        bindings = new BindingResponder(outbox, counters);
        TurnCredentials credentials = options.credentials();
        authenticator = credentials == null
                ? null
                : new Authenticator(options.realm(), credentials, options.nonceLifetimeNanos(), random);
        requests = credentials == null
                ? null
                : new TurnRequests(options, credentials, allocations, ports, outbox, counters);
    }

    private int newSocketId() {
        return ++lastSocketId;
    }

    /**
     * The time of day, for credentials that expire. Tell it at the beginning and once a second or so.
     *
     * @param millis milliseconds since 1970
     */
    public void handleWallClock(long millis) {
        wallClockMillis = millis;
    }

    /**
     * A UDP socket on which clients are served. With two addresses and two ports each, all four of them, the server
     * answers NAT behaviour discovery too.
     *
     * @param local its address
     * @return its name
     */
    public int addUdpListener(InetSocketAddress local) {
        int socketId = newSocketId();
        listeners.put(socketId, local);
        InetSocketAddress advertised = advertised(local);
        bindings.addListener(socketId, local, advertised);
        traffic.addListener(local);
        traffic.addListener(advertised);
        return socketId;
    }

    private InetSocketAddress advertised(InetSocketAddress local) {
        for (RelayAddress address : options.relayAddresses()) {
            if (address.local().equals(local.getAddress())) {
                return new InetSocketAddress(address.advertised(), local.getPort());
            }
        }
        return local;
    }

    /**
     * A TCP connection was accepted, or a TLS one whose bytes will come in clear.
     *
     * @param local our end
     * @param remote the client
     * @param now time
     * @return its name, or -1 if there are too many: close it
     */
    public int addStream(InetSocketAddress local, InetSocketAddress remote, long now) {
        int ofAddress = streamsByAddress.getOrDefault(remote.getAddress(), 0);
        if (closed || streams.size() >= options.maxStreams() || ofAddress >= options.maxStreamsPerAddress()) {
            counters.limited++;
            return -1;
        }
        int socketId = newSocketId();
        streams.put(socketId, new Stream(new ClientPath(socketId, remote, local, true), now));
        streamsByAddress.put(remote.getAddress(), ofAddress + 1);
        wakeAt(now + STREAM_IDLE_NANOS);
        return socketId;
    }

    /**
     * A datagram has come, from a client or from a peer.
     *
     * @param socketId a listening socket or a relay's
     * @param remote who sent it
     * @param data borrowed until the next drain is finished
     * @param offset first byte
     * @param length count of bytes
     * @param now time
     */
    public void handleDatagram(int socketId, InetSocketAddress remote, byte[] data, int offset, int length, long now) {
        InetSocketAddress local = listeners.get(socketId);
        if (closed) {
            return;
        }
        if (local == null) {
            traffic.handlePeer(socketId, remote, data, offset, length, now);
        } else if (remote.getPort() != 0) {
            handleClient(new ClientPath(socketId, remote, local, false), data, offset, length, true, now);
        }
    }

    /**
     * Bytes of a client's stream have come, in any segmentation.
     *
     * @param socketId the stream
     * @param data copied
     * @param offset first byte
     * @param length count of bytes
     * @param now time
     */
    public void handleStreamBytes(int socketId, byte[] data, int offset, int length, long now) {
        Stream stream = streams.get(socketId);
        if (stream == null || stream.closed || closed) {
            return;
        }
        stream.frames.handleBytes(data, offset, length);
        while (!stream.closed && stream.frames.next()) {
            stream.idleAt = now + STREAM_IDLE_NANOS;
            handleClient(stream.path, stream.frames.data(), stream.frames.offset(), stream.frames.length(), false, now);
        }
        if (stream.frames.isBroken()) {
            counters.malformed++;
            closeStream(stream, "it sent what is no TURN");
        }
    }

    /**
     * A stream has ended; its allocation ends with it.
     *
     * @param socketId the stream
     */
    public void handleStreamClosed(int socketId) {
        Stream stream = streams.remove(socketId);
        if (stream == null) {
            return;
        }
        InetAddress address = stream.path.remote().getAddress();
        int left = streamsByAddress.getOrDefault(address, 1) - 1;
        if (left > 0) {
            streamsByAddress.put(address, left);
        } else {
            streamsByAddress.remove(address);
        }
        Allocation allocation = allocations.of(stream.path);
        if (allocation != null && requests != null) {
            requests.release(allocation, "the connection ended");
        }
    }

    private void closeStream(Stream stream, String reason) {
        if (!stream.closed) {
            stream.closed = true;
            outbox.event(new TurnServerEvent.CloseStream(stream.path.socketId(), reason));
            handleStreamClosed(stream.path.socketId());
        }
    }

    /**
     * A relay's socket is open.
     *
     * @param socketId as {@link TurnServerEvent.OpenRelay} named it
     * @param local where it is
     * @param now time
     */
    public void handleRelayOpened(int socketId, InetSocketAddress local, long now) {
        ports.handleOpened(socketId, local, now);
        Allocations.Owned owned = allocations.ofSocket(socketId);
        wakeAt(owned == null ? ports.nextTimeout() : owned.allocation().expiresAt);
    }

    /**
     * A relay's socket cannot be had; another port is tried.
     *
     * @param socketId as {@link TurnServerEvent.OpenRelay} named it
     * @param now time
     */
    public void handleRelayRefused(int socketId, long now) {
        ports.handleRefused(socketId, now);
    }

    /**
     * A relay's socket is gone, against our will.
     *
     * @param socketId the relay's socket
     */
    public void handleRelayClosed(int socketId) {
        Allocations.Owned owned = allocations.ofSocket(socketId);
        if (owned != null && requests != null) {
            requests.release(owned.allocation(), "its socket was lost");
        }
    }

    private void handleClient(ClientPath client, byte[] data, int offset, int length, boolean borrowed, long now) {
        if (ChannelData.isForServer(data, offset, length)) {
            Allocation allocation = allocations.of(client);
            if (allocation == null) {
                counters.noAllocation++;
            } else {
                traffic.handleChannelData(allocation, data, offset, borrowed, now);
            }
            return;
        }
        StunMessage message = StunMessage.parse(data, offset, length);
        if (message == null) {
            counters.malformed++;
        } else if (message.messageClass() == StunClass.REQUEST) {
            handleRequest(message, client, now);
        } else if (message.messageClass() == StunClass.INDICATION && message.method() == TurnMethod.SEND) {
            Allocation allocation = allocations.of(client);
            if (allocation == null) {
                counters.noAllocation++;
            } else {
                traffic.handleSend(allocation, message, now);
            }
        } else if (message.messageClass() != StunClass.INDICATION || message.method() != StunMessage.BINDING) {
            // A Binding indication only keeps a NAT's mapping alive.
            counters.malformed++;
        }
    }

    private void handleRequest(StunMessage message, ClientPath client, long now) {
        if (message.method() == StunMessage.BINDING) {
            if (mayAnswer(client, now)) {
                bindings.handle(message, client);
            }
            return;
        }
        Authenticator guard = authenticator;
        TurnRequests handler = requests;
        if (guard == null || handler == null || !TurnRequests.isMethod(message.method())) {
            counters.malformed++;
            return;
        }
        Authenticator.Verdict verdict = guard.check(message, client.remote(), wallClockMillis, now);
        if (verdict instanceof Authenticator.Authentic authentic) {
            handler.handle(message, client, authentic, now);
            Allocation allocation = allocations.of(client);
            if (allocation != null) {
                wakeAt(allocation.expiresAt);
                Stream stream = streams.get(client.socketId());
                if (stream != null) {
                    stream.frames.longest(TurnFrames.LONGEST);
                }
            }
        } else if (verdict instanceof Authenticator.Refusal refusal && mayAnswer(client, now)) {
            challenge(guard, message, client, refusal, now);
        }
    }

    private void challenge(
            Authenticator guard, StunMessage message, ClientPath client, Authenticator.Refusal refusal, long now) {
        StunWriter error = StunWriter.error(message, refusal.code(), refusal.reason());
        if (refusal.isChallenge()) {
            guard.writeChallenge(error, client.remote(), now);
        }
        if (refusal.isWrong()) {
            counters.wrongCredentials++;
        } else {
            counters.challenges++;
        }
        if (message.has(StunAttribute.FINGERPRINT)) {
            error.fingerprint();
        }
        outbox.answer(client, error.toByteArray());
    }

    /** Whoever came by a stream has shown that its address is its own. */
    private boolean mayAnswer(ClientPath client, long now) {
        if (client.stream() || limit.allows(client.remote().getAddress(), now)) {
            return true;
        }
        counters.limited++;
        return false;
    }

    private void wakeAt(long deadline) {
        nextTimeout = Math.min(nextTimeout, deadline);
    }

    /**
     * Time has passed. Calling it early or twice is harmless.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        if (now < nextTimeout) {
            return;
        }
        TurnRequests handler = requests;
        if (handler != null) {
            for (Allocation allocation : allocations.expired(now)) {
                handler.release(allocation, "not refreshed");
            }
        }
        ports.handleTimeout(now);
        long next = Math.min(allocations.nextExpiry(), ports.nextTimeout());
        for (Stream stream : List.copyOf(streams.values())) {
            if (allocations.of(stream.path) != null) {
                continue;
            }
            if (stream.idleAt <= now) {
                closeStream(stream, "it asked for nothing for 30 s");
            } else {
                next = Math.min(next, stream.idleAt);
            }
        }
        nextTimeout = next;
    }

    /**
     * When {@link #handleTimeout} is wanted.
     *
     * @return a deadline or {@link Time#NEVER}
     */
    public long nextTimeout() {
        return nextTimeout;
    }

    /** Ends all allocations and streams; nothing is accepted any more. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        TurnRequests handler = requests;
        if (handler != null) {
            for (Allocation allocation : allocations.all()) {
                handler.release(allocation, "the server ends");
            }
        }
        ports.handleTimeout(Time.NEVER);
        for (Stream stream : List.copyOf(streams.values())) {
            closeStream(stream, "the server ends");
        }
        nextTimeout = Time.NEVER;
    }

    /**
     * What is to be done or told next.
     *
     * @return null if there is nothing
     */
    public @Nullable TurnServerEvent pollEvent() {
        return outbox.pollEvent();
    }

    /**
     * What is to be sent next.
     *
     * @return valid until the next call; null if there is nothing
     */
    public @Nullable TurnTransmit pollTransmit() {
        return outbox.pollTransmit();
    }

    /**
     * What it did, refused and dropped.
     *
     * @return the live counters
     */
    public TurnServerCounters counters() {
        return counters;
    }

    /**
     * Allocations at the moment.
     *
     * @return count
     */
    public int allocationCount() {
        return allocations.count();
    }

    /**
     * TCP and TLS connections at the moment.
     *
     * @return count
     */
    public int streamCount() {
        return streams.size();
    }

    /** For tests. */
    @Nullable
    Allocation allocationOf(int listenerId, InetSocketAddress client, InetSocketAddress local) {
        return allocations.of(new ClientPath(listenerId, client, local, false));
    }

    /** Everything that it remembers about anybody, for tests: a flood must not move it. */
    String footprint() {
        return "allocations " + allocations.count() + ", relays " + allocations.relayCount() + ", accounts "
                + allocations.accountCount() + ", opening " + ports.openingCount() + ", reserved "
                + ports.reservedCount() + ", streams " + streams.size() + ", addresses " + streamsByAddress.size()
                + ", keys " + (authenticator == null ? 0 : authenticator.knownKeys()) + ", permissions "
                + allocations.all().stream()
                        .mapToInt(Allocation::permissionCount)
                        .sum()
                + ", channels "
                + allocations.all().stream().mapToInt(Allocation::channelCount).sum();
    }

    @Override
    public String toString() {
        return "TurnServer[" + options.realm() + ", " + footprint() + "]";
    }
}
