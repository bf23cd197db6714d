package dev.yodel.ice.turn;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does an authentic request change, and what is its answer: Allocate, Refresh, CreatePermission and ChannelBind (RFC
 * 8656 sections 7, 8, 10, 12). Who asks was found out before. One thread only.
 */
final class TurnRequests {
    /** Everything that must be understood and is; DONT-FRAGMENT is not: Java cannot set the bit (RFC 8656 section 15). */
    private static final int[] UNDERSTOOD = {
        StunAttribute.USERNAME,
        StunAttribute.USERHASH,
        StunAttribute.REALM,
        StunAttribute.NONCE,
        StunAttribute.MESSAGE_INTEGRITY,
        StunAttribute.MESSAGE_INTEGRITY_SHA256,
        StunAttribute.PASSWORD_ALGORITHM,
        StunAttribute.CHANNEL_NUMBER,
        StunAttribute.LIFETIME,
        StunAttribute.XOR_PEER_ADDRESS,
        StunAttribute.REQUESTED_ADDRESS_FAMILY,
        StunAttribute.EVEN_PORT,
        StunAttribute.REQUESTED_TRANSPORT,
        StunAttribute.RESERVATION_TOKEN,
    };

    private static final int IPV4 = 1;
    private static final int IPV6 = 2;
    private static final int UDP = 17;
    private static final long DEFAULT_LIFETIME_SECONDS = 600;

    private final TurnServerOptions options;
    private final TurnCredentials credentials;
    private final Allocations allocations;
    private final RelayPorts ports;
    private final ServerOutbox outbox;
    private final TurnServerCounters counters;

    TurnRequests(
            TurnServerOptions options,
            TurnCredentials credentials,
            Allocations allocations,
            RelayPorts ports,
            ServerOutbox outbox,
            TurnServerCounters counters) {
        this.options = options;
        this.credentials = credentials;
        this.allocations = allocations;
        this.ports = ports;
        this.outbox = outbox;
        this.counters = counters;
    }

    /** A request with the one who signed it, and signs the answer. */
    private record Asked(StunMessage message, ClientPath client, Authenticator.Authentic by) {}

    static boolean isMethod(int method) {
        return method == TurnMethod.ALLOCATE
                || method == TurnMethod.REFRESH
                || method == TurnMethod.CREATE_PERMISSION
                || method == TurnMethod.CHANNEL_BIND;
    }

    void handle(StunMessage message, ClientPath client, Authenticator.Authentic by, long now) {
        Asked asked = new Asked(message, client, by);
        int[] unknown = message.unknownRequired(UNDERSTOOD);
        if (unknown.length > 0) {
            counters.refusedRequests++;
            finish(asked, StunWriter.error(message, 420, "Unknown Attribute").unknownAttributes(unknown));
            return;
        }
        Allocation allocation = allocations.of(client);
        if (message.method() == TurnMethod.ALLOCATE) {
            allocate(asked, allocation, now);
        } else if (allocation == null || !allocation.isOpen()) {
            refuse(asked, 437, "Allocation Mismatch");
        } else if (!allocation.username.equals(by.username())) {
            refuse(asked, 441, "Wrong Credentials");
        } else {
            switch (message.method()) {
                case TurnMethod.REFRESH -> refresh(asked, allocation, now);
                case TurnMethod.CREATE_PERMISSION -> createPermission(asked, allocation, now);
                default -> bindChannel(asked, allocation, now);
            }
        }
    }

    // RFC 8656 section 7.2, in its order.
    private void allocate(Asked asked, @Nullable Allocation before, long now) {
        StunMessage message = asked.message();
        if (before != null) {
            if (!before.madeBy.equals(message.transactionId())) {
                refuse(asked, 437, "Allocation Mismatch");
            } else if (before.isOpen()) {
                succeed(asked, before, now);
            }
            return;
        }
        byte[] transport = message.bytes(StunAttribute.REQUESTED_TRANSPORT);
        if (transport == null || transport.length != 4) {
            refuse(asked, 400, "No Transport");
            return;
        }
        if (Bytes.u8(transport, 0) != UDP) {
            refuse(asked, 442, "Only UDP Is Relayed");
            return;
        }
        if (message.has(StunAttribute.RESERVATION_TOKEN)) {
            claim(asked, now);
            return;
        }
        byte[] evenPort = message.bytes(StunAttribute.EVEN_PORT);
        boolean nextPort = evenPort != null && evenPort.length == 1 && (evenPort[0] & 0x80) != 0;
        boolean additional = message.has(StunAttribute.ADDITIONAL_ADDRESS_FAMILY);
        int family = family(message, StunAttribute.REQUESTED_ADDRESS_FAMILY, IPV4);
        if ((evenPort != null && evenPort.length != 1)
                || (additional && (message.has(StunAttribute.REQUESTED_ADDRESS_FAMILY) || nextPort))
                || (additional && family(message, StunAttribute.ADDITIONAL_ADDRESS_FAMILY, IPV6) != IPV6)) {
            refuse(asked, 400, "Contradictory Request");
            return;
        }
        RelayAddress address = relayAddress(family, asked.client());
        if (address == null) {
            refuse(asked, 440, "Address Family Not Supported");
            return;
        }
        if (!hasRoom(asked, nextPort ? 2 : 1)) {
            return;
        }
        Allocation allocation = newAllocation(asked);
        List<RelayAddress> wanted = new ArrayList<>(List.of(address));
        RelayAddress second = additional ? relayAddress(IPV6, asked.client()) : null;
        if (second != null) {
            wanted.add(second);
        } else if (additional) {
            allocation.additionalFamilyError = 440;
        }
        RelayPorts.Kind kind = evenPort == null
                ? RelayPorts.Kind.ANY
                : nextPort ? RelayPorts.Kind.EVEN_AND_NEXT : RelayPorts.Kind.EVEN;
        ports.open(new RelayPorts.Opening(allocation, wanted, kind, (done, then) -> opened(asked, done, then)), now);
    }

    private boolean hasRoom(Asked asked, int count) {
        String account = credentials.account(asked.by().username());
        if (!allocations.hasRoomFor(account, count)) {
            refuse(asked, 486, "Allocation Quota Reached");
            return false;
        }
        if (!allocations.hasRoom(count)) {
            refuse(asked, 508, "Insufficient Capacity");
            return false;
        }
        return true;
    }

    private Allocation newAllocation(Asked asked) {
        Allocation allocation = new Allocation(
                asked.client(),
                asked.by().username(),
                credentials.account(asked.by().username()),
                asked.message().transactionId(),
                options.maxBitrateBps());
        allocations.add(allocation);
        return allocation;
    }

    private void opened(Asked asked, RelayPorts.Opening done, long now) {
        Allocation allocation = done.allocation;
        Relay first = done.relays.get(0);
        Relay second = done.relays.size() > 1 ? done.relays.get(1) : null;
        if (first == null) {
            if (second != null) {
                ports.close(second);
            }
            allocations.remove(allocation);
            refuse(asked, 508, "No Port Available");
            return;
        }
        allocations.addRelay(allocation, first);
        if (second != null) {
            allocations.addRelay(allocation, second);
        } else if (done.relays.size() > 1) {
            allocation.additionalFamilyError = 508;
        }
        established(asked, allocation, now);
    }

    private void established(Asked asked, Allocation allocation, long now) {
        allocation.lifetimeSeconds = lifetime(asked.message());
        allocation.expiresAt = now + allocation.lifetimeSeconds * Time.SECOND;
        counters.allocations++;
        outbox.event(new TurnServerEvent.Allocated(
                asked.client().remote(), asked.client().stream(), allocation.username, allocation.relayed()));
        succeed(asked, allocation, now);
    }

    private void claim(Asked asked, long now) {
        StunMessage message = asked.message();
        Long token = message.i64(StunAttribute.RESERVATION_TOKEN);
        if (token == null
                || message.has(StunAttribute.EVEN_PORT)
                || message.has(StunAttribute.REQUESTED_ADDRESS_FAMILY)
                || message.has(StunAttribute.ADDITIONAL_ADDRESS_FAMILY)) {
            refuse(asked, 400, "Contradictory Request");
            return;
        }
        Relay relay = ports.claim(token, credentials.account(asked.by().username()));
        if (relay == null) {
            refuse(asked, 508, "No Such Reservation");
            return;
        }
        // It takes the place that its reservation had.
        Allocation allocation = newAllocation(asked);
        allocations.addRelay(allocation, relay);
        established(asked, allocation, now);
    }

    private void succeed(Asked asked, Allocation allocation, long now) {
        StunWriter success = StunWriter.success(asked.message());
        for (Relay relay : allocation.relays) {
            success.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, relay.advertised);
        }
        success.u32(StunAttribute.LIFETIME, Math.max(0, (allocation.expiresAt - now) / Time.SECOND))
                .xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, asked.client().remote());
        byte[] token = allocation.reservationToken;
        if (token != null) {
            success.bytes(StunAttribute.RESERVATION_TOKEN, token);
        }
        if (allocation.additionalFamilyError != 0) {
            success.bytes(StunAttribute.ADDRESS_ERROR_CODE, addressError(allocation.additionalFamilyError));
        }
        finish(asked, success);
    }

    /** RFC 8656 section 18.12: family, reserved, class and number, phrase. */
    private static byte[] addressError(int code) {
        byte[] phrase = (code == 440 ? "Address Family Not Supported" : "No Port Available")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] value = new byte[4 + phrase.length];
        value[0] = IPV6;
        value[2] = (byte) (code / 100);
        value[3] = (byte) (code % 100);
        System.arraycopy(phrase, 0, value, 4, phrase.length);
        return value;
    }

    /** The address on which the client came in, if relays may be opened there, else the first of the family. */
    private @Nullable RelayAddress relayAddress(int family, ClientPath client) {
        RelayAddress first = null;
        for (RelayAddress address : options.relayAddresses()) {
            if (family != (address.local().getAddress().length == 4 ? IPV4 : IPV6)) {
                continue;
            }
            if (address.local().equals(client.local().getAddress())) {
                return address;
            }
            first = first == null ? address : first;
        }
        return first;
    }

    /** 1 or 2; 0 for anything else. */
    private static int family(StunMessage message, int attribute, int otherwise) {
        byte[] value = message.bytes(attribute);
        if (value == null) {
            return otherwise;
        }
        int family = value.length == 4 ? Bytes.u8(value, 0) : 0;
        return family == IPV4 || family == IPV6 ? family : 0;
    }

    private long lifetime(StunMessage message) {
        long wanted = message.u32(StunAttribute.LIFETIME);
        return Math.max(DEFAULT_LIFETIME_SECONDS, Math.min(wanted, options.maxLifetimeSeconds()));
    }

    // RFC 8656 section 8.2.
    private void refresh(Asked asked, Allocation allocation, long now) {
        StunMessage message = asked.message();
        Relay relay = null;
        if (message.has(StunAttribute.REQUESTED_ADDRESS_FAMILY)) {
            int family = family(message, StunAttribute.REQUESTED_ADDRESS_FAMILY, 0);
            for (Relay candidate : allocation.relays) {
                relay = candidate.isIpv4() == (family == IPV4) && family != 0 ? candidate : relay;
            }
            if (relay == null) {
                refuse(asked, 443, "Peer Address Family Mismatch");
                return;
            }
        }
        long lifetime = message.u32(StunAttribute.LIFETIME);
        if (lifetime == 0) {
            if (relay != null && allocation.relays.size() > 1) {
                allocations.removeRelay(allocation, relay);
                ports.close(relay);
            } else {
                release(allocation, "given back");
            }
        } else {
            lifetime = lifetime(message);
            allocation.lifetimeSeconds = lifetime;
            allocation.expiresAt = now + lifetime * Time.SECOND;
            allocation.sweep(now);
        }
        finish(asked, StunWriter.success(message).u32(StunAttribute.LIFETIME, lifetime));
    }

    /** Ends an allocation and closes its sockets. */
    void release(Allocation allocation, String reason) {
        List<InetSocketAddress> relayed = allocation.relayed();
        ports.cancel(allocation);
        allocation.relays.forEach(ports::close);
        allocations.remove(allocation);
        if (!relayed.isEmpty()) {
            outbox.event(new TurnServerEvent.Released(
                    allocation.client.remote(),
                    allocation.username,
                    relayed,
                    allocation.sentBytes,
                    allocation.receivedBytes,
                    reason));
        }
    }

    // RFC 8656 section 10.2: all of them or none.
    private void createPermission(Asked asked, Allocation allocation, long now) {
        List<InetSocketAddress> peers = asked.message().xorAddresses(StunAttribute.XOR_PEER_ADDRESS);
        if (peers == null || peers.isEmpty()) {
            refuse(asked, 400, "No Peer Address");
            return;
        }
        if (!mayReach(asked, allocation, peers, now)) {
            return;
        }
        for (InetSocketAddress peer : peers) {
            permit(allocation, peer.getAddress(), now);
        }
        finish(asked, StunWriter.success(asked.message()));
    }

    private boolean mayReach(Asked asked, Allocation allocation, List<InetSocketAddress> peers, long now) {
        for (InetSocketAddress peer : peers) {
            if (allocation.relayFor(peer.getAddress()) == null) {
                refuse(asked, 443, "Peer Address Family Mismatch");
                return false;
            }
        }
        for (InetSocketAddress peer : peers) {
            if (!options.peerPolicy().allows(peer.getAddress()) && !allocations.isRelayAddress(peer.getAddress())) {
                counters.refusedPeers++;
                refuse(asked, 403, "Forbidden Peer");
                return false;
            }
        }
        if (!allocation.hasRoomFor(peers, options.maxPermissions(), now)) {
            refuse(asked, 508, "Insufficient Capacity");
            return false;
        }
        return true;
    }

    private void permit(Allocation allocation, InetAddress peer, long now) {
        allocation.permit(peer, options.peerPolicy().allows(peer), now);
    }

    // RFC 8656 section 12.2; the numbers from 0x5000 on are RFC 5766's, which does no harm at a server's port.
    private void bindChannel(Asked asked, Allocation allocation, long now) {
        long value = asked.message().u32(StunAttribute.CHANNEL_NUMBER);
        int number = (int) (value >> 16);
        InetSocketAddress peer = asked.message().xorAddress(StunAttribute.XOR_PEER_ADDRESS);
        if (value < 0
                || number < ChannelData.FIRST_CHANNEL
                || number > ChannelData.LAST_OLD_CHANNEL
                || peer == null
                || peer.getPort() == 0) {
            refuse(asked, 400, "No Channel Number Or Peer");
            return;
        }
        if (!mayReach(asked, allocation, List.of(peer), now)) {
            return;
        }
        if (!allocation.hasRoomForChannel(number, options.maxChannels(), now)) {
            refuse(asked, 508, "Insufficient Capacity");
            return;
        }
        if (!allocation.bind(number, peer, now)) {
            refuse(asked, 400, "Channel Or Peer Bound Otherwise");
            return;
        }
        permit(allocation, peer.getAddress(), now);
        finish(asked, StunWriter.success(asked.message()));
    }

    private void refuse(Asked asked, int code, String reason) {
        counters.refusedRequests++;
        finish(asked, StunWriter.error(asked.message(), code, reason));
    }

    private void finish(Asked asked, StunWriter response) {
        MessageIntegrity key = asked.by().key();
        response.integrity(key, asked.by().algorithm());
        if (asked.message().has(StunAttribute.FINGERPRINT)) {
            response.fingerprint();
        }
        outbox.answer(asked.client(), response.toByteArray());
    }
}
