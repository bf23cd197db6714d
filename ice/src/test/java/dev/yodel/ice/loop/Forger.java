package dev.yodel.ice.loop;

import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.simulator.PacketTap;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes STUN messages as a peer or an attacker would, puts them on the wire, and listens to the wire. */
final class Forger {
    final Simulator simulator;
    final Random random;
    /** What was sent by hosts, as text: source, destination and bytes. */
    final List<Sent> sent = new ArrayList<>();

    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Sent(long now, InetSocketAddress from, InetSocketAddress to, byte[] data) {
        boolean isStun() {
            return StunMessage.looksLike(data, 0, data.length);
        }
    }

    Forger(Simulator simulator) {
        this.simulator = simulator;
        this.random = new Random(simulator.seed());
        simulator.tap((stage, packet, detail) -> {
            if (stage == PacketTap.Stage.SENT && !detail.equals("injected")) {
                sent.add(new Sent(simulator.now(), packet.source(), packet.destination(), packet.data()));
            }
        });
    }

    TransactionId id() {
        return new TransactionId(random.nextLong(), random.nextInt());
    }

    /** A check from a peer: all as it should be. */
    StunWriter check(String username, boolean controlling, boolean useCandidate) {
        StunWriter writer = StunWriter.request(StunMessage.BINDING, id())
                .text(StunAttribute.USERNAME, username)
                .u32(StunAttribute.PRIORITY, 0x6EFFFFFFL)
                .i64(controlling ? StunAttribute.ICE_CONTROLLING : StunAttribute.ICE_CONTROLLED, random.nextLong());
        return useCandidate ? writer.flag(StunAttribute.USE_CANDIDATE) : writer;
    }

    static byte[] sign(StunWriter writer, IceCredentials key) {
        return writer.integrity(MessageIntegrity.shortTerm(key.password()), MessageIntegrity.Algorithm.SHA1)
                .fingerprint()
                .toByteArray();
    }

    void inject(InetSocketAddress from, InetSocketAddress to, byte[] data) {
        simulator.inject(from, to, data);
    }

    List<Sent> sentTo(InetSocketAddress to) {
        return sent.stream().filter(packet -> packet.to.equals(to)).toList();
    }

    List<Sent> sentBy(SimulatedHost host) {
        return sent.stream()
                .filter(packet -> packet.from.getAddress().equals(host.address()))
                .toList();
    }

    static boolean isRequest(byte[] data) {
        StunMessage message = StunMessage.parse(data, 0, data.length);
        return message != null && message.messageClass() == StunClass.REQUEST;
    }

    static InetSocketAddress address(String literal, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static InetSocketAddress addressOf(IcePeer peer) {
        InetSocketAddress address = peer.candidates.get(0).socketAddress();
        if (address == null) {
            throw new IllegalStateException("no literal");
        }
        return address;
    }
}
