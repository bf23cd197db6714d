package dev.yodel.ice.turn;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/**
 * May this data pass, and how is it wrapped? Data of clients for peers and of peers for clients (RFC 8656 sections 11 and
 * 12). Data for another relay of this server is handed over inside, so that two clients meet whatever the policy and
 * whether or not the router in front can turn packets around. One thread only.
 */
final class RelayTraffic {
    private final Allocations allocations;
    private final ServerOutbox outbox;
    private final TurnServerCounters counters;
    private final Set<InetSocketAddress> ownListeners = new HashSet<>();

    RelayTraffic(Allocations allocations, ServerOutbox outbox, TurnServerCounters counters) {
        this.allocations = allocations;
        this.outbox = outbox;
        this.counters = counters;
    }

    /** Our own doors are nobody's peers: packets could run in circles (RFC 8656 section 21.2.2). */
    void addListener(InetSocketAddress address) {
        ownListeners.add(address);
    }

    /** A Send indication (RFC 8656 section 11.2). */
    void handleSend(Allocation allocation, StunMessage indication, long now) {
        InetSocketAddress peer = indication.xorAddress(StunAttribute.XOR_PEER_ADDRESS);
        byte[] data = indication.bytes(StunAttribute.DATA);
        if (peer == null
                || data == null
                || indication.unknownRequired(StunAttribute.XOR_PEER_ADDRESS, StunAttribute.DATA).length > 0) {
            counters.malformed++;
            return;
        }
        // The array is fresh, and nobody else's.
        toPeer(allocation, peer, data, 0, data.length, true, now);
    }

    /** A ChannelData message (RFC 8656 section 12.6). */
    void handleChannelData(Allocation allocation, byte[] data, int offset, boolean borrowed, long now) {
        Allocation.Channel channel = allocation.channel(ChannelData.channel(data, offset), now);
        if (channel == null) {
            counters.noAllocation++;
            return;
        }
        int length = ChannelData.dataLength(data, offset);
        toPeer(allocation, channel.peer, data, offset + ChannelData.HEADER_LENGTH, length, borrowed, now);
    }

    private void toPeer(
            Allocation allocation,
            InetSocketAddress peer,
            byte[] data,
            int offset,
            int length,
            boolean borrowed,
            long now) {
        InetAddress address = peer.getAddress();
        Relay relay = allocation.relayFor(address);
        if (relay == null || !allocation.isPermitted(address, false, now)) {
            counters.noPermission++;
            return;
        }
        Allocations.Owned own = allocations.ofAdvertised(peer);
        boolean outside = own == null;
        if (outside && (peer.getPort() == 0 || ownListeners.contains(peer))) {
            counters.refusedPeers++;
            return;
        }
        if (outside && !allocation.isPermitted(address, true, now)) {
            counters.refusedPeers++;
            return;
        }
        if (!allocation.towardsPeers.take(length, now)) {
            counters.overBitrate++;
            return;
        }
        allocation.sentBytes += length;
        counters.relayedPackets++;
        counters.relayedBytes += length;
        if (own != null) {
            toClient(own.allocation(), relay.advertised, false, data, offset, length, now);
        } else {
            outbox.toPeer(relay.socketId, peer, data, offset, length, borrowed);
        }
    }

    /** A datagram has come to a relay (RFC 8656 sections 11.3 and 12.7). */
    void handlePeer(int relayId, InetSocketAddress peer, byte[] data, int offset, int length, long now) {
        Allocations.Owned owned = allocations.ofSocket(relayId);
        if (owned == null) {
            // Reserved for a client that has not come yet.
            counters.noPermission++;
            return;
        }
        toClient(owned.allocation(), peer, true, data, offset, length, now);
    }

    private void toClient(
            Allocation allocation,
            InetSocketAddress peer,
            boolean outside,
            byte[] data,
            int offset,
            int length,
            long now) {
        if (!allocation.isPermitted(peer.getAddress(), outside, now)) {
            counters.noPermission++;
            return;
        }
        if (!allocation.towardsClient.take(length, now)) {
            counters.overBitrate++;
            return;
        }
        allocation.receivedBytes += length;
        if (outside) {
            counters.relayedPackets++;
            counters.relayedBytes += length;
        }
        Allocation.Channel channel = allocation.channelOf(peer, now);
        if (channel != null) {
            outbox.channelData(allocation.client, channel.number, data, offset, length);
        } else if (length <= 65_535 - 64) {
            outbox.dataIndication(allocation.client, peer, data, offset, length);
        } else {
            counters.malformed++;
        }
    }
}
