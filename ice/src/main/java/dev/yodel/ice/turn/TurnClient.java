package dev.yodel.ice.turn;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Datagram;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One allocation on a TURN server as a protocol core: allocate, permissions, channels, refresh, release (RFC 8656;
 * long-term credentials of RFC 8489 section 9.2). It owns no socket: everything it emits goes to {@link #server()}, and
 * everything that comes from there is fed to {@link #receive}, one message at a time: a stream is cut by {@link
 * TurnFrames} before. Nothing a server sends makes it throw. One thread only.
 */
public final class TurnClient {
    /** Where an allocation stands. */
    public enum State {
        /** Nothing was asked for. */
        NEW,
        /** Asked for. */
        ALLOCATING,
        /** It stands. */
        ALLOCATED,
        /** Refused, lost or expired; see {@link #errorCode()} and {@link #alternate()}. */
        FAILED,
        /** Given back. */
        CLOSED
    }

    /** Of which family the relayed addresses are asked for (RFC 8656 sections 7.1, 18.6, 18.11). */
    private enum Families {
        BOTH,
        IPV4,
        IPV6
    }

    /** Bytes that {@link #wrap} adds at most. */
    public static final int MAX_OVERHEAD = 64;

    private static final int TRANSPORT_UDP = 17;
    private static final long FAMILY_IPV6 = 2;
    private static final long DEFAULT_LIFETIME_SECONDS = 600;
    private static final long MOST_LIFETIME_SECONDS = 3600;
    private static final long RETRY_NANOS = 500 * Time.MILLISECOND;

    private final InetSocketAddress server;
    private final boolean reliable;
    private final RandomSource random;
    private final ClientAuthentication authentication;
    private final ClientRequests requests;
    private final PeerBindings peers = new PeerBindings();
    private final ArrayDeque<byte[]> transmits = new ArrayDeque<>();
    private State state = State.NEW;
    private Families families = Families.BOTH;
    private List<InetSocketAddress> relayed = List.of();
    private @Nullable InetSocketAddress mapped;
    private @Nullable InetSocketAddress alternate;
    private @Nullable String alternateDomain;
    private long refreshAt = Time.NEVER;
    private long expiresAt = Time.NEVER;
    private int errorCode;
    private String errorText = "";
    private long dropped;

    /**
     * A client that does nothing yet.
     *
     * @param server the server's address
     * @param reliable whether it is reached by a stream: nothing is sent twice, and ChannelData is padded
     * @param username user name
     * @param password password; never printed
     * @param random for transaction ids
     */
    public TurnClient(
            InetSocketAddress server, boolean reliable, String username, String password, RandomSource random) {
        this.server = server;
        this.reliable = reliable;
        this.random = random;
        this.authentication = new ClientAuthentication(username, password);
        this.requests = new ClientRequests(reliable, authentication, random, transmits, new Answers());
    }

    /**
     * A client over UDP that does nothing yet.
     *
     * @param server the server's address
     * @param username user name
     * @param password password; never printed
     * @param random for transaction ids
     */
    public TurnClient(InetSocketAddress server, String username, String password, RandomSource random) {
        this(server, false, username, password, random);
    }

    /**
     * Asks for an allocation, with an IPv4 and an IPv6 address if the server has both.
     *
     * @param now time
     * @throws IllegalStateException if it was called before
     */
    public void allocate(long now) {
        if (state != State.NEW) {
            throw new IllegalStateException("allocate was called before; make another client");
        }
        state = State.ALLOCATING;
        request(TurnMethod.ALLOCATE, DEFAULT_LIFETIME_SECONDS, null, 0, now);
    }

    private void request(int method, long lifetimeSeconds, @Nullable InetSocketAddress peer, int channel, long now) {
        requests.send(new ClientRequests.Request(method, lifetimeSeconds, peer, channel), now);
    }

    /**
     * Refreshes now, to learn whether the server still has the allocation.
     *
     * @param now time
     */
    public void probe(long now) {
        if (state == State.ALLOCATED && refreshAt != Time.NEVER) {
            refreshAt = Time.NEVER;
            request(TurnMethod.REFRESH, DEFAULT_LIFETIME_SECONDS, null, 0, now);
        }
    }

    /**
     * Sends a datagram to a peer, by its channel if it has one, else as a Send indication; installs the permission first.
     *
     * @param peer where to
     * @param data copied
     * @param offset first byte
     * @param length count of bytes
     * @param now time
     */
    public void send(InetSocketAddress peer, byte[] data, int offset, int length, long now) {
        if (state != State.ALLOCATED) {
            dropped++;
            return;
        }
        byte[] wrapped = new byte[length + MAX_OVERHEAD];
        int size = wrap(peer, data, offset, length, wrapped, now);
        byte[] exact = new byte[size];
        System.arraycopy(wrapped, 0, exact, 0, size);
        transmits.add(exact);
    }

    /**
     * Wraps a datagram for a peer; with a bound channel this makes no garbage.
     *
     * @param peer where to
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @param into target with room for {@code length} and {@link #MAX_OVERHEAD}
     * @param now time
     * @return count of bytes written, to be sent to {@link #server()}
     */
    public int wrap(InetSocketAddress peer, byte[] data, int offset, int length, byte[] into, long now) {
        // The request goes out just before the datagram that needs it, so nothing waits for its answer.
        if (peers.use(peer.getAddress(), now)) {
            request(TurnMethod.CREATE_PERMISSION, 0, new InetSocketAddress(peer.getAddress(), 0), 0, now);
        }
        PeerBindings.Channel channel = peers.channelTo(peer);
        if (channel != null && channel.bound) {
            return channelData(channel.number, data, offset, length, into);
        }
        // RFC 8656 section 11.1: an indication cannot be authenticated.
        byte[] indication = new StunWriter(StunClass.INDICATION, TurnMethod.SEND, TransactionId.random(random))
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer)
                .bytes(StunAttribute.DATA, data, offset, length)
                .toByteArray();
        System.arraycopy(indication, 0, into, 0, indication.length);
        return indication.length;
    }

    private int channelData(int number, byte[] data, int offset, int length, byte[] into) {
        ChannelData.writeHeader(into, 0, number, length);
        System.arraycopy(data, offset, into, ChannelData.HEADER_LENGTH, length);
        int size = ChannelData.HEADER_LENGTH + length;
        // RFC 8656 section 12.5: over streams the next message begins at a multiple of four.
        while (reliable && (size & 3) != 0) {
            into[size++] = 0;
        }
        return size;
    }

    /**
     * Binds a channel to a peer, so that data to and from it costs 4 bytes (RFC 8656 section 12).
     *
     * @param peer whom
     * @param now time
     */
    public void bindChannel(InetSocketAddress peer, long now) {
        PeerBindings.Channel channel = state == State.ALLOCATED ? peers.newChannel(peer) : null;
        if (channel != null) {
            request(TurnMethod.CHANNEL_BIND, 0, peer, channel.number, now);
        }
    }

    /**
     * Something came from the server. If it is data of a peer, the view is moved onto it.
     *
     * @param datagram in: what came; out, if true: the peer's data, and the peer as its sender
     * @param now time
     * @return whether it was data of a peer with a permission or a channel
     */
    public boolean receive(Datagram datagram, long now) {
        if (!datagram.remote.equals(server) || state == State.CLOSED || state == State.FAILED) {
            dropped++;
            return false;
        }
        if (ChannelData.is(datagram.data, datagram.offset, datagram.length)) {
            PeerBindings.Channel channel = peers.channel(ChannelData.channel(datagram.data, datagram.offset));
            if (channel == null) {
                dropped++;
                return false;
            }
            datagram.length = ChannelData.dataLength(datagram.data, datagram.offset);
            datagram.offset += ChannelData.HEADER_LENGTH;
            datagram.remote = channel.peer;
            return true;
        }
        StunMessage message = StunMessage.parse(datagram.data, datagram.offset, datagram.length);
        if (message == null) {
            dropped++;
            return false;
        }
        switch (message.messageClass()) {
            case INDICATION -> {
                return message.method() == TurnMethod.DATA && unwrap(message, datagram);
            }
            case SUCCESS, ERROR -> requests.handleResponse(message, now);
            case REQUEST -> dropped++;
        }
        return false;
    }

    private boolean unwrap(StunMessage message, Datagram datagram) {
        InetSocketAddress peer = message.xorAddress(StunAttribute.XOR_PEER_ADDRESS);
        byte[] data = message.bytes(StunAttribute.DATA);
        // RFC 8656 section 11.4: only from peers that we have given a permission.
        if (peer == null || data == null || !peers.permits(peer.getAddress())) {
            dropped++;
            return false;
        }
        // Back into the borrowed array, which has the tail-room that its later readers count on.
        System.arraycopy(data, 0, datagram.data, datagram.offset, data.length);
        datagram.length = data.length;
        datagram.remote = peer;
        return true;
    }

    /** Knows what requests are for, and what their answers mean. */
    private final class Answers implements ClientRequests.Owner {
        @Override
        public void write(ClientRequests.Request request, StunWriter writer) {
            switch (request.method) {
                case TurnMethod.ALLOCATE -> {
                    writer.u32(StunAttribute.REQUESTED_TRANSPORT, (long) TRANSPORT_UDP << 24);
                    if (families == Families.IPV6) {
                        writer.u32(StunAttribute.REQUESTED_ADDRESS_FAMILY, FAMILY_IPV6 << 24);
                    } else if (families == Families.BOTH) {
                        writer.u32(StunAttribute.ADDITIONAL_ADDRESS_FAMILY, FAMILY_IPV6 << 24);
                    }
                }
                case TurnMethod.REFRESH -> writer.u32(StunAttribute.LIFETIME, request.lifetimeSeconds);
                case TurnMethod.CHANNEL_BIND -> writer.u32(StunAttribute.CHANNEL_NUMBER, (long) request.channel << 16);
                default -> {}
            }
            InetSocketAddress peer = request.peer;
            if (peer != null) {
                writer.xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer);
            }
        }

        @Override
        public void succeeded(ClientRequests.Request request, StunMessage response, long now) {
            switch (request.method) {
                case TurnMethod.ALLOCATE -> allocated(response, now);
                case TurnMethod.REFRESH -> {
                    if (request.lifetimeSeconds > 0) {
                        refreshed(response, now);
                    }
                }
                case TurnMethod.CREATE_PERMISSION -> {
                    InetSocketAddress peer = request.peer;
                    if (peer != null) {
                        peers.permitted(peer.getAddress(), now);
                    }
                }
                case TurnMethod.CHANNEL_BIND -> peers.bound(request.channel, now);
                default -> dropped++;
            }
        }

        @Override
        public void failed(
                ClientRequests.Request request, int code, String text, @Nullable StunMessage response, long now) {
            if (response == null && reliable && request.method != TurnMethod.ALLOCATE) {
                // Over a stream nothing gets lost: it stands still, and carries data neither. Another one may not.
                fail(code, "the stream to the TURN server stands still");
                return;
            }
            switch (request.method) {
                case TurnMethod.ALLOCATE -> refused(code, text, response, now);
                case TurnMethod.REFRESH -> {
                    if (response == null && expiresAt != Time.NEVER) {
                        // Silence proves nothing: the server keeps the allocation until it expires, and so do we.
                        refreshAt = now + RETRY_NANOS;
                    } else {
                        fail(code, text);
                    }
                }
                case TurnMethod.CHANNEL_BIND -> {
                    peers.refused(request.channel);
                    lostIfMismatch(code, text);
                }
                // The peer stays unreachable, and its pair finds out by itself; asked again with the next refresh.
                default -> {
                    dropped++;
                    lostIfMismatch(code, text);
                }
            }
        }
    }

    /** RFC 8656 section 10.2: 437 says that the server has no such allocation, as after a restart of its own. */
    private void lostIfMismatch(int code, String text) {
        if (code == 437) {
            fail(code, text);
        }
    }

    private void allocated(StunMessage response, long now) {
        List<InetSocketAddress> addresses = response.xorAddresses(StunAttribute.XOR_RELAYED_ADDRESS);
        if (addresses == null || addresses.isEmpty() || response.u32(StunAttribute.LIFETIME) == 0) {
            fail(701, "the TURN server gave no relayed address, or one that lives 0 s");
            return;
        }
        for (InetSocketAddress address : addresses) {
            if (address.getPort() == 0 || address.getAddress().isAnyLocalAddress()) {
                fail(701, "the TURN server gave the impossible relayed address " + address);
                return;
            }
        }
        relayed = onePerFamily(addresses);
        mapped = response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS);
        state = State.ALLOCATED;
        refreshed(response, now);
    }

    private static List<InetSocketAddress> onePerFamily(List<InetSocketAddress> addresses) {
        InetSocketAddress first = addresses.get(0);
        for (InetSocketAddress other : addresses) {
            if (other.getAddress().getAddress().length != first.getAddress().getAddress().length) {
                return List.of(first, other);
            }
        }
        return List.of(first);
    }

    private void refreshed(StunMessage response, long now) {
        long lifetime = response.u32(StunAttribute.LIFETIME);
        if (lifetime == 0) {
            fail(701, "the TURN server ended the allocation");
            return;
        }
        long seconds = lifetime < 0 ? DEFAULT_LIFETIME_SECONDS : Math.min(lifetime, MOST_LIFETIME_SECONDS);
        expiresAt = now + seconds * Time.SECOND;
        // RFC 8656 section 8: a minute before the end, or half-way for short ones.
        refreshAt = now + Math.max(seconds - 60, seconds / 2) * Time.SECOND;
    }

    private void refused(int code, String text, @Nullable StunMessage response, long now) {
        // RFC 8656 section 7.3: a server without IPv4 addresses refuses what asks for one. One that takes the attribute
        // for a must, though it is optional, is asked without it.
        if (code == 440 && families == Families.BOTH) {
            families = Families.IPV6;
            request(TurnMethod.ALLOCATE, DEFAULT_LIFETIME_SECONDS, null, 0, now);
            return;
        }
        if (code == 420 && families == Families.BOTH) {
            families = Families.IPV4;
            request(TurnMethod.ALLOCATE, DEFAULT_LIFETIME_SECONDS, null, 0, now);
            return;
        }
        if (code == 300 && response != null) {
            alternate = response.address(StunAttribute.ALTERNATE_SERVER);
            alternateDomain = response.text(StunAttribute.ALTERNATE_DOMAIN);
        }
        fail(code, text);
    }

    private void fail(int code, String text) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.FAILED;
        errorCode = code;
        errorText = text;
        forget();
    }

    private void forget() {
        requests.clear();
        peers.clear();
        refreshAt = Time.NEVER;
        expiresAt = Time.NEVER;
    }

    /**
     * The connection to the server has ended.
     *
     * @param reason in words
     */
    public void handleClosed(String reason) {
        if (state == State.ALLOCATING || state == State.ALLOCATED || state == State.NEW) {
            fail(701, reason);
        }
    }

    /**
     * Gives the allocation back; the last request is not repeated.
     *
     * @param now time
     */
    public void close(long now) {
        if (state == State.ALLOCATED) {
            request(TurnMethod.REFRESH, 0, null, 0, now);
        }
        if (state != State.FAILED) {
            state = State.CLOSED;
        }
        forget();
    }

    /**
     * Time has passed. Calling it early or twice is harmless.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        requests.handleTimeout(now);
        if (expiresAt <= now) {
            fail(701, "the allocation has expired");
        }
        if (refreshAt <= now) {
            probe(now);
        }
        for (InetAddress peer : peers.permissionsDue(now)) {
            request(TurnMethod.CREATE_PERMISSION, 0, new InetSocketAddress(peer, 0), 0, now);
        }
        for (PeerBindings.Channel channel : peers.channelsDue(now)) {
            request(TurnMethod.CHANNEL_BIND, 0, channel.peer, channel.number, now);
        }
    }

    /**
     * When {@link #handleTimeout} is wanted.
     *
     * @return a deadline or {@link Time#NEVER}
     */
    public long nextTimeout() {
        return Math.min(Math.min(refreshAt, expiresAt), Math.min(requests.nextTimeout(), peers.nextTimeout()));
    }

    /**
     * The next message for {@link #server()}.
     *
     * @return owned by the caller, null if there is none
     */
    public byte @Nullable [] pollTransmit() {
        return transmits.poll();
    }

    /**
     * Where everything goes to.
     *
     * @return the server's address
     */
    public InetSocketAddress server() {
        return server;
    }

    /**
     * Where the allocation stands.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * The relayed transport addresses.
     *
     * @return at most one of each family; empty before they are allocated
     */
    public List<InetSocketAddress> relayed() {
        return relayed;
    }

    /**
     * The address that the server sees us under.
     *
     * @return null before it is allocated
     */
    public @Nullable InetSocketAddress mapped() {
        return mapped;
    }

    /**
     * The server that this one names instead of itself (RFC 8489 section 10), told by whoever answered: not authenticated.
     *
     * @return null unless it failed with 300
     */
    public @Nullable InetSocketAddress alternate() {
        return alternate;
    }

    /**
     * The name that the alternate's certificate has (RFC 8489 section 14.16).
     *
     * @return null if it is the same
     */
    public @Nullable String alternateDomain() {
        return alternateDomain;
    }

    /**
     * Why it failed.
     *
     * @return STUN error code, 701 if the server does not answer, 0 if it has not failed
     */
    public int errorCode() {
        return errorCode;
    }

    /**
     * Whether the server has challenged us: then it is there, and what it does not answer later got lost.
     *
     * @return false as long as it has said nothing, or wants no credentials
     */
    public boolean isChallenged() {
        return authentication.signs();
    }

    /**
     * Why it failed, in words.
     *
     * @return empty if it has not
     */
    public String errorText() {
        return errorText;
    }

    /**
     * Messages that were no answer, or data of peers without permission.
     *
     * @return count
     */
    public long dropped() {
        return dropped + requests.dropped();
    }

    /**
     * Peers with a permission.
     *
     * @return count
     */
    public int permissionCount() {
        return peers.permissionCount();
    }

    @Override
    public String toString() {
        return "TurnClient[" + server + " " + state + (relayed.isEmpty() ? "" : " relayed " + relayed) + "]";
    }
}
