package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.ice.stun.TransactionId;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.simulator.PacketTap;
import dev.yodel.simulator.Simulator;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** THREATS.md, section ICE, by id. */
class IceThreatTest {
    private final SimulatedCall call = SimulatedCall.direct(42);
    private final Forger forger = new Forger(call.simulator);

    private void run(long millis) {
        call.simulator.run(Duration.ofMillis(millis));
    }

    private static InetSocketAddress attacker(int i) {
        return Forger.address("203.0.113." + (1 + i % 100), 10_000 + i);
    }

    /** Candidates of both sides, and pairs, as text; without what pairs count. */
    private static String lists(IcePeer peer) {
        IceStats stats = peer.connection.stats();
        return stats.local() + " " + stats.remote() + " "
                + stats.pairs().stream()
                        .map(pair -> pair.id() + pair.localId() + pair.remoteId())
                        .toList();
    }

    /** 10,000 forged requests from 100 sources; what they must not change is compared before and after. */
    private void forgeAndCompare() {
        IceCredentials wrong = IceCredentials.generate(call.a.host.random());
        IceCredentials right = call.a.credentials;
        InetSocketAddress target = Forger.addressOf(call.a);
        CandidatePair selected = call.a.connection.selectedPair();
        int sentBefore = forger.sentBy(call.a.host).size();
        String listsBefore = lists(call.a);
        long refusedBefore = call.a.connection.counters().unauthenticatedRequests();
        for (int i = 0; i < 10_000; i++) {
            String username = (i % 4 == 0 ? wrong : right).ufrag() + ":" + call.b.credentials.ufrag();
            StunWriter check = forger.check(username, i % 2 == 0, true);
            byte[] forged =
                    switch (i % 4) {
                        case 0 -> Forger.sign(check, right);
                        case 1 -> Forger.sign(check, wrong);
                        case 2 -> check.fingerprint().toByteArray();
                        default -> Forger.sign(check, call.b.credentials);
                    };
            forger.inject(attacker(i % 100), target, forged);
            if (i % 100 == 99) {
                run(1);
            }
        }
        run(100);
        long answers = forger.sent.stream()
                .filter(packet -> packet.to().getAddress().getHostAddress().startsWith("203.0.113."))
                .count();
        assertThat(answers).isZero();
        assertThat(call.a.connection.counters().unauthenticatedRequests() - refusedBefore)
                .isEqualTo(10_000);
        assertThat(lists(call.a)).isEqualTo(listsBefore);
        assertThat(call.a.connection.selectedPair()).isEqualTo(selected);
        assertThat(forger.sentBy(call.a.host).size() - sentBefore).isLessThan(30);
        forger.sent.clear();
    }

    @Test
    void I01_forgedRequestsChangeNothing() {
        call.simulator.filter(packet -> !packet.sender().equals("b"));
        call.begin();
        run(100);
        forgeAndCompare();
        assertThat(call.a.state()).isEqualTo(IceState.CHECKING);
        call.simulator.clearFilters();
        call.simulator.require("connect after the flood", call::works, Duration.ofSeconds(5));
        run(500);
        forgeAndCompare();
        assertThat(call.works()).isTrue();
    }

    @Test
    void I02_forgedResponsesAreNotBelieved() {
        // B is never heard: whatever A believes, it believes the attacker.
        call.simulator.filter(packet -> !packet.sender().equals("b"));
        call.begin();
        run(100);
        InetSocketAddress a = Forger.addressOf(call.a);
        InetSocketAddress b = Forger.addressOf(call.b);
        IceCredentials wrong = IceCredentials.generate(call.a.host.random());
        int table = 0;
        for (int round = 0; round < 12; round++) {
            List<Forger.Sent> checks = forger.sentTo(b).stream()
                    .filter(packet -> Forger.isRequest(packet.data()))
                    .toList();
            byte[] bytes = checks.get(checks.size() - 1).data();
            StunMessage request = Objects.requireNonNull(StunMessage.parse(bytes, 0, bytes.length));
            StunWriter success = StunWriter.success(request).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, a);
            StunWriter conflict = StunWriter.error(request, 487, "Role Conflict");
            StunWriter stranger = new StunWriter(StunClass.SUCCESS, StunMessage.BINDING, forger.id())
                    .xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, a);
            byte[] forged =
                    switch (round) {
                        case 0 -> Forger.sign(success, wrong);
                        case 1 -> success.fingerprint().toByteArray();
                        case 2 -> success.toByteArray();
                        case 3 -> Forger.sign(success, call.a.credentials);
                        case 4 -> Forger.sign(conflict, wrong);
                        case 5 -> conflict.fingerprint().toByteArray();
                        case 6 -> Forger.sign(stranger, call.b.credentials);
                        case 7 -> bytes;
                        case 8 -> changed(Forger.sign(success, call.b.credentials), 20 + 7);
                        case 9 -> changed(Forger.sign(success, call.b.credentials), -1);
                        case 10 ->
                            Forger.sign(
                                    new StunWriter(StunClass.INDICATION, StunMessage.BINDING, request.transactionId()),
                                    call.b.credentials);
                        default ->
                            StunWriter.error(request, 401, "Unauthenticated")
                                    .fingerprint()
                                    .toByteArray();
                    };
            forger.inject(b, a, forged);
            forger.inject(attacker(round), a, forged);
            run(50);
            table++;
            assertThat(call.a.state()).as("variant %d", round).isEqualTo(IceState.CHECKING);
            assertThat(call.a.connection.role()).as("variant %d", round).isEqualTo(IceRole.CONTROLLING);
        }
        assertThat(table).isEqualTo(12);
        // The right key from the wrong address: RFC 8445 section 7.2.5.2.1.
        List<Forger.Sent> checks = forger.sentTo(b).stream()
                .filter(packet -> Forger.isRequest(packet.data()))
                .toList();
        byte[] bytes = checks.get(checks.size() - 1).data();
        StunMessage request = Objects.requireNonNull(StunMessage.parse(bytes, 0, bytes.length));
        byte[] right = Forger.sign(
                StunWriter.success(request).xorAddress(StunAttribute.XOR_MAPPED_ADDRESS, a), call.b.credentials);
        forger.inject(attacker(9), a, right);
        run(50);
        assertThat(call.a.state()).isEqualTo(IceState.CHECKING);
        assertThat(call.a.connection.counters().asymmetricResponses()).isEqualTo(1);
        assertThat(call.a.connection.counters().checksAnswered()).isZero();
    }

    /** One bit is another; from the end if the index is negative. */
    private static byte[] changed(byte[] message, int at) {
        message[at < 0 ? message.length + at : at] ^= 1;
        return message;
    }

    @Test
    void I02_aReplayedResponseRefreshesNothing() {
        call.settle();
        InetSocketAddress a = Forger.addressOf(call.a);
        InetSocketAddress b = Forger.addressOf(call.b);
        List<Forger.Sent> responses = forger.sent.stream()
                .filter(packet -> packet.from().equals(b) && packet.to().equals(a))
                .filter(packet -> packet.isStun() && !Forger.isRequest(packet.data()))
                .toList();
        assertThat(responses).isNotEmpty();
        call.simulator.filter(packet -> !packet.sender().equals("b"));
        long cut = call.simulator.now();
        for (int second = 0; second < 35; second++) {
            for (Forger.Sent response : responses) {
                forger.inject(b, a, response.data());
            }
            run(1000);
        }
        assertThat(call.a.state()).isEqualTo(IceState.FAILED);
        assertThat(call.a.when(IceState.FAILED, cut) - cut).isLessThan(30_100 * Time.MILLISECOND);
    }

    @Test
    void I03_aHijackByUfragOnlyIsIgnored() {
        call.settle();
        CandidatePair before = call.b.connection.selectedPair();
        IceCredentials guessed = IceCredentials.generate(call.a.host.random());
        String username = call.b.credentials.ufrag() + ":" + call.a.credentials.ufrag();
        for (int i = 0; i < 100; i++) {
            StunWriter check = StunWriter.request(StunMessage.BINDING, forger.id())
                    .text(StunAttribute.USERNAME, username)
                    .u32(StunAttribute.PRIORITY, 0xFFFFFFFFL)
                    .i64(StunAttribute.ICE_CONTROLLING, -1)
                    .flag(StunAttribute.USE_CANDIDATE);
            forger.inject(attacker(i), Forger.addressOf(call.b), Forger.sign(check, guessed));
        }
        run(100);
        assertThat(call.b.connection.selectedPair()).isEqualTo(before);
        call.b.send("~media");
        run(100);
        assertThat(call.a.received).hasSize(1);
    }

    @Test
    void I05_earlyDataOfTheRightPeerIsDelivered() {
        // A answers B's check before it knows B's credentials, so B has a pair and sends at once.
        for (int skewMillis = 0; skewMillis <= 500; skewMillis += 50) {
            SimulatedCall early = SimulatedCall.direct(skewMillis);
            early.signaling = Duration.ofMillis(40 + skewMillis);
            early.begin();
            early.simulator.require("B connects", early.b::works, Duration.ofSeconds(5));
            assertThat(early.a.connection.role()).as("skew %d", skewMillis).isNull();
            early.b.send("\u0016hello");
            early.simulator.run(Duration.ofMillis(11));
            assertThat(early.a.received).as("skew %d", skewMillis).hasSize(1);
        }
    }

    @Test
    void I06_noDataLeavesBeforeAPairHasSucceeded() {
        List<SendResult> results = new ArrayList<>();
        call.begin();
        for (int i = 0; i < 100; i++) {
            run(1);
            boolean works = call.b.works();
            SendResult result = call.b.send("\u0016hello");
            results.add(result);
            assertThat(result).isEqualTo(works ? SendResult.SENT : SendResult.REFUSED);
        }
        assertThat(results).contains(SendResult.REFUSED, SendResult.SENT);
    }

    @Test
    void I07_unvalidatedSourcesAreNeitherHeardNorAnswered() {
        call.settle();
        InetSocketAddress a = Forger.addressOf(call.a);
        byte[][] kinds = {
            {(byte) 0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
            {(byte) 0x81, (byte) 0xC9, 0, 1, 2, 3, 4, 5},
            {22, (byte) 0xFE, (byte) 0xFD, 0, 0, 0, 0, 0, 0, 0, 0},
            {64, 0, 0, 4, 1, 2, 3, 4},
            {(byte) 0xFF},
            {}
        };
        forger.sent.clear();
        for (int i = 0; i < 600; i++) {
            forger.inject(attacker(i % 100), a, kinds[i % kinds.length]);
        }
        run(100);
        assertThat(call.a.received).isEmpty();
        assertThat(call.a.connection.counters().unvalidatedData()).isEqualTo(500);
        call.a.send("~");
        run(100);
        assertThat(forger.sentBy(call.a.host)).allMatch(packet -> packet.to().equals(Forger.addressOf(call.b)));
    }

    @Test
    void I08_aSilentVictimGetsFewChecksAndNoData() {
        call.settle();
        InetSocketAddress victim = Forger.address("203.0.113.77", 7777);
        String username = call.b.credentials.ufrag() + ":" + call.a.credentials.ufrag();
        forger.inject(
                victim, Forger.addressOf(call.b), Forger.sign(forger.check(username, true, true), call.b.credentials));
        for (int i = 0; i < 400; i++) {
            call.b.send("~media");
            run(100);
        }
        List<Forger.Sent> got = forger.sentTo(victim);
        assertThat(got).isNotEmpty().allMatch(Forger.Sent::isStun);
        assertThat(got).hasSizeLessThanOrEqualTo(10);
        assertThat(got.stream().mapToInt(packet -> packet.data().length).sum()).isLessThanOrEqualTo(1200);
        assertThat(call.a.received.size()).isEqualTo(400);
    }

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Test
    void I10_aFloodOfCandidatesIsBoundedAndTheRightOneStillConnects() throws Exception {
        call.trickles = false;
        call.begin();
        run(1);
        List<Candidate> flood = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            flood.add(Candidate.parse("candidate:" + i % 1000 + " 1 udp " + (2_000_000_000 - i) + " 203.0."
                    + (i >> 8 & 0xFF) + "." + (i & 0xFF) + " " + (20_000 + (i >> 16)) + " typ host"));
        }
        run(30);
        long heapBefore = heap();
        call.b.onLoop(() -> flood.forEach(call.b.connection::addRemoteCandidate));
        assertThat(heap() - heapBefore).as("of 100,000 candidates").isLessThan(1 << 20);
        forger.sent.clear();
        run(1000);
        long checks = forger.sentBy(call.b.host).stream()
                .filter(packet -> Forger.isRequest(packet.data()))
                .map(Forger.Sent::to)
                .distinct()
                .count();
        assertThat(checks).as("one new check per 20 ms").isLessThanOrEqualTo(52);
        assertThat(call.b.connection.stats().remote().size()).isLessThanOrEqualTo(256);
        assertThat(call.b.connection.stats().pairs().size()).isLessThanOrEqualTo(100);
        assertThat(call.b.connection.counters().ignoredRemoteCandidates()).isGreaterThanOrEqualTo(99_700);
    }

    @Test
    void I10_theLastOfTheFirst256CandidatesConnects() throws Exception {
        call.trickles = false;
        call.a.onLoop(() -> call.a.connection.gather(call.a.credentials));
        call.b.onLoop(() -> call.b.connection.gather(call.b.credentials));
        run(1);
        List<Candidate> flood = new ArrayList<>();
        for (int i = 0; i < 255; i++) {
            flood.add(Candidate.parse("candidate:" + i + " 1 udp " + (2_130_000_000 + i) + " 203.0.113." + i % 250 + " "
                    + (20_000 + i) + " typ host"));
        }
        flood.add(call.a.candidates.get(0));
        call.b.onLoop(() -> {
            flood.forEach(call.b.connection::addRemoteCandidate);
            call.b.connection.start(IceRole.CONTROLLED, call.a.credentials);
        });
        call.a.onLoop(() -> {
            call.a.connection.addRemoteCandidate(call.b.candidates.get(0));
            call.a.connection.start(IceRole.CONTROLLING, call.b.credentials);
        });
        call.simulator.require("connect", call::works, Duration.ofSeconds(10));
    }

    @Test
    void I11_refusedAddressesGetNoPacket() throws Exception {
        call.trickles = false;
        call.begin();
        run(50);
        String[] refused = {
            "127.0.0.1 5000",
            "0.0.0.0 5000",
            "0.1.2.3 5000",
            "169.254.169.254 80",
            "::ffff:127.0.0.1 5000",
            "::ffff:169.254.169.254 5000",
            "224.0.0.251 5353",
            "255.255.255.255 5000",
            "203.0.113.5 0",
            "203.0.113.5 53",
            "203.0.113.5 5060",
            "10.0.0.5 80",
            "::1 5000",
            ":: 5000",
            "ff02::fb 5353",
            "fd00:ec2::254 5000"
        };
        for (String target : refused) {
            Candidate candidate = Candidate.parse("candidate:1 1 udp 2000000000 " + target + " typ host");
            call.b.onLoop(() -> call.b.connection.addRemoteCandidate(candidate));
        }
        run(2000);
        assertThat(call.b.connection.counters().refusedAddresses()).isEqualTo(refused.length);
        Set<InetSocketAddress> targets = new HashSet<>();
        forger.sentBy(call.b.host).forEach(packet -> targets.add(packet.to()));
        assertThat(targets).containsOnly(Forger.addressOf(call.a));
    }

    /** A name, and a candidate of TCP, lead nowhere either where an address would not. */
    @Test
    void I11_namesAndStreamsLeadToNoRefusedAddressEither() throws Exception {
        Simulator simulator = Simulator.create(11);
        SimulatedCall named = new SimulatedCall(
                simulator,
                simulator.internet().host("a", "198.51.100.1"),
                simulator.internet().host("b", "198.51.100.2"),
                SimulatedCall.with(IceOptions.builder().resolveHostNames(true).build()));
        named.trickles = false;
        named.begin();
        simulator.run(Duration.ofMillis(50));
        String[] refused = {
            "127.0.0.1", "0.0.0.0", "169.254.169.254", "::ffff:169.254.169.254", "224.0.0.251", "255.255.255.255", "::1"
        };
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < refused.length; i++) {
            simulator.name("inside" + i + ".example", refused[i]);
            candidates.add(Candidate.parse("candidate:1 1 udp 2000000000 inside" + i + ".example 5000 typ host"));
            candidates.add(
                    Candidate.parse("candidate:1 1 tcp 1500000000 " + refused[i] + " 5000 typ host tcptype passive"));
        }
        for (int port : new int[] {0, 25, 53, 5060}) {
            candidates.add(
                    Candidate.parse("candidate:1 1 tcp 1500000000 203.0.113.5 " + port + " typ host tcptype passive"));
        }
        Set<InetSocketAddress> targets = new HashSet<>();
        simulator.tap((stage, packet, detail) -> {
            if (stage == PacketTap.Stage.SENT && packet.sender().equals("b")) {
                targets.add(packet.destination());
            }
        });
        named.b.onLoop(() -> candidates.forEach(named.b.connection::addRemoteCandidate));
        simulator.run(Duration.ofSeconds(5));
        assertThat(named.b.connection.counters().refusedAddresses()).isEqualTo(candidates.size());
        assertThat(targets).isSubsetOf(Forger.addressOf(named.a));
        assertThat(named.b.connection.stats().remote()).as("that of the peer").hasSize(1);
    }

    @Test
    void I12_strangeRequestsAreSurvived() {
        call.settle();
        InetSocketAddress a = Forger.addressOf(call.a);
        InetSocketAddress b = Forger.addressOf(call.b);
        String username = call.a.credentials.ufrag() + ":" + call.b.credentials.ufrag();
        forger.sent.clear();
        // RFC 8489 section 6.3.1: an unknown attribute that must be understood.
        StunWriter unknown = forger.check(username, false, false).u32(0x7777, 1);
        forger.inject(b, a, Forger.sign(unknown, call.a.credentials));
        run(50);
        List<Forger.Sent> answers = forger.sentTo(b).stream()
                .filter(packet -> !Forger.isRequest(packet.data()))
                .toList();
        assertThat(answers).hasSize(1);
        byte[] bytes = answers.get(0).data();
        StunMessage answer = Objects.requireNonNull(StunMessage.parse(bytes, 0, bytes.length));
        assertThat(answer.errorCode()).isEqualTo(420);
        assertThat(answer.bytes(StunAttribute.UNKNOWN_ATTRIBUTES)).containsExactly(0x77, 0x77);
        // A Binding indication, and another method, from a valid address.
        forger.inject(
                b,
                a,
                new StunWriter(StunClass.INDICATION, StunMessage.BINDING, forger.id())
                        .fingerprint()
                        .toByteArray());
        forger.inject(b, a, StunWriter.request(0xFFF, forger.id()).fingerprint().toByteArray());
        run(50);
        assertThat(call.works()).isTrue();
    }

    @Test
    void I14_checksOfAnOldGenerationDoNothing() {
        call.settle();
        List<Forger.Sent> recorded = List.copyOf(forger.sent);
        List<SendResult> results = new ArrayList<>();
        call.a.restart();
        call.b.restart();
        results.add(call.a.send("~"));
        call.a.startWith(call.b, IceRole.CONTROLLING);
        call.b.startWith(call.a, IceRole.CONTROLLED);
        for (int i = 0; i < 100; i++) {
            results.add(call.a.send("~"));
            run(10);
        }
        assertThat(results).as("data flows all the time").containsOnly(SendResult.SENT);
        assertThat(call.works()).isTrue();
        assertThat(call.a.states).noneMatch(at -> at.what() == IceState.DISCONNECTED || at.what() == IceState.FAILED);
        run(1000);
        long unexpected = call.a.connection.counters().unexpectedResponses();
        CandidatePair selected = call.a.connection.selectedPair();
        forger.sent.clear();
        for (Forger.Sent packet : recorded) {
            forger.inject(packet.from(), packet.to(), packet.data());
        }
        run(100);
        assertThat(call.a.connection.selectedPair()).isEqualTo(selected);
        assertThat(call.a.connection.counters().unexpectedResponses()).isGreaterThan(unexpected);
        assertThat(call.a.connection.counters().unauthenticatedRequests()).isPositive();
        assertThat(forger.sent).noneMatch(packet -> !Forger.isRequest(packet.data()) && packet.isStun());
    }

    @Test
    void I15_mdnsCandidatesAreLookedUpSixteenAtATime() throws Exception {
        call.trickles = false;
        AtomicInteger queries = new AtomicInteger();
        List<Candidate> flood = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            flood.add(Candidate.parse(String.format(
                    "candidate:1 1 udp 2000000000 %08x-0000-4000-8000-1234567890ab.local 5000 typ host", i)));
        }
        flood.add(Candidate.parse("candidate:1 1 udp 2000000000 printer.local 5000 typ host"));
        flood.add(Candidate.parse("candidate:1 1 udp 2000000000 intranet.example 5000 typ host"));
        MdnsService mdns = new MdnsService(call.b.host, call.b.host.loop());
        IcePeer peer = new IcePeer(call, call.b.host, new IceConnectionOptions(IceOptions.DEFAULT, mdns));
        call.simulator.tap((stage, packet, detail) -> {
            if (stage == PacketTap.Stage.SENT && packet.destination().getPort() == 5353) {
                queries.incrementAndGet();
            }
        });
        peer.onLoop(() -> {
            peer.connection.gather(peer.credentials);
            peer.connection.start(IceRole.CONTROLLED, call.a.credentials);
            flood.forEach(peer.connection::addRemoteCandidate);
        });
        run(240);
        assertThat(queries.get()).isEqualTo(16);
        assertThat(peer.connection.counters().ignoredRemoteCandidates()).isEqualTo(10_002 - 256);
        run(60_000);
        assertThat(queries.get()).isLessThanOrEqualTo(256 * 2 * 3);
        peer.onLoop(peer.connection::close);
        mdns.close();
        run(1);
        call.close();
    }

    @Test
    void I17_idsAndSecretsAreRandomAndNotPrinted() {
        Set<String> ufrags = new HashSet<>();
        Set<String> passwords = new HashSet<>();
        int[] ones = new int[96];
        Set<Object> ids = new HashSet<>();
        int draws = Boolean.getBoolean("yodel.long") ? 1_000_000 : 50_000;
        for (int i = 0; i < draws; i++) {
            TransactionId id = TransactionId.random(call.a.host.random());
            ids.add(id);
            for (int bit = 0; bit < 64; bit++) {
                ones[bit] += (int) (id.high() >>> bit & 1);
            }
            for (int bit = 0; bit < 32; bit++) {
                ones[64 + bit] += id.low() >>> bit & 1;
            }
            if (i < 50_000) {
                IceCredentials credentials = IceCredentials.generate(call.a.host.random());
                ufrags.add(credentials.ufrag());
                passwords.add(credentials.password());
                assertThat(credentials.toString()).doesNotContain(credentials.password());
            }
        }
        assertThat(ids).hasSize(draws);
        assertThat(ufrags).hasSize(50_000);
        assertThat(passwords).hasSize(50_000);
        for (int count : ones) {
            // Six standard deviations of a fair bit.
            assertThat(Math.abs(count - draws / 2.0)).isLessThan(6 * Math.sqrt(draws) / 2);
        }
    }
}
