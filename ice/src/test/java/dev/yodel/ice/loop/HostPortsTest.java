package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.stun.StunClass;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which ports host candidates have, and what is told of them: ranges, public addresses, one port for all. */
class HostPortsTest {
    private final Simulator simulator = Simulator.create(5000);

    private IcePeer gather(SimulatedHost host, IceOptions options) {
        SimulatedCall call = new SimulatedCall(simulator, host, host, SimulatedCall.with(options));
        call.trickles = false;
        call.a.onLoop(() -> call.a.connection.gather(call.a.credentials));
        simulator.run(Duration.ofMillis(100));
        return call.a;
    }

    @Test
    void portsAreOfTheRangeUntilItIsFull() {
        SimulatedHost host = simulator.internet().host("h", "198.51.100.1");
        IceOptions options = IceOptions.builder().portRange(50_000, 50_003).build();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            IcePeer peer = gather(host, options);
            assertThat(peer.errors).isEmpty();
            assertThat(peer.candidates).hasSize(1);
            ports.add(peer.candidates.get(0).port());
        }
        assertThat(ports).containsExactlyInAnyOrder(50_000, 50_001, 50_002, 50_003);
        IcePeer late = gather(host, options);
        assertThat(late.candidates).isEmpty();
        assertThat(late.errors).singleElement().satisfies(error -> assertThat(error.errorCode())
                .isEqualTo(701));
    }

    @Test
    void aPublicAddressIsToldWithAndWithoutPort() {
        SimulatedHost host = simulator.internet().host("h", "10.0.0.1").addAddress(simulator.internet(), "10.0.0.2");
        IcePeer plain = gather(
                host,
                IceOptions.builder()
                        .publicAddress(Forger.address("203.0.113.5", 0))
                        .build());
        assertThat(plain.candidates)
                .extracting(Candidate::type)
                .containsExactlyInAnyOrder(CandidateType.HOST, CandidateType.HOST, CandidateType.SRFLX);
        Candidate told = plain.candidates.stream()
                .filter(candidate -> candidate.type() == CandidateType.SRFLX)
                .findFirst()
                .orElseThrow();
        assertThat(told.address()).isEqualTo("203.0.113.5");
        assertThat(told.port()).isEqualTo(told.relatedPort());
        IcePeer mapped = gather(
                host,
                IceOptions.builder()
                        .publicAddress(Forger.address("203.0.113.5", 40_000))
                        .build());
        assertThat(mapped.candidates).anySatisfy(candidate -> {
            assertThat(candidate.address()).isEqualTo("203.0.113.5");
            assertThat(candidate.port()).isEqualTo(40_000);
        });
    }

    private static long packetsReceived(IcePeer peer) {
        return peer.connection.stats().pairs().stream()
                .mapToLong(IceStats.PairStats::packetsReceived)
                .sum();
    }

    /** Many clients behind one NAT and a server with one port. */
    @Test
    void manyConnectionsShareOnePort() {
        SimulatedHost host = simulator.internet().host("server", "198.51.100.1");
        IceUdpMux mux = new IceUdpMux(host.loop(), 5000);
        IceConnectionOptions shared = new IceConnectionOptions(IceOptions.DEFAULT, null, null, mux, null);
        SimulatedHost home = simulator
                .internet()
                .nat("home", "203.0.113.1", NatBehaviour.SYMMETRIC)
                .inside()
                .host("client", "10.0.0.1");
        List<SimulatedCall> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SimulatedCall call = new SimulatedCall(simulator, host, shared, home, IceConnectionOptions.DEFAULT);
            calls.add(call);
            call.begin();
        }
        simulator.require("all connect", () -> calls.stream().allMatch(SimulatedCall::works), Duration.ofSeconds(10));
        simulator.run(Duration.ofSeconds(1));
        assertThat(host.leaks().sockets()).hasSize(1);
        assertThat(mux.connections()).isEqualTo(20);
        for (SimulatedCall call : calls) {
            assertThat(call.a.candidates).extracting(Candidate::port).containsExactly(5000);
            call.a.send("~to " + calls.indexOf(call));
            call.b.send("~from " + calls.indexOf(call));
        }
        simulator.run(Duration.ofMillis(100));
        for (SimulatedCall call : calls) {
            assertThat(call.a.received).extracting(at -> at.what()).containsExactly("~from " + calls.indexOf(call));
            assertThat(call.b.received).extracting(at -> at.what()).containsExactly("~to " + calls.indexOf(call));
            assertThat(packetsReceived(call.a)).isEqualTo(1);
        }
        // Whoever takes a connection over gets its data from then on, and it is counted on.
        IcePeer heir = calls.get(1).a;
        SimulatedCall given = calls.get(2);
        given.a.onLoop(() -> given.a.connection.handOver(heir));
        given.b.send("~to the heir");
        simulator.run(Duration.ofMillis(100));
        assertThat(heir.received).extracting(at -> at.what()).endsWith("~to the heir");
        assertThat(given.a.received).hasSize(1);
        assertThat(packetsReceived(given.a)).isEqualTo(2);
        // A restart keeps the port, and the old generation's name until the new one works.
        SimulatedCall restarted = calls.get(7);
        restarted.a.restart();
        restarted.b.restart();
        simulator.run(Duration.ofMillis(20));
        restarted.a.startWith(restarted.b, IceRole.CONTROLLING);
        restarted.b.startWith(restarted.a, IceRole.CONTROLLED);
        simulator.run(Duration.ofSeconds(40));
        assertThat(calls).allMatch(SimulatedCall::works);
        for (SimulatedCall call : calls) {
            call.a.onLoop(call.a.connection::close);
            call.b.onLoop(call.b.connection::close);
        }
        assertThat(mux.connections()).isZero();
        simulator.onLoop(host.loop(), () -> {
            mux.close();
            return 0;
        });
        simulator.run(Duration.ofMillis(100));
        assertThat(host.leaks().isEmpty()).isTrue();
    }

    @Test
    void aSharedPortThatTheSystemClosedIsBoundAgain() {
        SimulatedHost host = simulator.internet().host("server", "198.51.100.1");
        IceUdpMux mux = new IceUdpMux(host.loop(), 5000);
        IceConnectionOptions shared = new IceConnectionOptions(IceOptions.DEFAULT, null, null, mux, null);
        SimulatedHost home = simulator.internet().host("client", "198.51.100.2");
        List<SimulatedCall> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            SimulatedCall call = new SimulatedCall(simulator, host, shared, home, IceConnectionOptions.DEFAULT);
            calls.add(call);
            call.settle();
        }
        host.removeAddress("198.51.100.1");
        simulator.run(Duration.ofSeconds(3));
        assertThat(mux.connections()).isZero();
        host.addAddress(simulator.internet(), "198.51.100.1");
        simulator.require(
                "all work again", () -> calls.stream().allMatch(SimulatedCall::works), Duration.ofSeconds(10));
        assertThat(host.leaks().sockets()).hasSize(1);
        assertThat(mux.connections()).isEqualTo(5);
    }

    @Test
    void I01_strangersReachNoConnectionOfTheSharedPort() {
        SimulatedHost host = simulator.internet().host("server", "198.51.100.1");
        IceUdpMux mux = new IceUdpMux(host.loop(), 5000);
        SimulatedCall call = new SimulatedCall(
                simulator,
                host,
                new IceConnectionOptions(IceOptions.DEFAULT, null, null, mux, null),
                simulator.internet().host("client", "198.51.100.2"),
                IceConnectionOptions.DEFAULT);
        call.settle();
        Forger forger = new Forger(simulator);
        InetSocketAddress port = Forger.address("198.51.100.1", 5000);
        InetSocketAddress stranger = Forger.address("192.0.2.66", 6666);
        long before = mux.unknown();
        for (int i = 0; i < 1_000; i++) {
            // An unknown name, a known name without the password, an answer to nothing, data.
            forger.inject(
                    stranger,
                    port,
                    forger.check("nobody:x", true, true).fingerprint().toByteArray());
            String name = call.a.credentials.ufrag() + ":x";
            forger.inject(
                    stranger, port, forger.check(name, true, true).fingerprint().toByteArray());
            forger.inject(
                    stranger,
                    port,
                    new StunWriter(StunClass.SUCCESS, StunMessage.BINDING, forger.id())
                            .fingerprint()
                            .toByteArray());
            forger.inject(stranger, port, new byte[] {(byte) 0x80, 1, 2, 3});
            simulator.run(Duration.ofMillis(1));
        }
        simulator.run(Duration.ofMillis(100));
        assertThat(mux.unknown() - before).isGreaterThanOrEqualTo(3_000);
        assertThat(forger.sentTo(stranger)).isEmpty();
        assertThat(call.a.received).isEmpty();
        call.b.send("~still here");
        simulator.run(Duration.ofMillis(100));
        assertThat(call.a.received).hasSize(1);
        assertThat(call.a.connection.counters().unauthenticatedRequests()).isEqualTo(1_000);
    }
}
