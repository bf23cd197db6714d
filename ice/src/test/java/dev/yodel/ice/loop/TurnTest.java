package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.CandidateType;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.turn.TurnClient;
import dev.yodel.io.Bytes;
import dev.yodel.io.Datagram;
import dev.yodel.io.Time;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** TURN in virtual time (RFC 8656; THREATS.md U01, U02, U04, F17, F18). */
class TurnTest {
    private final Simulator simulator = Simulator.create(8656);
    private final SimulatedTurnServer server =
            SimulatedTurnServer.on(simulator, simulator.internet().host("turn", "192.0.2.1"));

    private SimulatedCall behindSymmetricNats(boolean relayOnly) {
        IceConnectionOptions options = SimulatedCall.with(IceOptions.builder()
                .stunServers(List.of(new StunServer(server.address.host(), server.address.port())))
                .turnServers(List.of(server.address))
                .relayOnly(relayOnly)
                .build());
        return new SimulatedCall(
                simulator,
                simulator
                        .internet()
                        .nat("natA", "203.0.113.1", NatBehaviour.SYMMETRIC)
                        .inside()
                        .host("a", "10.0.0.1"),
                simulator
                        .internet()
                        .nat("natB", "203.0.113.2", NatBehaviour.SYMMETRIC)
                        .inside()
                        .host("b", "10.0.1.1"),
                options);
    }

    private static void talk(SimulatedCall call) {
        int before = call.a.received.size();
        for (int i = 0; i < 10; i++) {
            call.a.send("~" + "x".repeat(1200));
            call.b.send("~" + "x".repeat(1200));
            call.simulator.run(Duration.ofMillis(20));
        }
        call.simulator.run(Duration.ofMillis(200));
        assertThat(call.a.received.size() - before).isGreaterThanOrEqualTo(9);
    }

    @Test
    void symmetricNatsMeetOverTheRelay() {
        SimulatedCall call = behindSymmetricNats(false);
        call.connect(Duration.ofSeconds(5));
        simulator.run(Duration.ofSeconds(2));
        talk(call);
        assertThat(Objects.requireNonNull(call.a.connection.selectedPair())
                        .local()
                        .type())
                .isIn(CandidateType.RELAY, CandidateType.PRFLX, CandidateType.HOST, CandidateType.SRFLX);
        assertThat(List.of(
                        call.a.connection.selectedPair().local().type(),
                        call.a.connection.selectedPair().remote().type()))
                .as("a relay is on the way")
                .contains(CandidateType.RELAY);
        call.a.onLoop(call.a.connection::close);
        call.b.onLoop(call.b.connection::close);
        simulator.run(Duration.ofSeconds(1));
        assertThat(server.allocations).as("both allocations were given back").isEmpty();
        assertThat(call.a.host.leaks().isEmpty()).isTrue();
        assertThat(call.b.host.leaks().isEmpty()).isTrue();
    }

    @Test
    void relayOnlyGathersNothingElse() {
        SimulatedCall call = behindSymmetricNats(true);
        call.connect(Duration.ofSeconds(5));
        simulator.run(Duration.ofSeconds(2));
        talk(call);
        assertThat(call.a.candidates).extracting(c -> c.type()).containsExactly(CandidateType.RELAY);
        assertThat(call.a.connection.stats().local().get(0).url()).isEqualTo("turn:192.0.2.1:3478?transport=udp");
        // A channel is bound by now: data costs four bytes.
        Forger wire = new Forger(simulator);
        call.a.send("~1234");
        simulator.run(Duration.ofMillis(100));
        assertThat(wire.sentBy(call.a.host)).anyMatch(packet -> packet.data().length == 9);
    }

    @Test
    void aDirectPathIsPreferredToTheRelay() {
        IceConnectionOptions options = SimulatedCall.with(
                IceOptions.builder().turnServers(List.of(server.address)).build());
        SimulatedCall call = new SimulatedCall(
                simulator,
                simulator.internet().host("a", "198.51.100.1"),
                simulator.internet().host("b", "198.51.100.2"),
                options);
        call.settle();
        assertThat(Objects.requireNonNull(call.a.connection.selectedPair())
                        .local()
                        .type())
                .isEqualTo(CandidateType.HOST);
        assertThat(Objects.requireNonNull(call.b.connection.selectedPair())
                        .remote()
                        .type())
                .isEqualTo(CandidateType.HOST);
    }

    private IcePeer gather(TurnServer... servers) {
        SimulatedCall call = SimulatedCall.direct(simulator);
        IcePeer peer = new IcePeer(
                call,
                call.a.host,
                SimulatedCall.with(
                        IceOptions.builder().turnServers(List.of(servers)).build()));
        call.trickles = false;
        peer.onLoop(() -> peer.connection.gather(peer.credentials));
        simulator.run(Duration.ofSeconds(10));
        assertThat(peer.connection.gatheringState()).isEqualTo(GatheringState.COMPLETE);
        return peer;
    }

    @Test
    void U02_challengesWithoutEndAreGivenUp() {
        for (int code : new int[] {401, 438, 300, 437, 441, 486, 508}) {
            IcePeer peer = new TurnTest().gatherRefused(code);
            assertThat(peer.errors).as("code %d", code).hasSize(1);
            assertThat(peer.errors.get(0).errorCode()).as("code %d", code).isEqualTo(code);
        }
    }

    private IcePeer gatherRefused(int code) {
        server.refuseWith = code;
        IcePeer peer = gather(server.address);
        assertThat(server.requests.size()).as("code %d", code).isLessThanOrEqualTo(4);
        return peer;
    }

    @Test
    void U02_anUnsignedSuccessIsNotBelieved() {
        server.unsignedAnswers = true;
        IcePeer peer = gather(server.address);
        assertThat(peer.candidates).extracting(c -> c.type()).containsExactly(CandidateType.HOST);
        assertThat(peer.errors).hasSize(1);
    }

    @Test
    void F18_aSilentOrUnknownServerEndsGatheringInTime() {
        server.silent = true;
        IcePeer peer = gather(server.address, new TurnServer("no.such.name.example", 3478, "u", "p"));
        assertThat(peer.errors).hasSize(2).allMatch(error -> error.errorCode() == 701);
        assertThat(peer.errors).extracting(error -> error.url()).doesNotHaveDuplicates();
    }

    @Test
    void U04_anAllocationLivesADayByExactRefreshes() {
        server.requestsPerNonce = 50;
        SimulatedCall call = behindSymmetricNats(true);
        call.settle();
        int hours = Boolean.getBoolean("yodel.long") ? 24 : 3;
        for (int hour = 0; hour < hours; hour++) {
            simulator.run(Duration.ofHours(1));
            talk(call);
        }
        assertThat(call.a.states).noneMatch(at -> at.what() == IceState.FAILED);
        assertThat(server.allocations).hasSize(2);
        long refreshes = server.granted.stream()
                .filter(request -> request.method() == SimulatedTurnServer.REFRESH)
                .count();
        // Lifetime 600 s: each refreshes after 540 s, and the next 540 s count from the answer.
        assertThat(refreshes).isBetween(2L * (hours * 3600 / 540) - 2, 2L * (hours * 3600 / 540) + 2);
        assertThat(call.a.host.leaks().sockets()).hasSize(1);
    }

    /** A server that has forgotten us is asked again; one that refuses is not, and a restart asks it. */
    @Test
    void F18_refusalsInMidCallAreSurvived() {
        for (int code : new int[] {437, 441, 486, 508}) {
            TurnTest world = new TurnTest();
            SimulatedCall call = world.behindSymmetricNats(true);
            call.settle();
            // Both ends refresh in this time: RFC 8656 section 7.1.
            world.simulator.run(Duration.ofSeconds(525));
            int asked = world.server.requests.size();
            world.server.refuseWith = code;
            world.simulator.run(Duration.ofSeconds(20));
            assertThat(world.server.requests.size() - asked).as("code %d", code).isBetween(2, 60);
            world.server.refuseWith = 0;
            if (code != 437) {
                world.simulator.run(Duration.ofSeconds(32));
                assertThat(call.a.state()).as("code %d", code).isEqualTo(IceState.FAILED);
                call.a.restart();
                call.b.restart();
                world.simulator.run(Duration.ofSeconds(1));
                call.a.startWith(call.b, IceRole.CONTROLLING);
                call.b.startWith(call.a, IceRole.CONTROLLED);
            }
            world.simulator.require("code " + code, call::works, Duration.ofSeconds(30));
            world.simulator.run(Duration.ofMinutes(20));
            assertThat(call.works()).as("code %d", code).isTrue();
            assertThat(TurnWorld.talk(call, 100)).as("code %d", code).isEqualTo(10);
            assertThat(call.a.errors).as("only while gathering, code %d", code).isEmpty();
        }
    }

    @Test
    void F18_aLifetimeOfNothingIsNoStorm() {
        server.lifetimeSeconds = 0;
        SimulatedCall call = behindSymmetricNats(true);
        call.begin();
        simulator.run(Duration.ofMinutes(5));
        // The allocations of both, and their refreshes, which no server can ask for more often than that.
        assertThat(server.requests.size()).isBetween(4, 300);
        assertThat(call.a.connection.gatheringState()).isEqualTo(GatheringState.COMPLETE);
    }

    @Test
    void F17_aDeadServerIsNoticedAsADeadPathIs() {
        SimulatedCall call = behindSymmetricNats(true);
        call.settle();
        long died = simulator.now();
        server.silent = true;
        simulator.run(Duration.ofMillis(9_600));
        assertThat(call.a.when(IceState.DISCONNECTED, died)).isPositive();
        simulator.run(Duration.ofSeconds(22));
        assertThat(call.a.state()).isEqualTo(IceState.FAILED);
        assertThat(call.a.connection.failureReason()).contains("1 TURN servers gave 1 addresses");
    }

    @Test
    void U01_dataOfStrangersIsDropped() {
        InetSocketAddress address = Forger.address("192.0.2.1", 3478);
        TurnClient client = new TurnClient(
                address,
                "user",
                "pass",
                simulator.internet().host("x", "192.0.2.9").random());
        client.allocate(0);
        byte[] channel = new byte[104];
        for (int number : new int[] {0x4000, 0x4001, 0x4FFF, 0x5000, 0x7FFF}) {
            Bytes.put16(channel, 0, number);
            Bytes.put16(channel, 2, 100);
            assertThat(client.receive(view(channel, 104, address), 0)).isFalse();
        }
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] data = new byte[4 + random.nextInt(60)];
            random.nextBytes(data);
            data[0] &= 0x43;
            if (i % 2 == 0 && data.length >= 20) {
                Bytes.put32(data, 4, 0x2112A442);
                Bytes.put16(data, 2, data.length - 20 & ~3);
            }
            assertThat(client.receive(view(data, data.length, address), 0)).isFalse();
        }
        assertThat(client.receive(view(channel, 104, Forger.address("192.0.2.2", 3478)), 0))
                .isFalse();
        assertThat(client.state()).isEqualTo(TurnClient.State.ALLOCATING);
        assertThat(client.dropped()).isGreaterThan(1000);
        assertThat(client.nextTimeout()).isLessThan(Time.SECOND);
    }

    private static Datagram view(byte[] data, int length, InetSocketAddress from) {
        byte[] roomy = new byte[length + 64];
        System.arraycopy(data, 0, roomy, 0, length);
        return new Datagram(roomy, 0, length, from, from, 0);
    }
}
