package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.simulator.Nat;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** RFC 8829 section 3.5.4: candidates gathered before anybody asks for them, and told when somebody does. */
class CandidatePoolTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 3478);

    private final Simulator simulator = Simulator.create(77);
    private final SimulatedHost behindNat = host("a", 1);
    private final SimulatedHost other = host("b", 2);
    private final SimulatedCall call = new SimulatedCall(
            simulator,
            behindNat,
            other,
            SimulatedCall.with(IceOptions.builder()
                    .stunServers(List.of(new StunServer("192.0.2.1", 3478), new StunServer("192.0.2.9", 3478)))
                    .turnServers(List.of(new TurnServer("192.0.2.1", 3478, "user", "pass")))
                    .build()));

    CandidatePoolTest() {
        SimulatedHost host = simulator.internet().host("turn", "192.0.2.1");
        simulator.onLoop(host.loop(), () -> {
            TurnServerSocket server = new TurnServerSocket(
                    host,
                    host.loop(),
                    TurnServerOptions.builder()
                            .realm("example.test")
                            .credentials(TurnCredentials.of(Map.of("user", "pass")))
                            .relayAddresses(List.of(RelayAddress.of(host.address())))
                            .build(),
                    new TurnServerSocket.Listener() {});
            server.listenUdp(SERVER);
            return server;
        });
    }

    private SimulatedHost host(String name, int number) {
        Nat nat = simulator.internet().nat("nat " + name, "203.0.113." + number, NatBehaviour.PORT_RESTRICTED);
        return nat.inside().host(name, "10." + number + ".0.2");
    }

    private void prepare() {
        call.a.onLoop(call.a.connection::prepare);
        // The second STUN server never answers: that is known after 9.5 s.
        simulator.run(Duration.ofSeconds(15));
    }

    @Test
    void nothingIsToldBeforeItIsAskedFor() {
        prepare();
        assertThat(call.a.candidates).isEmpty();
        assertThat(call.a.gathering).isEmpty();
        assertThat(call.a.errors).isEmpty();
        assertThat(call.a.connection.gatheringState()).isEqualTo(GatheringState.NEW);
    }

    @Test
    void allIsToldAtOnceAndNoServerIsAskedAgain() {
        prepare();
        Forger wire = new Forger(simulator);
        call.a.onLoop(() -> call.a.connection.gather(call.a.credentials));
        simulator.run(Duration.ofMillis(1));
        assertThat(call.a.candidates)
                .extracting(Candidate::type)
                .containsExactly(CandidateType.HOST, CandidateType.SRFLX, CandidateType.RELAY);
        assertThat(call.a.candidates).extracting(Candidate::ufrag).containsOnly(call.a.credentials.ufrag());
        assertThat(call.a.gathering)
                .extracting(IcePeer.At::what)
                .containsExactly(GatheringState.GATHERING, GatheringState.COMPLETE);
        assertThat(call.a.errors).hasSize(1);
        assertThat(call.a.errors.get(0).errorCode()).isEqualTo(701);
        assertThat(call.a.errors.get(0).url()).isEqualTo("stun:192.0.2.9:3478");
        // But for the mapping that is kept alive, every 15 s.
        assertThat(wire.sentBy(call.a.host)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void whatWasPreparedConnectsAndIsKeptUntilThen() {
        call.a.onLoop(call.a.connection::prepare);
        call.b.onLoop(call.b.connection::prepare);
        // Longer than an allocation and a mapping last without being refreshed.
        simulator.run(Duration.ofMinutes(30));
        call.connect(Duration.ofSeconds(5));
        call.a.onLoop(call.a.connection::close);
        call.b.onLoop(call.b.connection::close);
        assertThat(behindNat.leaks().sockets()).isEmpty();
        assertThat(other.leaks().sockets()).isEmpty();
    }

    @Test
    void anInterfaceThatCameMeanwhileIsTold() {
        call.a.onLoop(call.a.connection::prepare);
        simulator.run(Duration.ofSeconds(15));
        behindNat.addAddress(simulator.internet(), "198.51.100.77");
        call.a.onLoop(() -> call.a.connection.gather(call.a.credentials));
        simulator.run(Duration.ofSeconds(1));
        assertThat(call.a.candidates)
                .filteredOn(candidate -> candidate.type() == CandidateType.HOST)
                .hasSize(2);
    }

    @Test
    void closingGivesBackWhatWasPrepared() {
        call.a.onLoop(call.a.connection::prepare);
        simulator.run(Duration.ofSeconds(1));
        call.a.onLoop(call.a.connection::close);
        call.b.onLoop(call.b.connection::close);
        assertThat(behindNat.leaks().sockets()).isEmpty();
        assertThat(other.leaks().sockets()).isEmpty();
    }
}
