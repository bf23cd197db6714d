package dev.yodel.ice.turn;

import dev.yodel.ice.stun.MessageIntegrity;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One allocation on a TURN server over UDP as a protocol core: allocate, authenticate, permissions, channels, refresh,
 * release (RFC 8656; long-term credentials of RFC 8489 section 9.2 with MD5). It owns no socket: everything it emits goes
 * to {@link #server()}, and everything that comes from there is fed to {@link #receive}. Nothing a server sends makes it
 * throw. One thread only.
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
        /** Refused, lost or expired; see {@link #errorCode()}. */
        FAILED,
        /** Given back. */
        CLOSED
    }

    private static final long RTO_NANOS = 500 * Time.MILLISECOND;
    private static final int MAX_SENDS = 5;
    private static final long LAST_WAIT_NANOS = 2 * Time.SECOND;
    private static final int MAX_AUTH_RETRIES = 3;
    private static final int MAX_REDIRECTS = 2;
    private static final int TRANSPORT_UDP = 17;
    private static final long DEFAULT_LIFETIME_SECONDS = 600;

    /** RFC 8656 section 9: a permission lasts 5 minutes, and there is one per peer address. */
    private static final long PERMISSION_REFRESH_NANOS = 240 * Time.SECOND;

    /** RFC 8656 section 12: a channel lasts 10 minutes. */
    private static final long CHANNEL_REFRESH_NANOS = 540 * Time.SECOND;

    private static final int MAX_PERMISSIONS = 256;
    private static final int MAX_CHANNELS = 64;

    private static final class Permission {
        long usedAt;
        long refreshAt;
    }

    private static final class Channel {
        final int number;
        final InetSocketAddress peer;
        boolean bound;
        long refreshAt = Time.NEVER;

        Channel(int number, InetSocketAddress peer) {
            this.number = number;
            this.peer = peer;
        }
    }

    /** One request, that can be written again under another nonce. */
    private static final class Request {
        final int method;
        final long lifetimeSeconds;
        final @Nullable InetSocketAddress peer;
        final int channel;
        int authRetries;
        boolean authenticated;
        TransactionId id;
        byte[] data = new byte[0];
        int sends;
        long rto = RTO_NANOS;
        long deadline;

        Request(int method, long lifetimeSeconds, @Nullable InetSocketAddress peer, int channel, TransactionId id) {
            this.method = method;
            this.lifetimeSeconds = lifetimeSeconds;
            this.peer = peer;
            this.channel = channel;
            this.id = id;
        }
    }

    private final String username;
    private final String password;
    private final RandomSource random;
    private final Map<TransactionId, Request> requests = new LinkedHashMap<>();
    private final Map<InetAddress, Permission> permissions = new LinkedHashMap<>();
    private final Map<InetSocketAddress, Channel> channels = new LinkedHashMap<>();
    private final Map<Integer, Channel> byNumber = new HashMap<>();
    private final ArrayDeque<byte[]> transmits = new ArrayDeque<>();
    private InetSocketAddress server;
    private State state = State.NEW;
    private @Nullable MessageIntegrity key;
    private String realm = "";
    private byte[] nonce = new byte[0];
    private @Nullable InetSocketAddress relayed;
    private @Nullable InetSocketAddress mapped;
    private long refreshAt = Time.NEVER;
    private long expiresAt = Time.NEVER;
    private int redirects;
    private int errorCode;
    private String errorText = "";
    private long dropped;

    /**
     * A client that does nothing yet.
     *
     * @param server the server's address
     * @param username user name
     * @param password password; never printed
     * @param random for transaction ids
     */
    public TurnClient(InetSocketAddress server, String username, String password, RandomSource random) {
        this.server = server;
        this.username = username;
        this.password = password;
        this.random = random;
    }

    /**
     * Asks for an allocation.
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
        Request request = new Request(method, lifetimeSeconds, peer, channel, TransactionId.random(random));
        write(request);
        requests.put(request.id, request);
        transmit(request, now);
    }

    private void write(Request request) {
        StunWriter writer = StunWriter.request(request.method, request.id);
        InetSocketAddress peer = request.peer;
        switch (request.method) {
            case TurnMethod.ALLOCATE -> writer.u32(StunAttribute.REQUESTED_TRANSPORT, (long) TRANSPORT_UDP << 24);
            case TurnMethod.REFRESH -> writer.u32(StunAttribute.LIFETIME, request.lifetimeSeconds);
            case TurnMethod.CHANNEL_BIND -> writer.u32(StunAttribute.CHANNEL_NUMBER, (long) request.channel << 16);
            default -> {}
        }
        if (peer != null) {
            writer.xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer);
        }
        MessageIntegrity credentials = key;
        request.authenticated = credentials != null;
        if (credentials != null) {
            writer.text(StunAttribute.USERNAME, username)
                    .text(StunAttribute.REALM, realm)
                    .bytes(StunAttribute.NONCE, nonce)
                    .integrity(credentials, MessageIntegrity.Algorithm.SHA1);
        }
        request.data = writer.fingerprint().toByteArray();
    }

    private void transmit(Request request, long now) {
        request.sends++;
        request.deadline = now + (request.sends == MAX_SENDS ? LAST_WAIT_NANOS : request.rto);
        request.rto *= 2;
        transmits.add(request.data);
    }

    /** The same request again, with a fresh transaction, after its credentials or its server changed. */
    private void again(Request request, long now) {
        request.id = TransactionId.random(random);
        request.sends = 0;
        request.rto = RTO_NANOS;
        write(request);
        requests.put(request.id, request);
        transmit(request, now);
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

    /** Bytes that {@link #wrap} adds at most. */
    public static final int MAX_OVERHEAD = 64;

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
        permit(peer, now);
        Channel channel = channels.get(peer);
        if (channel != null && channel.bound) {
            ChannelData.writeHeader(into, 0, channel.number, length);
            System.arraycopy(data, offset, into, ChannelData.HEADER_LENGTH, length);
            return ChannelData.HEADER_LENGTH + length;
        }
        // RFC 8656 section 11.1: an indication cannot be authenticated.
        byte[] indication = new StunWriter(StunClass.INDICATION, TurnMethod.SEND, TransactionId.random(random))
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer)
                .bytes(StunAttribute.DATA, data, offset, length)
                .toByteArray();
        System.arraycopy(indication, 0, into, 0, indication.length);
        return indication.length;
    }

    /** The request goes out just before the datagram that needs it, so nothing waits for its answer. */
    private void permit(InetSocketAddress peer, long now) {
        Permission permission = permissions.get(peer.getAddress());
        if (permission != null) {
            permission.usedAt = now;
        } else if (permissions.size() < MAX_PERMISSIONS) {
            permission = new Permission();
            permission.usedAt = now;
            permission.refreshAt = now + PERMISSION_REFRESH_NANOS;
            permissions.put(peer.getAddress(), permission);
            request(TurnMethod.CREATE_PERMISSION, 0, new InetSocketAddress(peer.getAddress(), 0), 0, now);
        }
    }

    /**
     * Binds a channel to a peer, so that data to and from it costs 4 bytes (RFC 8656 section 12).
     *
     * @param peer whom
     * @param now time
     */
    public void bindChannel(InetSocketAddress peer, long now) {
        if (state != State.ALLOCATED || channels.containsKey(peer) || channels.size() >= MAX_CHANNELS) {
            return;
        }
        Channel channel = new Channel(ChannelData.FIRST_CHANNEL + channels.size(), peer);
        channels.put(peer, channel);
        byNumber.put(channel.number, channel);
        request(TurnMethod.CHANNEL_BIND, 0, peer, channel.number, now);
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
            Channel channel = byNumber.get(ChannelData.channel(datagram.data, datagram.offset));
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
        if (message.messageClass() == StunClass.INDICATION) {
            return message.method() == TurnMethod.DATA && unwrap(message, datagram);
        }
        handleResponse(message, now);
        return false;
    }

    private boolean unwrap(StunMessage message, Datagram datagram) {
        InetSocketAddress peer = message.xorAddress(StunAttribute.XOR_PEER_ADDRESS);
        byte[] data = message.bytes(StunAttribute.DATA);
        // RFC 8656 section 11.4: only from peers that we have given a permission.
        if (peer == null || data == null || !permissions.containsKey(peer.getAddress())) {
            dropped++;
            return false;
        }
        // Back into the borrowed array, which has the tail-room that its later readers count on.
        System.arraycopy(data, 0, datagram.data, datagram.offset, data.length);
        datagram.length = data.length;
        datagram.remote = peer;
        return true;
    }

    private void handleResponse(StunMessage response, long now) {
        Request request = requests.get(response.transactionId());
        if (request == null || response.method() != request.method) {
            dropped++;
            return;
        }
        MessageIntegrity credentials = key;
        boolean verified = credentials != null && credentials.verifies(response, MessageIntegrity.Algorithm.SHA1);
        if (response.messageClass() == StunClass.SUCCESS) {
            // RFC 8489 section 9.2.5: what was asked with integrity is answered with it.
            if (request.authenticated && !verified) {
                dropped++;
                return;
            }
            requests.remove(request.id);
            succeeded(request, response, now);
        } else {
            requests.remove(request.id);
            refused(request, response, now);
        }
    }

    private void succeeded(Request request, StunMessage response, long now) {
        switch (request.method) {
            case TurnMethod.ALLOCATE -> {
                InetSocketAddress address = response.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS);
                if (address == null) {
                    fail(701, "the TURN server gave no relayed address");
                    return;
                }
                relayed = address;
                mapped = response.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS);
                state = State.ALLOCATED;
                refreshed(response, now);
            }
            case TurnMethod.REFRESH -> {
                if (request.lifetimeSeconds > 0) {
                    refreshed(response, now);
                }
            }
            case TurnMethod.CREATE_PERMISSION -> {
                InetSocketAddress peer = request.peer;
                Permission permission = peer == null ? null : permissions.get(peer.getAddress());
                if (permission != null) {
                    permission.refreshAt = now + PERMISSION_REFRESH_NANOS;
                }
            }
            case TurnMethod.CHANNEL_BIND -> {
                Channel channel = byNumber.get(request.channel);
                if (channel != null) {
                    channel.bound = true;
                    channel.refreshAt = now + CHANNEL_REFRESH_NANOS;
                }
            }
            default -> dropped++;
        }
    }

    private void refreshed(StunMessage response, long now) {
        long lifetime = response.u32(StunAttribute.LIFETIME);
        long seconds = lifetime <= 0 ? DEFAULT_LIFETIME_SECONDS : Math.min(lifetime, 3600);
        expiresAt = now + seconds * Time.SECOND;
        // RFC 8656 section 8: a minute before the end, or half-way for short ones.
        refreshAt = now + Math.max(seconds - 60, seconds / 2) * Time.SECOND;
    }

    private void refused(Request request, StunMessage response, long now) {
        int code = response.errorCode();
        String newRealm = response.text(StunAttribute.REALM);
        byte[] newNonce = response.bytes(StunAttribute.NONCE);
        boolean challenge = (code == 401 || code == 438) && newNonce != null;
        if (challenge && request.authRetries < MAX_AUTH_RETRIES && newNonce != null) {
            // RFC 8489 section 9.2.5: 401 to an authenticated request with the same realm means a wrong password.
            if (code == 401 && request.authenticated && (newRealm == null || newRealm.equals(realm))) {
                failRequest(request, code, "the TURN server refuses the credentials");
                return;
            }
            request.authRetries++;
            nonce = newNonce;
            if (newRealm != null && (key == null || !newRealm.equals(realm))) {
                realm = newRealm;
                key = MessageIntegrity.longTermMd5(username, realm, password);
            }
            again(request, now);
            return;
        }
        InetSocketAddress alternate = response.address(StunAttribute.ALTERNATE_SERVER);
        if (code == 300 && alternate != null && request.method == TurnMethod.ALLOCATE && redirects < MAX_REDIRECTS) {
            redirects++;
            server = alternate;
            key = null;
            again(request, now);
            return;
        }
        failRequest(request, code == 0 ? 701 : code, "the TURN server refuses: " + response.errorReason());
    }

    private void failRequest(Request request, int code, String text) {
        switch (request.method) {
            case TurnMethod.ALLOCATE, TurnMethod.REFRESH -> fail(code, text);
            // The peer stays unreachable, and its pair finds out by itself; asked again with the next refresh.
            case TurnMethod.CREATE_PERMISSION -> dropped++;
            case TurnMethod.CHANNEL_BIND -> {
                // The number stays taken: it must not be given to another peer (RFC 8656 section 12).
                Channel channel = byNumber.get(request.channel);
                if (channel != null) {
                    channel.bound = false;
                    channel.refreshAt = Time.NEVER;
                }
            }
            default -> dropped++;
        }
    }

    private void fail(int code, String text) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.FAILED;
        errorCode = code;
        errorText = text;
        requests.clear();
        permissions.clear();
        channels.clear();
        byNumber.clear();
        refreshAt = Time.NEVER;
        expiresAt = Time.NEVER;
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
        requests.clear();
        refreshAt = Time.NEVER;
        expiresAt = Time.NEVER;
        permissions.clear();
        channels.clear();
        byNumber.clear();
    }

    /**
     * Time has passed. Calling it early or twice is harmless.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        List<Request> due = new ArrayList<>();
        for (Request request : requests.values()) {
            if (request.deadline <= now) {
                due.add(request);
            }
        }
        for (Request request : due) {
            if (request.sends < MAX_SENDS) {
                transmit(request, now);
            } else if (requests.remove(request.id) != null) {
                failRequest(request, 701, "the TURN server does not answer");
            }
        }
        if (expiresAt <= now) {
            fail(701, "the allocation has expired");
        }
        if (refreshAt <= now) {
            refreshAt = Time.NEVER;
            request(TurnMethod.REFRESH, DEFAULT_LIFETIME_SECONDS, null, 0, now);
        }
        refreshPermissions(now);
        for (Channel channel : channels.values()) {
            if (channel.refreshAt <= now) {
                channel.refreshAt = Time.NEVER;
                request(TurnMethod.CHANNEL_BIND, 0, channel.peer, channel.number, now);
            }
        }
    }

    private void refreshPermissions(long now) {
        for (Map.Entry<InetAddress, Permission> entry : permissions.entrySet()) {
            Permission permission = entry.getValue();
            if (permission.refreshAt <= now) {
                permission.refreshAt = now + PERMISSION_REFRESH_NANOS;
                request(TurnMethod.CREATE_PERMISSION, 0, new InetSocketAddress(entry.getKey(), 0), 0, now);
            }
        }
        // A peer that we have not sent to for a whole permission's life is forgotten.
        permissions.values().removeIf(permission -> now - permission.usedAt > 2 * PERMISSION_REFRESH_NANOS);
    }

    /**
     * When {@link #handleTimeout} is wanted.
     *
     * @return a deadline or {@link Time#NEVER}
     */
    public long nextTimeout() {
        long next = Math.min(refreshAt, expiresAt);
        for (Request request : requests.values()) {
            next = Math.min(next, request.deadline);
        }
        for (Permission permission : permissions.values()) {
            next = Math.min(next, permission.refreshAt);
        }
        for (Channel channel : channels.values()) {
            next = Math.min(next, channel.refreshAt);
        }
        return next;
    }

    /**
     * The next datagram for {@link #server()}.
     *
     * @return owned by the caller, null if there is none
     */
    public byte @Nullable [] pollTransmit() {
        return transmits.poll();
    }

    /**
     * Where everything goes to; changes when the server names an alternate.
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
     * The relayed transport address.
     *
     * @return null before it is allocated
     */
    public @Nullable InetSocketAddress relayed() {
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
     * Why it failed.
     *
     * @return STUN error code, 701 if the server does not answer, 0 if it has not failed
     */
    public int errorCode() {
        return errorCode;
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
     * Datagrams that were no answer, or data of peers without permission.
     *
     * @return count
     */
    public long dropped() {
        return dropped;
    }

    /**
     * Peers with a permission.
     *
     * @return count
     */
    public int permissionCount() {
        return permissions.size();
    }

    @Override
    public String toString() {
        return "TurnClient[" + server + " " + state + (relayed == null ? "" : " relayed " + relayed) + "]";
    }
}
