package dev.yodel.ice.loop;

import dev.yodel.ice.TurnServer;
import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Bytes;
import dev.yodel.io.Datagram;
import dev.yodel.io.UdpPort;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A TURN server in a simulated world, that can be told to misbehave. It checks permissions and integrity. */
final class SimulatedTurnServer implements UdpPort.Handler {
    static final int ALLOCATE = 3;
    static final int REFRESH = 4;
    private static final int SEND = 6;
    private static final int DATA = 7;
    private static final int CREATE_PERMISSION = 8;
    private static final int CHANNEL_BIND = 9;

    private final class Allocation implements UdpPort.Handler {
        final InetSocketAddress client;
        final Set<InetAddress> permissions = new HashSet<>();
        final Map<Integer, InetSocketAddress> channels = new HashMap<>();

        @Nullable
        UdpPort relay;

        Allocation(InetSocketAddress client) {
            this.client = client;
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
                    port.send(data, 0, data.length, client);
                    return;
                }
            }
            byte[] data = new StunWriter(StunClass.INDICATION, DATA, TransactionId.random(host.random()))
                    .xorAddress(StunAttribute.XOR_PEER_ADDRESS, datagram.remote)
                    .bytes(StunAttribute.DATA, datagram.data, datagram.offset, datagram.length)
                    .toByteArray();
            port.send(data, 0, data.length, client);
        }
    }

    /** One request that came, and when. */
    record Request(long now, int method, long lifetime) {}

    final TurnServer address;
    final List<Request> requests = new ArrayList<>();
    final List<Request> granted = new ArrayList<>();
    /** Set to answer every request with this code. */
    int refuseWith;
    /** Each nonce is good for so many requests. */
    int requestsPerNonce = Integer.MAX_VALUE;

    long lifetimeSeconds = 600;
    boolean silent;
    boolean unsignedAnswers;

    final Map<InetSocketAddress, Allocation> allocations = new HashMap<>();
    private final SimulatedHost host;
    private final MessageIntegrity key = MessageIntegrity.longTermMd5("user", "example.test", "pass");
    private UdpPort port;
    private int nonce;
    private int uses;

    private SimulatedTurnServer(SimulatedHost host) throws IOException {
        this.host = host;
        this.address = new TurnServer(host.address().getHostAddress(), 3478, "user", "pass");
        this.port = host.loop().openUdp(new InetSocketAddress(host.address(), 3478), this);
    }

    static SimulatedTurnServer on(Simulator simulator, SimulatedHost host) {
        return simulator.onLoop(host.loop(), () -> new SimulatedTurnServer(host));
    }

    @Override
    public void onDatagram(Datagram datagram) {
        if (silent) {
            return;
        }
        Allocation allocation = allocations.get(datagram.remote);
        if ((datagram.data[datagram.offset] & 0xC0) == 0x40) {
            InetSocketAddress peer =
                    allocation == null ? null : allocation.channels.get(Bytes.u16(datagram.data, datagram.offset));
            relay(allocation, peer, datagram.data, datagram.offset + 4, datagram.length - 4);
            return;
        }
        StunMessage message = Objects.requireNonNull(
                StunMessage.parse(datagram.data, datagram.offset, datagram.length), "only STUN comes here");
        if (message.messageClass() == StunClass.INDICATION) {
            byte[] data = Objects.requireNonNull(message.bytes(StunAttribute.DATA));
            relay(allocation, message.xorAddress(StunAttribute.XOR_PEER_ADDRESS), data, 0, data.length);
        } else {
            handleRequest(message, allocation, datagram.remote);
        }
    }

    private static void relay(
            @Nullable Allocation allocation, @Nullable InetSocketAddress peer, byte[] data, int offset, int length) {
        if (allocation != null
                && peer != null
                && allocation.relay != null
                && allocation.permissions.contains(peer.getAddress())) {
            allocation.relay.send(data, offset, length, peer);
        }
    }

    private void handleRequest(StunMessage request, @Nullable Allocation known, InetSocketAddress client) {
        if (request.method() == StunMessage.BINDING) {
            answer(StunWriter.success(request).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, client), client, false);
            return;
        }
        requests.add(new Request(host.loop().now(), request.method(), request.u32(StunAttribute.LIFETIME)));
        if (refuseWith == 300) {
            byte[] alternate = new byte[8];
            alternate[1] = 1;
            Bytes.put16(alternate, 2, 3478);
            System.arraycopy(host.address().getAddress(), 0, alternate, 4, 4);
            answer(
                    StunWriter.error(request, 300, "Try Alternate").bytes(StunAttribute.ALTERNATE_SERVER, alternate),
                    client,
                    false);
            return;
        }
        boolean fresh = ("nonce" + nonce).equals(request.text(StunAttribute.NONCE));
        if (fresh && ++uses > requestsPerNonce) {
            fresh = false;
            nonce++;
            uses = 0;
        }
        boolean signed = key.verifies(request, MessageIntegrity.Algorithm.SHA1);
        if (refuseWith != 0 && refuseWith != 401 && refuseWith != 438) {
            answer(StunWriter.error(request, refuseWith, "Refused"), client, false);
        } else if (!signed || !fresh || refuseWith != 0) {
            int code = refuseWith != 0 ? refuseWith : signed ? 438 : 401;
            answer(
                    StunWriter.error(request, code, "Challenge")
                            .text(StunAttribute.REALM, refuseWith == 401 ? "realm" + nonce : "example.test")
                            .text(StunAttribute.NONCE, "nonce" + nonce),
                    client,
                    false);
        } else {
            grant(request, known, client);
        }
    }

    private void grant(StunMessage request, @Nullable Allocation known, InetSocketAddress client) {
        granted.add(requests.get(requests.size() - 1));
        StunWriter success = StunWriter.success(request);
        if (request.method() == ALLOCATE) {
            Allocation allocation = known == null ? new Allocation(client) : known;
            try {
                UdpPort relay = allocation.relay;
                if (relay == null) {
                    relay = host.loop().openUdp(new InetSocketAddress(host.address(), 0), allocation);
                    allocation.relay = relay;
                }
                allocations.put(client, allocation);
                success.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, relay.localAddress())
                        .xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, client)
                        .u32(StunAttribute.LIFETIME, lifetimeSeconds);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        } else if (known == null) {
            answer(StunWriter.error(request, 437, "Allocation Mismatch"), client, true);
            return;
        } else if (request.method() == REFRESH) {
            if (request.u32(StunAttribute.LIFETIME) == 0) {
                Objects.requireNonNull(known.relay).close();
                allocations.remove(client);
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
        answer(success, client, !unsignedAnswers);
    }

    private void answer(StunWriter writer, InetSocketAddress client, boolean sign) {
        if (sign) {
            writer.integrity(key, MessageIntegrity.Algorithm.SHA1);
        }
        byte[] data = writer.fingerprint().toByteArray();
        port.send(data, 0, data.length, client);
    }
}
