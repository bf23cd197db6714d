package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.simulator.Packet;
import dev.yodel.simulator.PacketFilter;
import dev.yodel.simulator.PacketTap;
import dev.yodel.webrtc.internal.transport.ForeignHello;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** THREATS.md, attacks on a whole connection by somebody who can spoof addresses, in virtual time. */
class SimulatedAttacksTest {
    private static final int BAD_PACKETS = Boolean.getBoolean("yodel.long") ? 1_000_000 : 20_000;

    private static final int RACES = Boolean.getBoolean("yodel.long") ? 200 : 10;

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static InetSocketAddress address(String literal, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static InetSocketAddress addressOf(IceCandidate candidate) {
        String[] fields = candidate.candidate().split(" ", -1);
        return address(fields[4], Integer.parseInt(fields[5]));
    }

    private static InetSocketAddress local(WatchedCall.Side side) {
        return addressOf(Objects.requireNonNull(side.dtls().iceTransport().getSelectedCandidatePair())
                .local());
    }

    /** What looks like RTP, RTCP, DTLS (a fatal alert in the clear among them), TURN or nothing. */
    private static byte[] bad(Random random, int kind) {
        byte[] data = new byte[20 + random.nextInt(200)];
        random.nextBytes(data);
        switch (kind % 6) {
            case 0 -> {
                data[0] = (byte) 0x80;
                data[1] = 111;
            }
            case 1 -> {
                data[0] = (byte) 0x81;
                data[1] = (byte) 0xc8;
            }
            case 2 -> {
                data[0] = 23;
                data[1] = (byte) 0xfe;
                data[2] = (byte) 0xfd;
            }
            case 3 -> data = new byte[] {21, (byte) 0xfe, (byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
            case 4 -> data[0] = 64;
            default -> data[0] = (byte) 0xff;
        }
        return data;
    }

    /**
     * Enable Security's ClientHello race: from the moment an address is announced until long after the handshake somebody
     * else's hellos, a good one and one with the NULL cipher in turn, come a thousand a second from fifty addresses.
     *
     * @return nanoseconds until both are connected
     */
    private static long raceForHandshake(long seed, boolean attacked) {
        try (WatchedCall call = new WatchedCall(seed)) {
            List<Packet> answers = new ArrayList<>();
            call.simulator().tap((stage, packet, detail) -> {
                if (packet.destination().getAddress().getHostAddress().startsWith("203.0.113.")) {
                    answers.add(packet);
                }
            });
            Random random = new Random(seed);
            int[] sprayed = {0};
            for (PeerConnection connection : List.of(call.pair.a, call.pair.b)) {
                connection.onIceCandidate(event -> {
                    IceCandidate candidate = event.candidate();
                    if (candidate == null || !attacked) {
                        return;
                    }
                    InetSocketAddress target = addressOf(candidate);
                    for (int i = 0; i < 2_000; i++) {
                        InetSocketAddress from = address("203.0.113." + i % 50, 5_000 + i % 50);
                        byte[] hello =
                                ForeignHello.of(random, i % 2 == 0 ? ForeignHello.GOOD_SUITE : ForeignHello.NULL_SUITE);
                        call.simulator().schedule(millis(i), () -> {
                            sprayed[0]++;
                            call.simulator().inject(from, target, hello);
                        });
                    }
                });
            }
            long begun = call.simulator().now();
            call.connect(millis(5_000));
            long took = call.simulator().now() - begun;
            call.talk(50);
            call.run(millis(2_500));
            assertThat(call.a.heard).as("seed %d", seed).hasSize(50);
            assertThat(call.b.heard).as("seed %d", seed).hasSize(50);
            assertThat(call.works()).as("seed %d", seed).isTrue();
            assertThat(answers).as("bytes to the attacker, seed %d", seed).isEmpty();
            assertThat(sprayed[0]).as("seed %d", seed).isEqualTo(attacked ? 4_000 : 0);
            return took;
        }
    }

    @Test
    void I04_D09_aRaceOfClientHellosIsNeitherWonNorAnswered() {
        for (long seed = 400; seed < 400 + RACES; seed++) {
            long added = raceForHandshake(seed, true) - raceForHandshake(seed, false);
            assertThat(added).as("added to the set-up, seed %d", seed).isLessThan(50_000_000L);
        }
    }

    /**
     * The answer is on its way while the peer's checks are answered, and its hello comes: nothing waits for its timer
     * then.
     */
    @Test
    void I05_aHelloThatOvertakesTheAnswerIsKeptForIt() {
        for (int skew = 0; skew <= 500; skew += 25) {
            try (WatchedCall call = new WatchedCall(500 + skew)) {
                boolean[] answered = {false};
                int[] early = {0};
                call.simulator().tap((stage, packet, detail) -> {
                    if (stage == PacketTap.Stage.DELIVERED
                            && detail.equals("a")
                            && !answered[0]
                            && packet.length() > 13
                            && packet.byteAt(0) == 22) {
                        early[0]++;
                    }
                });
                call.pair.trickle();
                Duration limit = millis(5_000);
                SessionDescription offer = call.simulator().await(call.pair.a.setLocalDescription(), limit);
                call.simulator().await(call.pair.b.setRemoteDescription(offer), limit);
                SessionDescription answer = call.simulator().await(call.pair.b.setLocalDescription(), limit);
                call.run(millis(skew));
                answered[0] = true;
                long told = call.simulator().now();
                call.simulator().await(call.pair.a.setRemoteDescription(answer), limit);
                call.require("connected with a skew of " + skew, call::works, limit);
                assertThat(call.simulator().now() - told)
                        .as("after the answer, skew %d", skew)
                        .isLessThan(400_000_000L);
                if (skew >= 200) {
                    assertThat(early[0]).as("early hellos, skew %d", skew).isPositive();
                }
            }
        }
    }

    /**
     * ICMP errors about every conversation that the announced addresses allow, from before the checks until long after
     * consent would have run out.
     */
    private static void spoofIcmp(long seed, long everyMillis, boolean systemKeepsThem) {
        String which = "seed " + seed + ", an ICMP error each " + everyMillis + " ms";
        try (WatchedCall call = new WatchedCall(seed)) {
            call.pair.hostA.icmpRefusesNextSend(systemKeepsThem);
            call.pair.hostB.icmpRefusesNextSend(systemKeepsThem);
            List<InetSocketAddress> ofA = new ArrayList<>();
            List<InetSocketAddress> ofB = new ArrayList<>();
            collect(call.pair.a, ofA);
            collect(call.pair.b, ofB);
            for (long at = 0; at < 45_000; at += everyMillis) {
                call.simulator().schedule(millis(at), () -> {
                    for (InetSocketAddress a : ofA) {
                        for (InetSocketAddress b : ofB) {
                            call.simulator().injectIcmp(a, b);
                            call.simulator().injectIcmp(b, a);
                        }
                    }
                });
            }
            call.connect(millis(systemKeepsThem ? 4_000 : 300));
            call.talk(2_000);
            call.run(millis(41_000));
            int most = (int) (45_000 / everyMillis);
            assertThat(call.pair.hostA.icmpErrors()).as(which).isBetween(most * 8 / 10, most);
            assertThat(call.pair.hostB.icmpErrors()).as(which).isBetween(most * 8 / 10, most);
            // Each report costs a datagram at most.
            int lost = systemKeepsThem ? most : 0;
            for (WatchedCall.Side side : List.of(call.a, call.b)) {
                assertThat(side.heard.size()).as(which).isBetween(2_000 - lost, 2_000);
                assertThat(side.states)
                        .as("%s changes no state, %s", side.name, which)
                        .extracting(WatchedCall.At::state)
                        .containsExactly(ConnectionState.CONNECTING, ConnectionState.CONNECTED);
            }
        }
    }

    private static void collect(PeerConnection connection, List<InetSocketAddress> addresses) {
        connection.onIceCandidate(event -> {
            IceCandidate candidate = event.candidate();
            if (candidate != null) {
                addresses.add(addressOf(candidate));
            }
        });
    }

    @Test
    void F28_spoofedIcmpErrorsBreakNeitherSetUpNorCallNorConsent() {
        spoofIcmp(281, 1, false);
        spoofIcmp(282, 700, true);
    }

    /** On the wire: whoever sends a record of DTLS has had an answer to a check of its own before. */
    @Test
    void I06_noRecordLeavesBeforeACheckWasAnswered() {
        for (int seed = 0; seed < (Boolean.getBoolean("yodel.long") ? 1_000 : 20); seed++) {
            try (WatchedCall call = new WatchedCall(seed)) {
                call.pair.hostA.uplink().loss(seed % 4 * 0.1).jitter(millis(30));
                call.pair.hostB.uplink().loss(seed % 3 * 0.1).jitter(millis(30));
                Set<String> answered = new HashSet<>();
                Set<String> spoke = new HashSet<>();
                List<String> early = new ArrayList<>();
                call.simulator().tap((stage, packet, detail) -> {
                    if (stage == PacketTap.Stage.DELIVERED && packet.byteAt(0) == 1 && packet.byteAt(1) == 1) {
                        answered.add(detail);
                    } else if (stage == PacketTap.Stage.SENT && packet.byteAt(0) >= 20 && packet.byteAt(0) <= 63) {
                        spoke.add(packet.sender());
                        if (!answered.contains(packet.sender())) {
                            early.add(packet.toString());
                        }
                    }
                });
                call.connect(Duration.ofSeconds(20));
                assertThat(spoke).as("client and server, seed %d", seed).hasSize(2);
                assertThat(early).as("seed %d", seed).isEmpty();
            }
        }
    }

    @Test
    void I07_spoofedPacketsAreNeitherHeardNorAnswered() {
        try (WatchedCall call = WatchedCall.connected(7)) {
            List<Packet> answers = new ArrayList<>();
            call.simulator().tap((stage, packet, detail) -> {
                if (packet.destination().getAddress().getHostAddress().startsWith("203.0.113.")) {
                    answers.add(packet);
                }
            });
            InetSocketAddress a = local(call.a);
            Random random = new Random(7);
            call.talk(100);
            for (int i = 0; i < 1_200; i++) {
                InetSocketAddress from = address("203.0.113." + i % 100, 1_000 + i);
                byte[] data = bad(random, i);
                call.simulator().schedule(millis(i), () -> call.simulator().inject(from, a, data));
            }
            call.run(millis(2_500));
            assertThat(answers).isEmpty();
            assertThat(call.a.heard.size()).isEqualTo(100);
            assertThat(call.b.heard.size()).isEqualTo(100);
            assertThat(call.works()).isTrue();
        }
    }

    private static String attribute(PeerConnection connection, String name) {
        String sdp = Objects.requireNonNull(connection.localDescription()).sdp();
        int at = sdp.indexOf("a=" + name + ":") + name.length() + 3;
        return sdp.substring(at, sdp.indexOf('\r', at));
    }

    private static void put(ByteBuffer to, int type, byte[] value) {
        to.putShort((short) type).putShort((short) value.length).put(value);
        to.position((to.position() + 3) / 4 * 4);
    }

    /** A check as the peer would send it, with USE-CANDIDATE (RFC 8489 section 5 and 14, RFC 8445 section 7.2.2). */
    private static byte[] nomination(String username, String password) throws GeneralSecurityException {
        ByteBuffer message = ByteBuffer.allocate(512);
        message.putShort((short) 1)
                .putShort((short) 0)
                .putInt(0x2112A442)
                .putLong(77)
                .putInt(77);
        put(message, 0x0006, username.getBytes(StandardCharsets.UTF_8));
        put(message, 0x0024, new byte[] {0x6e, -1, -1, -1});
        put(message, 0x802a, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
        put(message, 0x0025, new byte[0]);
        // RFC 8489 14.5 and 14.7: the length counts the attribute that is being computed.
        message.putShort(2, (short) (message.position() - 20 + 24));
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        mac.update(message.array(), 0, message.position());
        put(message, 0x0008, mac.doFinal());
        message.putShort(2, (short) (message.position() - 20 + 8));
        CRC32 crc = new CRC32();
        crc.update(message.array(), 0, message.position());
        put(
                message,
                0x8028,
                ByteBuffer.allocate(4).putInt((int) crc.getValue() ^ 0x5354554e).array());
        byte[] data = new byte[message.position()];
        message.flip().get(data);
        return data;
    }

    @Test
    void I08_aNominatedVictimGetsFewChecksAndNoMedia() throws GeneralSecurityException {
        try (WatchedCall call = WatchedCall.connected(8)) {
            InetSocketAddress victim = address("203.0.113.77", 7_777);
            List<Packet> got = new ArrayList<>();
            call.simulator().tap((stage, packet, detail) -> {
                if (stage == PacketTap.Stage.SENT && packet.destination().equals(victim)) {
                    got.add(packet);
                }
            });
            String username = attribute(call.pair.b, "ice-ufrag") + ":" + attribute(call.pair.a, "ice-ufrag");
            call.simulator().inject(victim, local(call.b), nomination(username, attribute(call.pair.b, "ice-pwd")));
            call.talk(2_000);
            call.run(millis(41_000));
            assertThat(got).as("the forged check is taken for the peer's").isNotEmpty();
            assertThat(got).as("STUN only").allMatch(packet -> packet.byteAt(0) <= 3);
            assertThat(got).hasSizeLessThanOrEqualTo(10);
            assertThat(got.stream().mapToInt(Packet::length).sum()).isLessThanOrEqualTo(1_200);
            assertThat(call.a.heard.size()).isEqualTo(2_000);
            assertThat(call.works()).isTrue();
        }
    }

    @Test
    void S05_badPacketsFromThePeersAddressCostNoGoodOne() {
        try (WatchedCall call = WatchedCall.connected(5)) {
            InetSocketAddress a = local(call.a);
            InetSocketAddress b = local(call.b);
            Random random = new Random(5);
            int frames = BAD_PACKETS / 200;
            call.talk(frames);
            for (int i = 0; i < frames; i++) {
                call.simulator().schedule(millis(20L * i), () -> {
                    for (int k = 0; k < 200; k++) {
                        call.simulator().inject(b, a, bad(random, k));
                    }
                });
            }
            call.run(millis(20L * frames + 500));
            assertThat(call.a.heard.size()).isEqualTo(frames);
            assertThat(call.b.heard.size()).isEqualTo(frames);
            assertThat(call.works()).isTrue();
            assertThat(call.a.dtls().state()).isEqualTo(DtlsTransportState.CONNECTED);
        }
    }

    @Test
    void S09_aFloodBeforeTheKeysIsBoundedAndTheCallConnects() {
        try (WatchedCall call = new WatchedCall(9)) {
            PacketFilter noDtls = PacketFilter.dropAll(packet -> packet.byteAt(0) >= 20 && packet.byteAt(0) <= 63);
            call.simulator().filter(noDtls);
            call.pair.trickle();
            call.pair.negotiate(call.pair.a, call.pair.b);
            call.require(
                    "ICE works",
                    () -> call.a.dtls().iceTransport().getSelectedCandidatePair() != null
                            && call.b.dtls().iceTransport().getSelectedCandidatePair() != null,
                    millis(5_000));
            InetSocketAddress a = local(call.a);
            InetSocketAddress b = local(call.b);
            Random random = new Random(9);
            // 100,000 packets a second.
            for (int i = 0; i < 100; i++) {
                call.simulator().schedule(millis(i), () -> {
                    for (int k = 0; k < 100; k++) {
                        call.simulator().inject(b, a, bad(random, k % 2));
                    }
                });
            }
            call.run(millis(200));
            assertThat(call.a.dtls().state()).isEqualTo(DtlsTransportState.CONNECTING);
            call.simulator().clearFilters();
            call.require("connected", call::works, millis(5_000));
            call.talk(50);
            call.run(millis(1_200));
            assertThat(call.a.heard.size()).isEqualTo(50);
            assertThat(call.b.heard.size()).isEqualTo(50);
        }
    }
}
