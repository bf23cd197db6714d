package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceState;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A better pair comes when another is nominated already (draft-thatcher-ice-renomination). */
class RenominationTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDirectPairTakesThePlaceOfARelayNumberedOnlyWithIt(boolean renomination) {
        Simulator simulator = Simulator.create(42);
        TurnWorld world = new TurnWorld(simulator);
        Forger wire = new Forger(simulator);
        IceConnectionOptions options = SimulatedCall.with(IceOptions.builder()
                .turnServers(List.of(new TurnServer("192.0.2.1", 3478, "user", "pass")))
                .renomination(renomination)
                .build());
        SimulatedCall call = world.behindSymmetricNats(options);
        call.settle();
        assertThat(type(call.a)).isEqualTo(CandidateType.RELAY);
        // Another network, which leads straight to the other side.
        call.a.host.addAddress(simulator.internet(), "198.51.100.8");
        call.b.host.addAddress(simulator.internet(), "198.51.100.9");
        simulator.run(Duration.ofSeconds(10));
        assertThat(call.works()).isTrue();
        assertThat(type(call.a)).isNotEqualTo(CandidateType.RELAY);
        assertThat(type(call.b)).isNotEqualTo(CandidateType.RELAY);
        assertThat(TurnWorld.talk(call, 100)).isEqualTo(10);
        TreeSet<Long> numbers = new TreeSet<>();
        for (Forger.Sent sent : wire.sent) {
            StunMessage message = StunMessage.parse(sent.data(), 0, sent.data().length);
            if (message != null && message.has(StunAttribute.NOMINATION)) {
                assertThat(message.has(StunAttribute.USE_CANDIDATE)).isTrue();
                numbers.add(message.u32(StunAttribute.NOMINATION));
            }
        }
        assertThat(numbers.isEmpty()).isEqualTo(!renomination);
        if (renomination) {
            // One after the other, from 1 on.
            assertThat(numbers.first()).isEqualTo(1);
            assertThat(numbers.last()).isEqualTo(numbers.size());
        }
        assertThat(call.a.states).noneMatch(at -> at.what() == IceState.DISCONNECTED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofDirectPairsABetterOneIsTakenOnlyWithIt(boolean renomination) {
        Simulator simulator = Simulator.create(43);
        new TurnWorld(simulator);
        SimulatedHost[] hosts = new SimulatedHost[2];
        for (int i = 0; i < 2; i++) {
            hosts[i] = simulator
                    .internet()
                    .nat("nat " + i, "203.0.113." + (i + 1), NatBehaviour.PORT_RESTRICTED)
                    .inside()
                    .host("host " + i, "10." + i + ".0.2");
        }
        SimulatedCall call = new SimulatedCall(
                simulator,
                hosts[0],
                hosts[1],
                SimulatedCall.with(IceOptions.builder()
                        .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                        .renomination(renomination)
                        .build()));
        call.settle();
        assertThat(type(call.a)).isEqualTo(CandidateType.SRFLX);
        hosts[0].addAddress(simulator.internet(), "198.51.100.8");
        hosts[1].addAddress(simulator.internet(), "198.51.100.9");
        simulator.run(Duration.ofSeconds(10));
        assertThat(call.works()).isTrue();
        CandidatePair pair = Objects.requireNonNull(call.a.connection.selectedPair());
        assertThat(pair.remote().type()).isEqualTo(renomination ? CandidateType.HOST : CandidateType.SRFLX);
    }

    private static CandidateType type(IcePeer peer) {
        return Objects.requireNonNull(peer.connection.selectedPair()).local().type();
    }
}
