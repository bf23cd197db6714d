package dev.yodel.ice.loop;

import dev.yodel.ice.ServerTransport;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.ice.turn.TurnFrames;
import dev.yodel.io.Bytes;
import dev.yodel.io.Datagram;
import dev.yodel.io.StreamPort;
import dev.yodel.io.UdpPort;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TURN server in a simulated world, over UDP and TCP on one port, that can be told to misbehave. It checks
 * permissions and integrity.
 */
final class SimulatedTurnServer implements UdpPort.Handler {
    static final int ALLOCATE = 3;
    static final int REFRESH = 4;
    static final int CREATE_PERMISSION = 8;
    static final int CHANNEL_BIND = 9;
    private static final int SEND = 6;
    private static final int DATA = 7;

    /** RFC 8489 section 18.1, in base64: both features, none, and passwords only. */
    static final String BOTH_FEATURES = "obMatJos2wAAA";

    static final String PASSWORD_FEATURE = "obMatJos2gAAA";

    /** The way back to a client. */
    private interface Client {
        InetSocketAddress address();

        void send(byte[] data);
    }

    private record UdpClient(UdpPort port, InetSocketAddress address) implements Client {
        @Override
        public void send(byte[] data) {
            port.send(data, 0, data.length, address);
        }
    }

    private final class StreamClient implements Client, StreamPort.Handler {
        private final StreamPort stream;
        private final TurnFrames frames = new TurnFrames(TurnFrames.LONGEST);

        StreamClient(StreamPort stream) {
            this.stream = stream;
            streams.add(stream);
        }

        @Override
        public InetSocketAddress address() {
            return stream.remoteAddress();
        }

        @Override
        public void send(byte[] data) {
            byte[] padded = Arrays.copyOf(data, data.length + 3 & ~3);
            if (stream.write(padded, 0, padded.length) != padded.length) {
                throw new IllegalStateException("the test sends more than a stream takes");
            }
        }

        @Override
        public void onConnected() {}

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {
            frames.handleBytes(data, offset, length);
            while (frames.next()) {
                handle(this, frames.data(), frames.offset(), frames.length());
            }
        }

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {
            streams.remove(stream);
            Allocation allocation = allocations.remove(address());
            if (allocation != null) {
                allocation.close();
            }
        }
    }

    private final class Allocation implements UdpPort.Handler {
        final Client client;
        final Set<InetAddress> permissions = new HashSet<>();
        final Map<Integer, InetSocketAddress> channels = new HashMap<>();
        final List<UdpPort> relays = new ArrayList<>();

        Allocation(Client client) {
            this.client = client;
        }

        void close() {
            relays.forEach(UdpPort::close);
        }

        @Nullable
        UdpPort relayFor(InetAddress peer) {
            for (UdpPort relay : relays) {
                if (relay.localAddress().getAddress().getAddress().length == peer.getAddress().length) {
                    return relay;
                }
            }
            return null;
        }

        @Override
        public void onDatagram(Datagram datagram) {
            if (!permissions.contains(datagram.remote.getAddress())) {
                return;
            }
            for (Map.Entry<Integer, InetSocketAddress> channel : channels.entrySet()) {
                if (channel.getValue().equals(datagram.remote)) {
                    byte[] data = new byte[4 + datagram.length];
                    Bytes.put16(data, 0, channel.getKey());
                    Bytes.put16(data, 2, datagram.length);
                    System.arraycopy(datagram.data, datagram.offset, data, 4, datagram.length);
                    client.send(data);
                    return;
                }
            }
            client.send(new StunWriter(StunClass.INDICATION, DATA, TransactionId.random(host.random()))
                    .xorAddress(StunAttribute.XOR_PEER_ADDRESS, datagram.remote)
                    .bytes(StunAttribute.DATA, datagram.data, datagram.offset, datagram.length)
                    .toByteArray());
        }
    }

    /** One request that came, and when. */
    record Request(long now, int method, long lifetime, StunMessage message) {}

    final TurnServer address;
    /** The same server over TCP. */
    final TurnServer tcpAddress;

    final List<Request> requests = new ArrayList<>();
    final List<Request> granted = new ArrayList<>();
    final List<StreamPort> streams = new ArrayList<>();
    /** Set to answer every request with this code. */
    int refuseWith;
    /** Only such requests are refused; 0 for all. */
    int refusedMethod;
    /** With 300: where to. */
    @Nullable
    InetSocketAddress alternate;
    /** Each nonce is good for so many requests. */
    int requestsPerNonce = Integer.MAX_VALUE;
    /** What nonces begin with. */
    String nonceCookie = "nonce";
    /** What is offered: numbers of algorithms; empty for the time before RFC 8489. */
    int[] offered = {};
    /** The offer is left out of challenges after so many, as somebody on the path would do. */
    int offersLeft = Integer.MAX_VALUE;

    String realm = "example.test";
    long lifetimeSeconds = 600;
    boolean silent;
    boolean unsignedAnswers;
    /** Addresses to relay on: the server's own, and one of another family. */
    final List<InetAddress> relayAddresses = new ArrayList<>();

    boolean refusesIpv4;

    final Map<InetSocketAddress, Allocation> allocations = new HashMap<>();
    private final SimulatedHost host;
    private UdpPort port;
    private int nonce;
    private int uses;

    private SimulatedTurnServer(SimulatedHost host) throws IOException {
        this.host = host;
        String literal = host.address().getHostAddress();
        this.address = new TurnServer(literal, 3478, "user", "pass");
        this.tcpAddress = new TurnServer(literal, 3478, ServerTransport.TCP, "user", "pass");
        relayAddresses.add(host.address());
        InetSocketAddress local = new InetSocketAddress(host.address(), 3478);
        this.port = host.loop().openUdp(local, this);
        host.loop().listen(local, StreamClient::new);
    }

    static SimulatedTurnServer on(Simulator simulator, SimulatedHost host) {
        return simulator.onLoop(host.loop(), () -> new SimulatedTurnServer(host));
    }

    /** Forgets everything, as a process that was killed and started again. */
    void restart() {
        allocations.values().forEach(Allocation::close);
        allocations.clear();
        new ArrayList<>(streams).forEach(StreamPort::close);
        streams.clear();
        nonce++;
    }

    private MessageIntegrity key(StunMessage request) {
        long algorithm = request.u32(StunAttribute.PASSWORD_ALGORITHM);
        return algorithm >> 16 == 2
                ? MessageIntegrity.longTermSha256("user", realm, "pass")
                : MessageIntegrity.longTermMd5("user", realm, "pass");
    }

    private static MessageIntegrity.Algorithm integrity(StunMessage request) {
        return request.has(StunAttribute.MESSAGE_INTEGRITY_SHA256)
                ? MessageIntegrity.Algorithm.SHA256
                : MessageIntegrity.Algorithm.SHA1;
    }

    @Override
    public void onDatagram(Datagram datagram) {
        handle(new UdpClient(port, datagram.remote), datagram.data, datagram.offset, datagram.length);
    }

    private void handle(Client client, byte[] data, int offset, int length) {
        if (silent) {
            return;
        }
        Allocation allocation = allocations.get(client.address());
        if ((data[offset] & 0xC0) == 0x40) {
            InetSocketAddress peer = allocation == null ? null : allocation.channels.get(Bytes.u16(data, offset));
            relay(allocation, peer, data, offset + 4, Bytes.u16(data, offset + 2));
            return;
        }
        StunMessage message = Objects.requireNonNull(StunMessage.parse(data, offset, length), "only STUN comes here");
        if (message.messageClass() == StunClass.INDICATION) {
            byte[] carried = Objects.requireNonNull(message.bytes(StunAttribute.DATA));
            relay(allocation, message.xorAddress(StunAttribute.XOR_PEER_ADDRESS), carried, 0, carried.length);
        } else {
            handleRequest(message, allocation, client);
        }
    }

    private static void relay(
            @Nullable Allocation allocation, @Nullable InetSocketAddress peer, byte[] data, int offset, int length) {
        if (allocation == null || peer == null) {
            return;
        }
        UdpPort relay = allocation.relayFor(peer.getAddress());
        if (relay != null && allocation.permissions.contains(peer.getAddress())) {
            relay.send(data, offset, length, peer);
        }
    }

    private void handleRequest(StunMessage request, @Nullable Allocation known, Client client) {
        if (request.method() == StunMessage.BINDING) {
            answer(
                    StunWriter.success(request).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, client.address()),
                    client,
                    null);
            return;
        }
        requests.add(new Request(host.loop().now(), request.method(), request.u32(StunAttribute.LIFETIME), request));
        boolean refuses = refuseWith != 0 && (refusedMethod == 0 || refusedMethod == request.method());
        if (refuses && refuseWith == 300) {
            InetSocketAddress to = alternate == null ? port.localAddress() : alternate;
            answer(
                    StunWriter.error(request, 300, "Try Alternate").address(StunAttribute.ALTERNATE_SERVER, to),
                    client,
                    null);
            return;
        }
        boolean fresh = (nonceCookie + nonce).equals(request.text(StunAttribute.NONCE));
        if (fresh && ++uses > requestsPerNonce) {
            fresh = false;
            nonce++;
            uses = 0;
        }
        boolean signed = key(request).verifies(request, integrity(request));
        boolean challenges = refuseWith == 401 || refuseWith == 438;
        if (refuses && !challenges && (signed || refusedMethod == 0)) {
            answer(StunWriter.error(request, refuseWith, "Refused"), client, null);
        } else if (!signed || !fresh || refuses) {
            challenge(request, signed, client);
        } else {
            grant(request, known, client);
        }
    }

    private void challenge(StunMessage request, boolean signed, Client client) {
        int code = refuseWith == 401 || refuseWith == 438 ? refuseWith : signed ? 438 : 401;
        StunWriter writer = StunWriter.error(request, code, "Challenge")
                .text(StunAttribute.REALM, refuseWith == 401 ? "realm" + nonce++ : realm)
                .text(StunAttribute.NONCE, nonceCookie + nonce);
        if (offered.length > 0 && offersLeft-- > 0) {
            byte[] list = new byte[4 * offered.length];
            for (int i = 0; i < offered.length; i++) {
                Bytes.put16(list, 4 * i, offered[i]);
            }
            writer.bytes(StunAttribute.PASSWORD_ALGORITHMS, list);
        }
        answer(writer, client, null);
    }

    private void grant(StunMessage request, @Nullable Allocation known, Client client) {
        StunWriter success = StunWriter.success(request);
        if (request.method() == ALLOCATE) {
            Allocation allocation = known == null ? new Allocation(client) : known;
            int error = allocate(request, allocation, success);
            if (error != 0) {
                answer(StunWriter.error(request, error, "Refused"), client, request);
                return;
            }
            allocations.put(client.address(), allocation);
            success.xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, client.address())
                    .u32(StunAttribute.LIFETIME, lifetimeSeconds);
        } else if (known == null) {
            answer(StunWriter.error(request, 437, "Allocation Mismatch"), client, request);
            return;
        } else if (request.method() == REFRESH) {
            if (request.u32(StunAttribute.LIFETIME) == 0) {
                known.close();
                allocations.remove(client.address());
            }
            success.u32(StunAttribute.LIFETIME, lifetimeSeconds);
        } else {
            InetSocketAddress peer = Objects.requireNonNull(request.xorAddress(StunAttribute.XOR_PEER_ADDRESS));
            known.permissions.add(peer.getAddress());
            if (request.method() == CHANNEL_BIND) {
                known.channels.put((int) (request.u32(StunAttribute.CHANNEL_NUMBER) >> 16), peer);
            } else if (request.method() != CREATE_PERMISSION) {
                throw new IllegalStateException("unknown method " + request.method() + " or " + SEND);
            }
        }
        granted.add(requests.get(requests.size() - 1));
        answer(success, client, unsignedAnswers ? null : request);
    }

    /** Opens what is asked for; returns an error code or 0 (RFC 8656 section 7.2). */
    private int allocate(StunMessage request, Allocation allocation, StunWriter success) {
        boolean ipv6 = request.has(StunAttribute.REQUESTED_ADDRESS_FAMILY);
        boolean both = request.has(StunAttribute.ADDITIONAL_ADDRESS_FAMILY);
        if (allocation.relays.isEmpty()) {
            for (InetAddress relay : relayAddresses) {
                boolean isIpv6 = relay.getAddress().length == 16;
                if (both || isIpv6 == ipv6) {
                    try {
                        allocation.relays.add(host.loop().openUdp(new InetSocketAddress(relay, 0), allocation));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        }
        if (allocation.relays.isEmpty() || (refusesIpv4 && !ipv6)) {
            allocation.close();
            allocation.relays.clear();
            return 440;
        }
        for (UdpPort relay : allocation.relays) {
            success.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, relay.localAddress());
        }
        return 0;
    }

    private void answer(StunWriter writer, Client client, @Nullable StunMessage signedLike) {
        if (signedLike != null) {
            writer.integrity(key(signedLike), integrity(signedLike));
        }
        client.send(writer.fingerprint().toByteArray());
    }
}
