package dev.yodel.ice.turn;

import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which peers may send to us through an allocation, which have a channel, and when is that refreshed (RFC 8656 sections 9,
 * 12)? It sends nothing.
 */
final class PeerBindings {
    /** RFC 8656 section 9: a permission lasts 5 minutes, and there is one per peer address. */
    static final long PERMISSION_REFRESH_NANOS = 240 * Time.SECOND;

    /** RFC 8656 section 12: a channel lasts 10 minutes. */
    static final long CHANNEL_REFRESH_NANOS = 540 * Time.SECOND;

    private static final int MAX_PERMISSIONS = 256;
    private static final int MAX_CHANNELS = 64;

    private static final class Permission {
        long usedAt;
        long refreshAt;
    }

    /** A number that stands for a peer. */
    static final class Channel {
        final int number;
        final InetSocketAddress peer;
        boolean bound;
        private long refreshAt = Time.NEVER;

        Channel(int number, InetSocketAddress peer) {
            this.number = number;
            this.peer = peer;
        }
    }

    private final Map<InetAddress, Permission> permissions = new LinkedHashMap<>();
    private final Map<InetSocketAddress, Channel> channels = new LinkedHashMap<>();
    private final Map<Integer, Channel> byNumber = new HashMap<>();

    int permissionCount() {
        return permissions.size();
    }

    boolean permits(InetAddress peer) {
        return permissions.containsKey(peer);
    }

    /** A datagram goes to a peer; true if its permission has to be asked for. */
    boolean use(InetAddress peer, long now) {
        Permission permission = permissions.get(peer);
        if (permission != null) {
            permission.usedAt = now;
            return false;
        }
        if (permissions.size() >= MAX_PERMISSIONS) {
            return false;
        }
        permission = new Permission();
        permission.usedAt = now;
        permission.refreshAt = now + PERMISSION_REFRESH_NANOS;
        permissions.put(peer, permission);
        return true;
    }

    void permitted(InetAddress peer, long now) {
        Permission permission = permissions.get(peer);
        if (permission != null) {
            permission.refreshAt = now + PERMISSION_REFRESH_NANOS;
        }
    }

    /** A new channel to ask for; null if the peer has one or there are too many. */
    @Nullable
    Channel newChannel(InetSocketAddress peer) {
        if (channels.containsKey(peer) || channels.size() >= MAX_CHANNELS) {
            return null;
        }
        Channel channel = new Channel(ChannelData.FIRST_CHANNEL + channels.size(), peer);
        channels.put(peer, channel);
        byNumber.put(channel.number, channel);
        return channel;
    }

    void bound(int number, long now) {
        Channel channel = byNumber.get(number);
        if (channel != null) {
            channel.bound = true;
            channel.refreshAt = now + CHANNEL_REFRESH_NANOS;
        }
    }

    /** The number stays taken: it must not be given to another peer (RFC 8656 section 12). */
    void refused(int number) {
        Channel channel = byNumber.get(number);
        if (channel != null) {
            channel.bound = false;
            channel.refreshAt = Time.NEVER;
        }
    }

    @Nullable
    Channel channelTo(InetSocketAddress peer) {
        return channels.get(peer);
    }

    @Nullable
    Channel channel(int number) {
        return byNumber.get(number);
    }

    /** The permissions that are to be asked for again now. A peer that we have not sent to for long is forgotten. */
    List<InetAddress> permissionsDue(long now) {
        permissions.values().removeIf(permission -> now - permission.usedAt > 2 * PERMISSION_REFRESH_NANOS);
        List<InetAddress> due = new ArrayList<>();
        for (Map.Entry<InetAddress, Permission> entry : permissions.entrySet()) {
            if (entry.getValue().refreshAt <= now) {
                entry.getValue().refreshAt = now + PERMISSION_REFRESH_NANOS;
                due.add(entry.getKey());
            }
        }
        return due;
    }

    /** The channels that are to be bound again now. */
    List<Channel> channelsDue(long now) {
        List<Channel> due = new ArrayList<>();
        for (Channel channel : channels.values()) {
            if (channel.refreshAt <= now) {
                channel.refreshAt = Time.NEVER;
                due.add(channel);
            }
        }
        return due;
    }

    long nextTimeout() {
        long next = Time.NEVER;
        for (Permission permission : permissions.values()) {
            next = Math.min(next, permission.refreshAt);
        }
        for (Channel channel : channels.values()) {
            next = Math.min(next, channel.refreshAt);
        }
        return next;
    }

    void clear() {
        permissions.clear();
        channels.clear();
        byNumber.clear();
    }
}
