package dev.yodel.ice.turn;

import static dev.yodel.ice.turn.ServerRig.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Floods, forgeries and garbage change nothing and cost little (THREATS.md U02, U06, I12). */
class TurnServerThreatTest {
    private static final InetSocketAddress PEER = at("198.51.100.9", 5000);
    private static final int FLOOD = Boolean.getBoolean("yodel.long") ? 1_000_000 : 100_000;

    private final ServerRig rig = new ServerRig();
    private final RigClient client = new RigClient(rig, "198.51.100.1", 40_000);

    private static InetSocketAddress source(Random random) {
        byte[] address = new byte[4];
        random.nextBytes(address);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), 1 + random.nextInt(65_535));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The server without the rig's bookkeeping: what it sends is only counted. */
    private long[] flood(byte[][] messages, boolean fromManySources) {
        Random random = new Random(5389);
        InetSocketAddress one = at("198.51.100.66", 6000);
        long bytesIn = 0;
        long bytesOut = 0;
        long answers = 0;
        for (int i = 0; i < FLOOD; i++) {
            byte[] message = messages[i % messages.length];
            Bytes.put32(message, 12, i);
            InetSocketAddress from = fromManySources ? source(random) : one;
            rig.server.handleDatagram(rig.listener, from, message, 0, message.length, rig.now);
            bytesIn += message.length;
            for (TurnTransmit out = rig.server.pollTransmit(); out != null; out = rig.server.pollTransmit()) {
                answers++;
                bytesOut += out.length();
                assertThat(out.remote()).isEqualTo(from);
            }
            assertThat(rig.server.pollEvent()).isNull();
        }
        return new long[] {answers, bytesIn, bytesOut};
    }

    private byte[][] requests() {
        byte[] nonce = Objects.requireNonNull(client.nonce);
        byte[] forged = nonce.clone();
        forged[20] ^= 1;
        RandomSource random = ServerRig.random(4);
        return new byte[][] {
            client(null, TurnMethod.ALLOCATE, random),
            client(nonce, TurnMethod.ALLOCATE, random),
            client(forged, TurnMethod.ALLOCATE, random),
            client(forged, TurnMethod.REFRESH, random),
            client(forged, TurnMethod.CREATE_PERMISSION, random),
            client(forged, TurnMethod.CHANNEL_BIND, random),
            new StunWriter(StunClass.INDICATION, TurnMethod.SEND, TransactionId.random(random))
                    .xorAddress(StunAttribute.XOR_PEER_ADDRESS, PEER)
                    .bytes(StunAttribute.DATA, new byte[100])
                    .toByteArray(),
            new StunWriter(StunClass.SUCCESS, TurnMethod.ALLOCATE, TransactionId.random(random)).toByteArray(),
            new StunWriter(StunClass.REQUEST, 0x00B, TransactionId.random(random)).toByteArray(),
            StunWriter.request(StunMessage.BINDING, TransactionId.random(random))
                    .toByteArray(),
        };
    }

    private static byte[] client(byte @Nullable [] nonce, int method, RandomSource random) {
        StunWriter writer = StunWriter.request(method, TransactionId.random(random));
        RigClient.udp(writer);
        if (nonce != null) {
            writer.text(StunAttribute.USERNAME, "user")
                    .text(StunAttribute.REALM, "example.test")
                    .bytes(StunAttribute.NONCE, nonce)
                    .integrity(
                            MessageIntegrity.longTermMd5("user", "example.test", "guess"),
                            MessageIntegrity.Algorithm.SHA1);
        }
        return writer.toByteArray();
    }

    @Test
    void U06_aFloodFromForgedSourcesLeavesNothingBehind() {
        InetSocketAddress relay = client.allocated();
        client.bind(0x4000, PEER);
        byte[][] messages = requests();
        String before = rig.server.footprint();
        long[] seen = flood(messages, true);
        assertThat(rig.server.footprint()).isEqualTo(before);
        assertThat(seen[2]).as("bytes out against bytes in").isLessThan(2 * seen[1]);
        // The honest client goes on.
        rig.fromPeer(relay, PEER, new byte[10]);
        assertThat(rig.reply(client.address)).hasSize(14);
        assertThat(client.refresh(600).messageClass()).isEqualTo(StunClass.SUCCESS);
    }

    @Test
    void U06_oneVictimGetsFewAnswers() {
        client.allocated();
        String before = rig.server.footprint();
        long[] seen = flood(requests(), false);
        assertThat(seen[0]).as("answers within one second to one address").isLessThanOrEqualTo(1_000);
        assertThat(rig.server.counters().limited()).isGreaterThan(FLOOD / 2);
        assertThat(rig.server.footprint()).isEqualTo(before);
        rig.pass(2 * Time.SECOND);
        RigClient late = new RigClient(rig, "198.51.100.66", 7000);
        late.allocated();
    }

    @Test
    void U06_anAuthenticUserStaysInsideItsBounds() {
        InetSocketAddress relay = client.allocated();
        for (int i = 0; i < 300; i++) {
            client.permit(at("198.51." + (100 + i / 250) + "." + (1 + i % 250), 0));
            client.bind(0x4000 + i, at("198.51.101.7", 1 + i));
        }
        Allocation allocation = Objects.requireNonNull(allocation());
        assertThat(allocation.permissionCount()).isEqualTo(256);
        assertThat(allocation.channelCount()).isLessThanOrEqualTo(256);
        Random random = new Random(7);
        for (int i = 0; i < FLOOD / 10; i++) {
            rig.server.handleDatagram(
                    Objects.requireNonNull(rig.relayIds.get(relay)), source(random), new byte[50], 0, 50, rig.now);
        }
        assertThat(rig.server.pollTransmit())
                .as("strangers are not let through")
                .isNull();
        for (int i = 1; i < 300; i++) {
            RigClient more = new RigClient(rig, "198.51.100.1", 40_000 + i);
            StunMessage response = more.allocate();
            assertThat(response.errorCode()).isEqualTo(i < 200 ? 0 : 486);
        }
        assertThat(rig.server.allocationCount()).isEqualTo(200);
        rig.pass(600 * Time.SECOND);
        assertThat(rig.server.footprint())
                .startsWith("allocations 0, relays 0, accounts 0, opening 0, reserved 0, streams 0, addresses 0");
        assertThat(rig.relayIds).isEmpty();
    }

    private @Nullable Allocation allocation() {
        return rig.server.allocationOf(rig.listener, client.address, ServerRig.LISTENER);
    }

    @Test
    void U06_anOwnerThatDoesNotDrainLosesPacketsNotMemory() {
        client.allocated();
        client.bind(0x4000, PEER);
        byte[] data = new byte[104];
        ChannelData.writeHeader(data, 0, 0x4000, 100);
        for (int i = 0; i < 20_000; i++) {
            rig.server.handleDatagram(rig.listener, client.address, data, 0, data.length, rig.now);
        }
        rig.drain();
        assertThat(rig.toPeers).hasSize(8192);
        assertThat(rig.server.counters().overflow()).isEqualTo(20_000 - 8192);
    }

    @Test
    void U02_everyBitOfARequestCounts() {
        client.allocated();
        byte[] request = client.write(TurnMethod.REFRESH, writer -> writer.u32(StunAttribute.LIFETIME, 0));
        for (int bit = 0; bit < request.length * 8; bit++) {
            byte[] changed = request.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            rig.fromClient(client.address, changed);
        }
        assertThat(rig.server.allocationCount()).as("nobody else ends it").isEqualTo(1);
        rig.fromClient(client.address, request);
        assertThat(rig.server.allocationCount()).isZero();
    }

    @Test
    void I12_garbageAndMutationsHarmNothing() {
        InetSocketAddress relay = client.allocated();
        client.permit(PEER);
        client.bind(0x4000, PEER);
        String before = rig.server.footprint();
        Random random = new Random(8489);
        byte[][] seeds = requests();
        int count = Boolean.getBoolean("yodel.long") ? 2_000_000 : 60_000;
        for (int i = 0; i < count; i++) {
            byte[] data;
            if (i % 3 == 0) {
                data = new byte[random.nextInt(120)];
                random.nextBytes(data);
                if (data.length > 0) {
                    data[0] &= 0x43;
                }
            } else {
                data = seeds[random.nextInt(seeds.length)].clone();
                for (int k = 1 + random.nextInt(4); k > 0; k--) {
                    data[random.nextInt(data.length)] = (byte) random.nextInt();
                }
                if (i % 3 == 1) {
                    // Past the first look.
                    data[0] &= 0x3F;
                    Bytes.put16(data, 2, data.length - 20);
                    Bytes.put32(data, 4, StunMessage.MAGIC_COOKIE);
                }
            }
            InetSocketAddress from = i % 2 == 0 ? client.address : source(random);
            rig.server.handleDatagram(rig.listener, from, data, 0, data.length, rig.now);
            if (i % 64 == 0) {
                rig.now += Time.MILLISECOND;
                drainQuietly();
            }
        }
        drainQuietly();
        assertThat(rig.server.footprint()).isEqualTo(before);
        rig.fromPeer(relay, PEER, new byte[10]);
        assertThat(rig.reply(client.address)).hasSize(14);
    }

    private void drainQuietly() {
        TurnTransmit out = rig.server.pollTransmit();
        while (out != null) {
            out = rig.server.pollTransmit();
        }
        assertThat(rig.server.pollEvent()).isNull();
    }

    @Test
    void I12_streamsOfGarbageEndAndHarmNothing() {
        Random random = new Random(99);
        Queue<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < 500; i++) {
            int stream = rig.server.addStream(ServerRig.LISTENER, at("198.51.100.5", 1024 + i), rig.now);
            open.add(stream);
            for (int k = 0; k < 20; k++) {
                byte[] data = new byte[random.nextInt(2000)];
                random.nextBytes(data);
                if (data.length > 8 && k == 0) {
                    data[0] = 0;
                    Bytes.put16(data, 2, random.nextInt(1000) * 4);
                }
                rig.fromStream(stream, data);
            }
        }
        rig.pass(31 * Time.SECOND);
        assertThat(rig.closedStreams).containsAll(open);
        assertThat(rig.server.streamCount()).isZero();
        client.allocated();
    }
}
