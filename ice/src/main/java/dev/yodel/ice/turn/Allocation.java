package dev.yodel.ice.turn;

import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one client has: relays, permissions and channels (RFC 8656 sections 3.2, 9, 12). It decides nothing about
 * requests. One thread only.
 */
final class Allocation {
    /** RFC 8656 section 9. */
    static final long PERMISSION_NANOS = 300 * Time.SECOND;
    /** RFC 8656 section 12. */
    static final long CHANNEL_NANOS = 600 * Time.SECOND;

    /** A peer that may be talked to. */
    private static final class Permission {
        /** Whether it may be reached by a socket, not only if it is another relay of this server. */
        boolean outside;

        long expiresAt;
    }

    /** A channel. */
    static final class Channel {
        final int number;
        final InetSocketAddress peer;
        long expiresAt;

        Channel(int number, InetSocketAddress peer, long expiresAt) {
            this.number = number;
            this.peer = peer;
            this.expiresAt = expiresAt;
        }
    }

    final ClientPath client;
    final String username;
    final String account;
    /** The transaction that made it: a retransmission is answered again, anything else is a mismatch. */
    final TransactionId madeBy;

    final List<Relay> relays = new ArrayList<>(1);
    final TokenBucket towardsPeers;
    final TokenBucket towardsClient;
    long expiresAt = Time.NEVER;
    long lifetimeSeconds;
    /** Names the port after this one's, which is kept for a while; null if none was asked for. */
    byte @Nullable [] reservationToken;
    /** Why there is no relay of the additional family; 0 if none was asked for, or there is one. */
    int additionalFamilyError;

    long sentBytes;
    long receivedBytes;

    private final Map<InetAddress, Permission> permissions = new HashMap<>();
    private final Map<Integer, Channel> byNumber = new HashMap<>();
    private final Map<InetSocketAddress, Channel> byPeer = new HashMap<>();

    Allocation(ClientPath client, String username, String account, TransactionId madeBy, long bitrateBps) {
        this.client = client;
        this.username = username;
        this.account = account;
        this.madeBy = madeBy;
        this.towardsPeers = new TokenBucket(bitrateBps);
        this.towardsClient = new TokenBucket(bitrateBps);
    }

    @Nullable
    Relay relayFor(InetAddress peer) {
        boolean ipv4 = peer.getAddress().length == 4;
        for (Relay relay : relays) {
            if (relay.isIpv4() == ipv4) {
                return relay;
            }
        }
        return null;
    }

    /** Whether the permissions of these peers can be had: those that exist are only prolonged. */
    boolean hasRoomFor(List<InetSocketAddress> peers, int most, long now) {
        int more = 0;
        for (InetSocketAddress peer : peers) {
            if (!permissions.containsKey(peer.getAddress())) {
                more++;
            }
        }
        if (permissions.size() + more > most) {
            permissions.values().removeIf(permission -> permission.expiresAt <= now);
        }
        return permissions.size() + more <= most;
    }

    /**
     * Gives or prolongs a permission.
     *
     * @param outside whether the policy lets relays send there at all
     */
    void permit(InetAddress peer, boolean outside, long now) {
        Permission permission = permissions.computeIfAbsent(peer, unused -> new Permission());
        permission.outside = outside;
        permission.expiresAt = now + PERMISSION_NANOS;
    }

    /** Whether a peer has a permission: as another relay of this server or, if asked for, as anybody outside. */
    boolean isPermitted(InetAddress peer, boolean outside, long now) {
        Permission permission = permissions.get(peer);
        return permission != null && permission.expiresAt > now && (permission.outside || !outside);
    }

    /**
     * Binds or prolongs a channel; its permission is the caller's to give.
     *
     * @return false if the number or the peer belongs to another channel
     */
    boolean bind(int number, InetSocketAddress peer, long now) {
        Channel channel = channel(number, now);
        Channel ofPeer = channelOf(peer, now);
        if (channel != ofPeer) {
            return false;
        }
        if (channel == null) {
            channel = new Channel(number, peer, 0);
            byNumber.put(number, channel);
            byPeer.put(peer, channel);
        }
        channel.expiresAt = now + CHANNEL_NANOS;
        return true;
    }

    boolean hasRoomForChannel(int number, int most, long now) {
        if (byNumber.size() >= most && !byNumber.containsKey(number)) {
            dropExpiredChannels(now);
        }
        return byNumber.size() < most || byNumber.containsKey(number);
    }

    private void dropExpiredChannels(long now) {
        byNumber.values().removeIf(channel -> channel.expiresAt <= now);
        byPeer.values().removeIf(channel -> channel.expiresAt <= now);
    }

    @Nullable
    Channel channel(int number, long now) {
        Channel channel = byNumber.get(number);
        return channel == null ? null : alive(channel, now);
    }

    @Nullable
    Channel channelOf(InetSocketAddress peer, long now) {
        Channel channel = byPeer.get(peer);
        return channel == null ? null : alive(channel, now);
    }

    private @Nullable Channel alive(Channel channel, long now) {
        if (channel.expiresAt > now) {
            return channel;
        }
        byNumber.remove(channel.number);
        byPeer.remove(channel.peer);
        return null;
    }

    /** Channels and permissions that have ended give their room back. */
    void sweep(long now) {
        permissions.values().removeIf(permission -> permission.expiresAt <= now);
        dropExpiredChannels(now);
    }

    boolean isOpen() {
        return !relays.isEmpty();
    }

    int permissionCount() {
        return permissions.size();
    }

    int channelCount() {
        return byNumber.size();
    }

    List<InetSocketAddress> relayed() {
        return relays.stream().map(relay -> relay.advertised).toList();
    }

    @Override
    public String toString() {
        return "Allocation[" + client.remote() + " " + relayed() + "]";
    }
}
