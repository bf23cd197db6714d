package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.CandidateType;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceState;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.StunServer;
import dev.yodel.io.SendResult;
import dev.yodel.simulator.Nat;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Set-up over simulated networks: hosts, NATs, STUN servers. */
class IceSetupTest {
    private static IceConnectionOptions servers(StunServer... servers) {
        return SimulatedCall.with(
                IceOptions.builder().stunServers(List.of(servers)).build());
    }

    @Test
    void twoPublicHostsCompleteInTwoRoundTrips() {
        SimulatedCall call = SimulatedCall.direct(1);
        call.settle();
        assertThat(call.a.state()).isEqualTo(IceState.COMPLETED);
        assertThat(call.b.state()).isEqualTo(IceState.COMPLETED);
        for (IcePeer peer : List.of(call.a, call.b)) {
            // A second after the nomination: a peer that nominates aggressively may still name a better pair.
            assertThat(peer.when(IceState.COMPLETED, 0) - peer.when(IceState.CONNECTED, 0))
                    .isBetween(
                            Duration.ofMillis(1000).toNanos(),
                            Duration.ofMillis(1100).toNanos());
        }
        // B checks A at once when it has the offer; A answers before it has the answer.
        long answered = Duration.ofMillis(1000 + 20 + 20).toNanos();
        assertThat(call.a.when(IceState.CONNECTED, 0)).isLessThanOrEqualTo(answered + 25_000_000);
        assertThat(call.b.when(IceState.CONNECTED, 0)).isLessThanOrEqualTo(answered + 45_000_000);
        assertThat(call.a.send("~from a")).isEqualTo(SendResult.SENT);
        assertThat(call.b.send("~from b")).isEqualTo(SendResult.SENT);
        call.simulator.run(Duration.ofSeconds(1));
        assertThat(call.a.received).hasSize(1);
        assertThat(call.b.received).hasSize(1);
        IceStats stats = call.a.connection.stats();
        assertThat(stats.selectedPairId()).isEqualTo(stats.pairs().get(0).id());
        assertThat(stats.pairs().get(0).nominated()).isTrue();
        assertThat(stats.pairs().get(0).bytesSent()).isEqualTo(7);
        assertThat(stats.pairs().get(0).bytesReceived()).isEqualTo(7);
        assertThat(stats.pairs().get(0).currentRoundTripTimeNanos()).isBetween(20_000_000L, 21_000_000L);
        call.close();
    }

    @Test
    void ipv6IsPreferred() {
        Simulator simulator = Simulator.create(2);
        SimulatedHost left =
                simulator.internet().host("a", "198.51.100.1").addAddress(simulator.internet(), "2001:db8::1");
        SimulatedHost right =
                simulator.internet().host("b", "198.51.100.2").addAddress(simulator.internet(), "2001:db8::2");
        SimulatedCall call = new SimulatedCall(simulator, left, right);
        call.settle();
        assertThat(call.works()).isTrue();
        assertThat(call.a.connection.stats().pairs().size()).isGreaterThanOrEqualTo(2);
        call.close();
    }

    @Test
    void portRestrictedNatsAreCrossedByHolePunching() {
        Simulator simulator = Simulator.create(3);
        SimulatedStunServer server =
                SimulatedStunServer.on(simulator, simulator.internet().host("stun", "192.0.2.1"));
        Nat natA = simulator.internet().nat("natA", "203.0.113.1", NatBehaviour.PORT_RESTRICTED);
        Nat natB = simulator.internet().nat("natB", "203.0.113.2", NatBehaviour.PORT_RESTRICTED);
        SimulatedCall call = new SimulatedCall(
                simulator,
                natA.inside().host("a", "10.0.0.1"),
                natB.inside().host("b", "10.0.0.1"),
                servers(server.address));
        call.settle();
        assertThat(call.a.candidates)
                .extracting(c -> c.type())
                .containsExactly(CandidateType.HOST, CandidateType.SRFLX);
        assertThat(call.a.state()).isEqualTo(IceState.COMPLETED);
        assertThat(call.a
                        .selected
                        .get(call.a.selected.size() - 1)
                        .what()
                        .local()
                        .type())
                .isEqualTo(CandidateType.SRFLX);
        assertThat(call.a.send("~")).isEqualTo(SendResult.SENT);
        assertThat(call.b.send("~")).isEqualTo(SendResult.SENT);
        simulator.run(Duration.ofSeconds(1));
        assertThat(call.a.received).hasSize(1);
        assertThat(call.b.received).hasSize(1);
    }

    @Test
    void aSymmetricNatMeetsAPublicHostByAPeerReflexiveCandidate() {
        Simulator simulator = Simulator.create(4);
        Nat nat = simulator.internet().nat("nat", "203.0.113.1", NatBehaviour.SYMMETRIC);
        SimulatedCall call = new SimulatedCall(
                simulator,
                nat.inside().host("a", "10.0.0.1"),
                simulator.internet().host("b", "198.51.100.2"));
        call.settle();
        assertThat(call.b
                        .selected
                        .get(call.b.selected.size() - 1)
                        .what()
                        .remote()
                        .type())
                .isEqualTo(CandidateType.PRFLX);
        assertThat(call.a
                        .selected
                        .get(call.a.selected.size() - 1)
                        .what()
                        .local()
                        .type())
                .isEqualTo(CandidateType.PRFLX);
        call.close();
    }

    @Test
    void deadStunServersDelayNothing() {
        Simulator simulator = Simulator.create(5);
        SimulatedStunServer server =
                SimulatedStunServer.on(simulator, simulator.internet().host("stun", "192.0.2.1"));
        Nat nat = simulator.internet().nat("nat", "203.0.113.1", NatBehaviour.PORT_RESTRICTED);
        SimulatedCall call = new SimulatedCall(
                simulator,
                nat.inside().host("a", "10.0.0.1"),
                simulator.internet().host("b", "198.51.100.2"),
                servers(
                        new StunServer("192.0.2.99", 3478),
                        new StunServer("no.such.name.example", 3478),
                        server.address,
                        new StunServer("192.0.2.98", 3478)));
        call.begin();
        simulator.run(Duration.ofMillis(150));
        assertThat(call.a.candidates).extracting(c -> c.type()).contains(CandidateType.SRFLX);
        simulator.require("both connect", call::works, Duration.ofSeconds(1));
        simulator.run(Duration.ofSeconds(10));
        assertThat(call.a.connection.gatheringState()).isEqualTo(GatheringState.COMPLETE);
        assertThat(call.a.gathering.get(1).now() - call.a.gathering.get(0).now())
                .isLessThanOrEqualTo(Duration.ofMillis(9_600).toNanos());
        assertThat(call.a.errors).extracting(e -> e.url()).contains("stun:192.0.2.99:3478", "stun:192.0.2.98:3478");
        assertThat(call.a.errors).allMatch(e -> e.errorCode() == 701);
    }

    @Test
    void aFailedCallSaysWhy() {
        Simulator simulator = Simulator.create(6);
        SimulatedCall call = SimulatedCall.direct(simulator);
        simulator.filter(packet -> false);
        call.begin();
        simulator.run(Duration.ofSeconds(40));
        assertThat(call.a.state()).isEqualTo(IceState.FAILED);
        assertThat(call.a.connection.failureReason())
                .matches("no pair worked: 1 local, 1 remote, \\d+ checks sent, 0 answered; no TURN configured");
        long started = Duration.ofMillis(1040).toNanos();
        assertThat(call.a.when(IceState.FAILED, 0) - started)
                .isBetween(
                        Duration.ofMillis(29_900).toNanos(),
                        Duration.ofMillis(30_100).toNanos());
        assertThat(call.a.connection.send(new byte[1], 0, 1)).isEqualTo(SendResult.REFUSED);
        call.close();
    }
}
