package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A hundred thousand messages from strangers change no state and stay inside the bounds. */
class FloodTest {
    private static final int COUNT = Boolean.getBoolean("yodel.long") ? 100_000 : 20_000;

    /** RFC 8656 section 17. */
    private static final int DATA_METHOD = 7;

    private static String state(IcePeer peer) {
        IceStats stats = peer.connection.stats();
        return peer.state() + " " + peer.connection.selectedPair() + " " + stats.local() + " "
                + stats.pairs().size();
    }

    @Test
    void I01_aFloodOfForgedChecksChangesNothing() {
        SimulatedCall call = SimulatedCall.direct(1);
        call.settle();
        Forger forger = new Forger(call.simulator);
        String before = state(call.a);
        InetSocketAddress target = Forger.addressOf(call.a);
        String name = call.a.credentials.ufrag() + ":" + call.b.credentials.ufrag();
        for (int i = 0; i < COUNT; i++) {
            StunWriter check = forger.check(name, i % 2 == 0, true);
            byte[] data = i % 3 == 0 ? check.fingerprint().toByteArray() : Forger.sign(check, call.b.credentials);
            forger.inject(Forger.address("192.0.2." + (1 + i % 250), 1024 + i % 60_000), target, data);
            if (i % 100 == 0) {
                call.simulator.run(Duration.ofMillis(1));
            }
        }
        call.simulator.run(Duration.ofMillis(100));
        assertThat(state(call.a)).isEqualTo(before);
        assertThat(call.a.connection.counters().unauthenticatedRequests()).isEqualTo(COUNT);
        assertThat(forger.sent.stream()
                        .filter(sent -> sent.to().getAddress().getHostAddress().startsWith("192.0.2.")))
                .isEmpty();
        call.close();
    }

    @Test
    void U01_aFloodOfTurnIndicationsReachesNobody() {
        Simulator simulator = Simulator.create(2);
        TurnWorld world = new TurnWorld(simulator);
        SimulatedCall call =
                world.behindSymmetricNats(TurnWorld.relayOnly(new TurnServer("192.0.2.1", 3478, "user", "pass")));
        call.settle();
        assertThat(TurnWorld.talk(call, 100)).isEqualTo(10);
        Forger forger = new Forger(simulator);
        CandidatePair pair = Objects.requireNonNull(call.a.connection.selectedPair());
        String before = state(call.a);
        int received = call.a.received.size();
        InetSocketAddress server = Forger.address("192.0.2.1", 3478);
        // The server has no secret towards its client: whoever can send in its name sends indications too.
        InetSocketAddress outside = mapped(forger, simulator, server);
        for (int i = 0; i < COUNT; i++) {
            byte[] data;
            if (i % 2 == 0) {
                data = new StunWriter(StunClass.INDICATION, DATA_METHOD, forger.id())
                        .xorAddress(
                                StunAttribute.XOR_PEER_ADDRESS,
                                Forger.address("198.51.100." + (1 + i % 250), 1024 + i % 60_000))
                        .bytes(StunAttribute.DATA, new byte[] {(byte) 0x80, 1, 2, 3}, 0, 4)
                        .toByteArray();
            } else {
                // A channel that nobody has bound.
                data = new byte[] {0x4F, (byte) i, 0, 4, (byte) 0x80, 1, 2, 3};
            }
            forger.inject(server, outside, data);
            if (i % 100 == 0) {
                simulator.run(Duration.ofMillis(1));
            }
        }
        simulator.run(Duration.ofMillis(100));
        assertThat(call.a.received).hasSize(received);
        assertThat(state(call.a)).isEqualTo(before);
        assertThat(call.a.connection.selectedPair()).isEqualTo(pair);
        assertThat(TurnWorld.talk(call, 100)).isEqualTo(10);
    }

    /** Where the server sees A: the source of what A's NAT sends to it. */
    private static InetSocketAddress mapped(Forger forger, Simulator simulator, InetSocketAddress server) {
        InetSocketAddress[] seen = new InetSocketAddress[1];
        simulator.tap((stage, packet, detail) -> {
            if (packet.destination().equals(server)
                    && packet.source().getAddress().getHostAddress().equals("203.0.113.1")) {
                seen[0] = packet.source();
            }
        });
        simulator.run(Duration.ofSeconds(10));
        assertThat(forger.sent).isNotEmpty();
        return Objects.requireNonNull(seen[0]);
    }

    @Test
    void F12_aRestartLongAfterAFailureConnectsWithinTwoSeconds() {
        for (long seconds : List.of(60L, 300L)) {
            SimulatedCall call = SimulatedCall.direct(12);
            call.settle();
            call.simulator.filter(packet -> false);
            call.simulator.run(Duration.ofSeconds(35 + seconds));
            call.simulator.clearFilters();
            call.a.restart();
            call.b.restart();
            call.simulator.run(Duration.ofMillis(40));
            call.a.startWith(call.b, IceRole.CONTROLLING);
            call.b.startWith(call.a, IceRole.CONTROLLED);
            call.simulator.require("both ends connect again", call::works, Duration.ofSeconds(2));
            call.close();
        }
    }

    @Test
    void I13_restartsInWhichBothControlConverge() {
        for (int seed = 0; seed < 50; seed++) {
            SimulatedCall call = SimulatedCall.direct(seed);
            call.settle();
            call.a.restart();
            call.b.restart();
            call.simulator.run(Duration.ofMillis(seed));
            call.a.startWith(call.b, IceRole.CONTROLLING);
            call.simulator.run(Duration.ofMillis(3L * seed));
            call.b.startWith(call.a, IceRole.CONTROLLING);
            call.simulator.run(Duration.ofSeconds(3));
            assertThat(call.works()).as("seed %d", seed).isTrue();
            assertThat(call.a.connection.role()).as("seed %d", seed).isNotEqualTo(call.b.connection.role());
            assertThat(call.a.roleChanges.size() + call.b.roleChanges.size())
                    .as("switches, seed %d", seed)
                    .isLessThanOrEqualTo(4);
            call.a.send("~a");
            call.b.send("~b");
            call.simulator.run(Duration.ofMillis(100));
            assertThat(call.a.received).isNotEmpty();
            assertThat(call.b.received).isNotEmpty();
            call.close();
        }
    }
}
