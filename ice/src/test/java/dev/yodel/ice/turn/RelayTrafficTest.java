package dev.yodel.ice.turn;

import static dev.yodel.ice.turn.ServerRig.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which data passes and how it is wrapped (RFC 8656 sections 9, 11, 12; THREATS.md U01, U05 at the server). */
class RelayTrafficTest {
    private static final InetSocketAddress PEER = at("198.51.100.9", 5000);
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private final ServerRig rig = new ServerRig();
    private final RigClient client = new RigClient(rig, "198.51.100.1", 40_000);
    private final InetSocketAddress relay = client.allocated();

    private byte[] dataOf(byte[] indication) {
        StunMessage message = RigClient.parse(indication);
        assertThat(message.messageClass()).isEqualTo(StunClass.INDICATION);
        assertThat(message.method()).isEqualTo(TurnMethod.DATA);
        return Objects.requireNonNull(message.bytes(StunAttribute.DATA));
    }

    @Test
    void indicationsGoBothWaysOnceThereIsAPermission() {
        client.sendIndication(PEER, HELLO);
        rig.fromPeer(relay, PEER, HELLO);
        assertThat(rig.toPeers).isEmpty();
        assertThat(rig.isSilentTo(client.address)).isTrue();
        assertThat(rig.server.counters().noPermission()).isEqualTo(2);

        client.permit(PEER);
        client.sendIndication(PEER, HELLO);
        ServerRig.ToPeer sent = Objects.requireNonNull(rig.toPeers.poll());
        assertThat(sent.relay()).isEqualTo(relay);
        assertThat(sent.peer()).isEqualTo(PEER);
        assertThat(sent.data()).isEqualTo(HELLO);
        // A permission is for an address, whatever the port.
        InetSocketAddress otherPort = at("198.51.100.9", 6000);
        rig.fromPeer(relay, otherPort, HELLO);
        byte[] indication = rig.reply(client.address);
        assertThat(dataOf(indication)).isEqualTo(HELLO);
        assertThat(RigClient.parse(indication).xorAddress(StunAttribute.XOR_PEER_ADDRESS))
                .isEqualTo(otherPort);
        rig.fromPeer(relay, at("198.51.100.8", 5000), HELLO);
        assertThat(rig.isSilentTo(client.address)).isTrue();
    }

    @Test
    void channelsCostFourBytesAndPermitToo() {
        client.bind(0x4001, PEER);
        client.sendChannel(0x4001, HELLO);
        assertThat(Objects.requireNonNull(rig.toPeers.poll()).data()).isEqualTo(HELLO);
        rig.fromPeer(relay, PEER, HELLO);
        byte[] data = rig.reply(client.address);
        assertThat(data).hasSize(4 + HELLO.length).startsWith(0x40, 1, 0, HELLO.length);
        // An empty datagram is one, too.
        client.sendChannel(0x4001, new byte[0]);
        assertThat(Objects.requireNonNull(rig.toPeers.poll()).data()).isEmpty();
        // From another port of the peer there is no channel.
        rig.fromPeer(relay, at("198.51.100.9", 5001), HELLO);
        assertThat(dataOf(rig.reply(client.address))).isEqualTo(HELLO);
    }

    @Test
    void U01_strangersAndUnboundChannelsReachNobody() {
        client.bind(0x4001, PEER);
        for (int channel : new int[] {0x4000, 0x4002, 0x4FFF, 0x5000, 0x7FFF, 0x8000}) {
            client.sendChannel(channel, HELLO);
        }
        RigClient stranger = new RigClient(rig, "198.51.100.1", 40_001);
        stranger.sendChannel(0x4001, HELLO);
        stranger.sendIndication(PEER, HELLO);
        assertThat(rig.toPeers).isEmpty();
        assertThat(rig.isSilentTo(stranger.address)).isTrue();
        assertThat(rig.server.counters().noAllocation()).isEqualTo(7);
        // A length beyond the datagram.
        client.send(new byte[] {0x40, 1, 0, 9, 1, 2});
        assertThat(rig.toPeers).isEmpty();
    }

    @Test
    void malformedAndUnknownIndicationsAreDropped() {
        client.permit(PEER);
        StunWriter noData = new StunWriter(StunClass.INDICATION, TurnMethod.SEND, new TransactionId(1, 2))
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, PEER);
        client.send(noData.toByteArray());
        StunWriter noPeer = new StunWriter(StunClass.INDICATION, TurnMethod.SEND, new TransactionId(1, 2))
                .bytes(StunAttribute.DATA, HELLO);
        client.send(noPeer.toByteArray());
        StunWriter fragment = new StunWriter(StunClass.INDICATION, TurnMethod.SEND, new TransactionId(1, 2))
                .xorAddress(StunAttribute.XOR_PEER_ADDRESS, PEER)
                .bytes(StunAttribute.DATA, HELLO)
                .flag(StunAttribute.DONT_FRAGMENT);
        client.send(fragment.toByteArray());
        client.sendIndication(at("198.51.100.9", 0), HELLO);
        assertThat(rig.toPeers).isEmpty();
        assertThat(rig.isSilentTo(client.address)).isTrue();
    }

    @Test
    void permissionsLastFiveMinutesAndChannelsTen() {
        client.refresh(3600);
        client.bind(0x4001, PEER);
        rig.pass(299 * Time.SECOND);
        rig.fromPeer(relay, PEER, HELLO);
        assertThat(rig.reply(client.address)).startsWith(0x40, 1);
        rig.pass(Time.SECOND);
        rig.fromPeer(relay, PEER, HELLO);
        client.sendChannel(0x4001, HELLO);
        assertThat(rig.isSilentTo(client.address)).as("no permission").isTrue();
        assertThat(rig.toPeers).isEmpty();
        client.permit(PEER);
        rig.fromPeer(relay, PEER, HELLO);
        assertThat(rig.reply(client.address)).startsWith(0x40, 1);
        rig.pass(299 * Time.SECOND);
        client.permit(PEER);
        rig.pass(2 * Time.SECOND);
        rig.fromPeer(relay, PEER, HELLO);
        assertThat(dataOf(rig.reply(client.address)))
                .as("the channel has ended")
                .isEqualTo(HELLO);
    }

    @Test
    void U05_ourOwnDoorsAreNobodysPeers() {
        // The server's address is public, so the policy does not refuse it.
        client.permit(ServerRig.LISTENER);
        client.sendIndication(ServerRig.LISTENER, client.write(StunMessage.BINDING, writer -> {}));
        client.bind(0x4001, ServerRig.LISTENER);
        client.sendChannel(0x4001, HELLO);
        assertThat(rig.toPeers).isEmpty();
        assertThat(rig.server.counters().refusedPeers()).isEqualTo(2);
    }

    @Test
    void twoClientsMeetInsideTheServer() {
        RigClient second = new RigClient(rig, "198.51.100.2", 40_000);
        InetSocketAddress other = second.allocated();
        client.permit(other);
        client.sendIndication(other, HELLO);
        assertThat(rig.isSilentTo(second.address))
                .as("the other has not permitted it")
                .isTrue();
        second.bind(0x4005, relay);
        client.sendIndication(other, HELLO);
        assertThat(rig.reply(second.address)).startsWith(0x40, 5, 0, HELLO.length);
        second.sendChannel(0x4005, HELLO);
        assertThat(dataOf(rig.reply(client.address))).isEqualTo(HELLO);
        assertThat(rig.toPeers).as("nothing went out").isEmpty();
    }

    @Test
    void relaysOnALoopbackServerMeetButReachNothingElse() {
        InetSocketAddress loopback = at("127.0.0.1", 3478);
        ServerRig local =
                new ServerRig(ServerRig.options().relayAddresses(List.of(RelayAddress.of(loopback.getAddress()))));
        RigClient a = new RigClient(local, "127.0.0.1", 40_000);
        RigClient b = new RigClient(local, "127.0.0.1", 40_001);
        InetSocketAddress relayA = a.allocated();
        InetSocketAddress relayB = b.allocated();
        assertThat(a.permit(relayB).messageClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(b.permit(relayA).messageClass()).isEqualTo(StunClass.SUCCESS);
        a.sendIndication(relayB, HELLO);
        assertThat(dataOf(local.reply(b.address))).isEqualTo(HELLO);
        // A service of this machine, in both directions.
        a.sendIndication(at("127.0.0.1", 53), HELLO);
        local.fromPeer(relayA, at("127.0.0.1", 53), HELLO);
        assertThat(local.toPeers).isEmpty();
        assertThat(local.isSilentTo(a.address)).isTrue();
        assertThat(a.permit(at("127.0.0.2", 53)).errorCode()).isEqualTo(403);
    }

    @Test
    void behindAOneToOneNatRelaysAreKnownByTheOuterAddress() {
        ServerRig inner = new ServerRig(ServerRig.options()
                .relayAddresses(
                        List.of(new RelayAddress(ServerRig.address("10.0.0.5"), ServerRig.address("198.51.100.200")))));
        RigClient a = new RigClient(inner, "198.51.100.1", 40_000);
        RigClient b = new RigClient(inner, "198.51.100.2", 40_000);
        InetSocketAddress relayA = a.allocated();
        InetSocketAddress relayB = b.allocated();
        assertThat(relayA.getAddress()).isEqualTo(ServerRig.address("198.51.100.200"));
        assertThat(inner.relayIds).containsKey(at("10.0.0.5", relayA.getPort()));
        a.permit(relayB);
        b.permit(relayA);
        a.sendIndication(relayB, HELLO);
        assertThat(RigClient.parse(inner.reply(b.address)).xorAddress(StunAttribute.XOR_PEER_ADDRESS))
                .as("the peer that the other one knows")
                .isEqualTo(relayA);
    }

    @Test
    void theBitrateOfAnAllocationIsBounded() {
        ServerRig slow = new ServerRig(ServerRig.options().maxBitrateBps(8_000_000));
        RigClient one = new RigClient(slow, "198.51.100.1", 40_000);
        InetSocketAddress relayed = one.allocated();
        one.bind(0x4000, PEER);
        byte[] kilobyte = new byte[1000];
        // 1 MB/s: half a second's worth at once, then 1000 datagrams a second.
        for (int second = 0; second < 3; second++) {
            for (int i = 0; i < 2000; i++) {
                one.sendChannel(0x4000, kilobyte);
                slow.fromPeer(relayed, PEER, kilobyte);
                slow.pass(Time.SECOND / 2000);
            }
        }
        assertThat(slow.toPeers.size()).isBetween(3400, 3600);
        assertThat(slow.server.counters().overBitrate()).isGreaterThan(4000);
        assertThat(Objects.requireNonNull(slow.toClients.get(one.address)).size())
                .isBetween(3400, 3600);
    }

    @Test
    void streamsAreFramedInAnySegmentationAndPadded() {
        RigClient tcp = new RigClient(rig, "198.51.100.5", 50_000);
        tcp.stream = rig.server.addStream(ServerRig.LISTENER, tcp.address, rig.now);
        InetSocketAddress relayed = tcp.allocated();
        tcp.bind(0x4000, PEER);
        tcp.sendChannel(0x4000, HELLO);
        assertThat(Objects.requireNonNull(rig.toPeers.poll()).data()).isEqualTo(HELLO);
        rig.fromPeer(relayed, PEER, HELLO);
        assertThat(tcp.receive()).as("padded to four").hasSize(4 + 8).startsWith(0x40, 0, 0, HELLO.length);
        // Everything again, byte by byte, and then in one piece.
        byte[] request = tcp.write(TurnMethod.REFRESH, writer -> writer.u32(StunAttribute.LIFETIME, 600));
        byte[] data = new byte[12];
        ChannelData.writeHeader(data, 0, 0x4000, 5);
        System.arraycopy(HELLO, 0, data, 4, 5);
        byte[] all = new byte[request.length + 2 * data.length];
        System.arraycopy(request, 0, all, 0, request.length);
        System.arraycopy(data, 0, all, request.length, data.length);
        System.arraycopy(data, 0, all, request.length + data.length, data.length);
        for (byte one : all) {
            tcp.send(new byte[] {one});
        }
        assertThat(RigClient.parse(tcp.receive()).messageClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(rig.toPeers).hasSize(2);
        tcp.send(all);
        assertThat(RigClient.parse(tcp.receive()).messageClass()).isEqualTo(StunClass.SUCCESS);
        assertThat(rig.toPeers).hasSize(4).allMatch(sent -> Arrays.equals(sent.data(), HELLO));
        // With the connection the allocation ends.
        rig.server.handleStreamClosed(tcp.stream);
        rig.drain();
        assertThat(rig.relayIds).doesNotContainKey(relayed);
    }

    @Test
    void I16_brokenHalfAndIdleStreamsAreClosed() {
        int garbage = rig.server.addStream(ServerRig.LISTENER, at("198.51.100.5", 50_001), rig.now);
        rig.fromStream(garbage, "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(rig.closedStreams).contains(garbage);
        int huge = rig.server.addStream(ServerRig.LISTENER, at("198.51.100.5", 50_002), rig.now);
        byte[] header = new byte[20];
        Bytes.put16(header, 0, 3);
        Bytes.put16(header, 2, 0xFFFC);
        Bytes.put32(header, 4, StunMessage.MAGIC_COOKIE);
        rig.fromStream(huge, header);
        assertThat(rig.closedStreams).as("too long for a stranger").contains(huge);
        int half = rig.server.addStream(ServerRig.LISTENER, at("198.51.100.5", 50_003), rig.now);
        Bytes.put16(header, 2, 100);
        rig.fromStream(half, header);
        rig.pass(29 * Time.SECOND);
        for (int i = 0; i < 10; i++) {
            rig.fromStream(half, new byte[1]);
        }
        assertThat(rig.closedStreams).doesNotContain(half);
        rig.pass(Time.SECOND);
        assertThat(rig.closedStreams).contains(half);
        assertThat(rig.server.streamCount()).isZero();
        // What comes late harms nobody.
        rig.fromStream(half, header);
        rig.server.handleStreamClosed(half);
    }

    @Test
    void streamsAreBoundedPerAddressAndInAll() {
        ServerRig small = new ServerRig(ServerRig.options().maxStreams(5, 3));
        for (int i = 0; i < 3; i++) {
            assertThat(small.server.addStream(ServerRig.LISTENER, at("198.51.100.5", 1000 + i), small.now))
                    .isPositive();
        }
        assertThat(small.server.addStream(ServerRig.LISTENER, at("198.51.100.5", 2000), small.now))
                .isNegative();
        assertThat(small.server.addStream(ServerRig.LISTENER, at("198.51.100.6", 2000), small.now))
                .isPositive();
        assertThat(small.server.addStream(ServerRig.LISTENER, at("198.51.100.7", 2000), small.now))
                .isPositive();
        assertThat(small.server.addStream(ServerRig.LISTENER, at("198.51.100.8", 2000), small.now))
                .isNegative();
        small.pass(31 * Time.SECOND);
        assertThat(small.server.addStream(ServerRig.LISTENER, at("198.51.100.5", 3000), small.now))
                .isPositive();
    }

    @Test
    void closingGivesEverythingBack() {
        RigClient tcp = new RigClient(rig, "198.51.100.5", 50_000);
        tcp.stream = rig.server.addStream(ServerRig.LISTENER, tcp.address, rig.now);
        tcp.allocated();
        rig.server.close();
        rig.drain();
        assertThat(rig.relayIds).isEmpty();
        assertThat(rig.closedStreams).contains(tcp.stream);
        assertThat(rig.server.allocationCount()).isZero();
        assertThat(rig.server.nextTimeout()).isEqualTo(Time.NEVER);
        client.send(client.write(TurnMethod.ALLOCATE, RigClient::udp));
        assertThat(rig.isSilentTo(client.address)).isTrue();
    }
}
