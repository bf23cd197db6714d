package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.TcpType;
import dev.yodel.ice.TransportProtocol;
import dev.yodel.io.StreamPort;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.Packet;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import dev.yodel.simulator.StreamSegmentation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP between peers (RFC 6544): active, passive, one port for all, and what must not harm us there. */
class IceTcpTest {
    private static final IceOptions LISTENING =
            IceOptions.builder().tcp(TcpType.ACTIVE, TcpType.PASSIVE).build();

    private static void blockUdp(Simulator simulator) {
        simulator.filter(packet -> packet.protocol() != Packet.Protocol.UDP);
    }

    private static SimulatedCall serverAndClient(Simulator simulator, IceConnectionOptions server) {
        SimulatedHost home = simulator
                .internet()
                .nat("home", "203.0.113.1", NatBehaviour.SYMMETRIC)
                .inside()
                .host("client", "10.0.0.1");
        return new SimulatedCall(
                simulator,
                simulator.internet().host("server", "198.51.100.1"),
                server,
                home,
                IceConnectionOptions.DEFAULT);
    }

    private static CandidatePair pair(IcePeer peer) {
        return Objects.requireNonNull(peer.connection.selectedPair());
    }

    private static void exchange(SimulatedCall call, int count) {
        int before = call.a.received.size();
        for (int i = 0; i < count; i++) {
            call.a.send("~a" + i + "x".repeat(i));
            call.b.send("~b" + i + "x".repeat(i));
        }
        call.simulator.run(Duration.ofMillis(500));
        assertThat(call.a.received).hasSize(before + count);
        assertThat(call.b.received).hasSize(before + count);
        assertThat(call.a.received.get(before + count - 1).what())
                .isEqualTo("~b" + (count - 1) + "x".repeat(count - 1));
    }

    @ParameterizedTest
    @EnumSource(StreamSegmentation.class)
    void whatCannotUseUdpMeetsOnTheOthersPort(StreamSegmentation segmentation) {
        Simulator simulator =
                Simulator.builder().seed(6544).segmentation(segmentation).build();
        blockUdp(simulator);
        SimulatedCall call = serverAndClient(simulator, SimulatedCall.with(LISTENING));
        call.settle();
        assertThat(call.a.candidates)
                .filteredOn(candidate -> candidate.protocol() == TransportProtocol.TCP)
                .singleElement()
                .satisfies(candidate -> {
                    assertThat(candidate.tcpType()).isEqualTo(TcpType.PASSIVE);
                    assertThat(candidate.type()).isEqualTo(CandidateType.HOST);
                    // RFC 6544 4.2: type 90, direction 4 of a passive host candidate.
                    assertThat(candidate.priority() >> 24).isEqualTo(90);
                    assertThat(candidate.priority() >> 21 & 7).isEqualTo(4);
                });
        assertThat(pair(call.a).local().tcpType()).isEqualTo(TcpType.PASSIVE);
        assertThat(pair(call.a).remote().tcpType()).isEqualTo(TcpType.ACTIVE);
        assertThat(pair(call.a).remote().type()).isEqualTo(CandidateType.PRFLX);
        assertThat(pair(call.b).local().tcpType()).isEqualTo(TcpType.ACTIVE);
        assertThat(pair(call.b).remote().tcpType()).isEqualTo(TcpType.PASSIVE);
        exchange(call, 100);
        // Consent goes on, and nothing is idle.
        simulator.run(Duration.ofMinutes(2));
        assertThat(call.works()).isTrue();
        exchange(call, 10);
        call.close();
    }

    @Test
    void datagramsAreBetterThanStreams() {
        Simulator simulator = Simulator.create(1);
        SimulatedCall call = serverAndClient(simulator, SimulatedCall.with(LISTENING));
        call.settle();
        assertThat(pair(call.a).local().protocol()).isEqualTo(TransportProtocol.UDP);
        // The way that was found first may be a stream; when UDP fails later, it is there.
        blockUdp(simulator);
        simulator.run(Duration.ofSeconds(12));
        assertThat(call.works()).as("the spare pair takes over").isTrue();
        assertThat(pair(call.b).local().protocol()).isEqualTo(TransportProtocol.TCP);
        exchange(call, 10);
        call.close();
    }

    @Test
    void aLiteAgentListensToo() {
        Simulator simulator = Simulator.create(2);
        blockUdp(simulator);
        IceOptions lite = IceOptions.builder()
                .lite(true)
                .tcp(TcpType.PASSIVE)
                .publicAddress(Forger.address("198.51.100.1", 0))
                .build();
        SimulatedCall call = serverAndClient(simulator, SimulatedCall.with(lite));
        call.settle();
        exchange(call, 10);
        call.close();
    }

    @Test
    void whoWantsNoTcpGetsNone() {
        Simulator simulator = Simulator.create(3);
        blockUdp(simulator);
        IceConnectionOptions none =
                SimulatedCall.with(IceOptions.builder().tcp().build());
        SimulatedCall call = new SimulatedCall(
                simulator,
                simulator.internet().host("a", "198.51.100.1"),
                SimulatedCall.with(LISTENING),
                simulator.internet().host("b", "198.51.100.2"),
                none);
        call.begin();
        simulator.run(Duration.ofSeconds(40));
        assertThat(call.a.state()).isIn(IceState.FAILED, IceState.NEW, IceState.CHECKING);
        assertThat(call.works()).isFalse();
        call.close();
    }

    @Test
    void aStreamThatBreaksIsConnectedAgain() {
        Simulator simulator = Simulator.create(4);
        blockUdp(simulator);
        SimulatedCall call = serverAndClient(simulator, SimulatedCall.with(LISTENING));
        call.settle();
        for (int i = 0; i < 3; i++) {
            call.a.host.resetStreams();
            simulator.run(Duration.ofMillis(500));
            assertThat(call.b.state()).isEqualTo(IceState.DISCONNECTED);
            simulator.require("both ends connect again", call::works, Duration.ofSeconds(5));
            simulator.run(Duration.ofSeconds(1));
            exchange(call, 10);
        }
        call.close();
    }

    @Test
    void restartsKeepTheStream() {
        Simulator simulator = Simulator.create(5);
        blockUdp(simulator);
        SimulatedCall call = serverAndClient(simulator, SimulatedCall.with(LISTENING));
        call.settle();
        for (int i = 0; i < 5; i++) {
            call.a.restart();
            call.b.restart();
            simulator.run(Duration.ofMillis(20));
            call.a.startWith(call.b, IceRole.CONTROLLING);
            call.b.startWith(call.a, IceRole.CONTROLLED);
            simulator.run(Duration.ofSeconds(2));
            assertThat(call.works()).isTrue();
            exchange(call, 10);
        }
        assertThat(call.b.host.leaks().sockets()).as("one for UDP, one stream").hasSize(2);
        call.close();
    }

    @Test
    void manyConnectionsShareOnePort() {
        Simulator simulator = Simulator.create(6);
        blockUdp(simulator);
        SimulatedHost host = simulator.internet().host("server", "198.51.100.1");
        IceTcpMux mux = new IceTcpMux(host.loop(), 443);
        IceConnectionOptions shared = new IceConnectionOptions(LISTENING, null, null, null, mux);
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
        simulator.run(Duration.ofSeconds(2));
        for (SimulatedCall call : calls) {
            assertThat(call.a.candidates)
                    .filteredOn(candidate -> candidate.protocol() == TransportProtocol.TCP)
                    .extracting(Candidate::port)
                    .containsExactly(443);
            exchange(call, 3);
        }
        for (SimulatedCall call : calls) {
            call.a.onLoop(call.a.connection::close);
            call.b.onLoop(call.b.connection::close);
        }
        simulator.onLoop(host.loop(), () -> {
            mux.close();
            return 0;
        });
        simulator.run(Duration.ofMillis(100));
        assertThat(host.leaks().isEmpty()).isTrue();
        assertThat(home.leaks().isEmpty()).isTrue();
    }

    /** Keeps what becomes of a stream. */
    private static final class Watched implements StreamPort.Handler {
        final byte[] first;
        long closedAt = -1;
        final Simulator simulator;

        @Nullable
        StreamPort port;

        Watched(Simulator simulator, byte[] first) {
            this.simulator = simulator;
            this.first = first;
        }

        @Override
        public void onConnected() {
            Objects.requireNonNull(port).write(first, 0, first.length);
        }

        @Override
        public void onBytes(byte[] data, int offset, int length, long now) {
            throw new AssertionError("nothing is answered");
        }

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {
            closedAt = simulator.now();
        }
    }

    private static List<Watched> attack(
            Simulator simulator, SimulatedHost attacker, int count, int port, byte[] bytes) {
        return simulator.onLoop(attacker.loop(), () -> {
            List<Watched> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Watched watched = new Watched(simulator, bytes);
                watched.port = attacker.loop()
                        .connect(
                                new InetSocketAddress(attacker.address(), 0),
                                Forger.address("198.51.100.1", port),
                                watched);
                all.add(watched);
            }
            return all;
        });
    }

    private static int tcpPort(IcePeer peer) {
        return peer.candidates.stream()
                .filter(candidate -> candidate.protocol() == TransportProtocol.TCP)
                .findFirst()
                .orElseThrow()
                .port();
    }

    @Test
    void I16_aThousandHalfFramesAreClosedIn30SecondsAndKeepNobodyOut() {
        for (boolean shared : new boolean[] {true, false}) {
            Simulator simulator = Simulator.create(16);
            blockUdp(simulator);
            SimulatedHost host = simulator.internet().host("server", "198.51.100.1");
            IceTcpMux mux = new IceTcpMux(host.loop(), 5000);
            IceConnectionOptions options = new IceConnectionOptions(LISTENING, null, null, null, shared ? mux : null);
            SimulatedCall call = new SimulatedCall(
                    simulator,
                    host,
                    options,
                    simulator.internet().host("client", "198.51.100.2"),
                    IceConnectionOptions.DEFAULT);
            call.a.onLoop(() -> call.a.connection.gather(call.a.credentials));
            simulator.run(Duration.ofMillis(100));
            int port = tcpPort(call.a);
            long began = simulator.now();
            List<Watched> streams = new ArrayList<>();
            // Lengths and a few bytes, no bytes at all, garbage, a length above what a check has.
            byte[][] kinds = {{2, 0, 0, 1}, {}, {0}, {0, 20, 9, 9, 9, 9}, {(byte) 0xFF, (byte) 0xFF, 1}};
            for (int i = 0; i < 20; i++) {
                SimulatedHost attacker = simulator.internet().host("attacker" + i, "192.0.2." + (i + 1));
                streams.addAll(attack(simulator, attacker, 50, port, kinds[i % kinds.length]));
            }
            simulator.run(Duration.ofMillis(200));
            assertThat(mux.pending()).isLessThanOrEqualTo(1024);
            simulator.run(Duration.ofSeconds(31));
            assertThat(streams).allSatisfy(stream -> assertThat(stream.closedAt)
                    .isBetween(began, began + Duration.ofSeconds(31).toNanos()));
            assertThat(mux.pending()).isZero();
            call.b.onLoop(() -> {
                call.b.connection.gather(call.b.credentials);
                call.b.connection.start(IceRole.CONTROLLED, call.a.credentials);
                call.a.candidates.forEach(call.b.connection::addRemoteCandidate);
            });
            call.a.onLoop(() -> call.a.connection.start(IceRole.CONTROLLING, call.b.credentials));
            simulator.require("the right peer connects", call::works, Duration.ofSeconds(5));
            call.a.onLoop(call.a.connection::close);
            call.b.onLoop(call.b.connection::close);
            simulator.onLoop(host.loop(), () -> {
                mux.close();
                return 0;
            });
            simulator.run(Duration.ofMillis(100));
            assertThat(host.leaks().isEmpty()).isTrue();
        }
    }

    @Test
    void I10_aFloodOfTcpCandidatesOpensFewStreams() {
        Simulator simulator = Simulator.create(10);
        SimulatedCall call = SimulatedCall.direct(simulator);
        int[] most = {0};
        Forger forger = new Forger(simulator);
        call.a.onLoop(() -> {
            call.a.connection.gather(call.a.credentials);
            call.a.connection.start(IceRole.CONTROLLING, call.b.credentials);
        });
        simulator.run(Duration.ofMillis(10));
        call.a.onLoop(() -> {
            for (int i = 0; i < 100_000; i++) {
                try {
                    call.a.connection.addRemoteCandidate(Candidate.parse("candidate:1 1 tcp 1518280447 203.0.113."
                            + (i % 250) + " " + (2000 + i / 250) + " typ host tcptype passive"));
                } catch (dev.yodel.ice.CandidateParseException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        for (int i = 0; i < 600; i++) {
            simulator.run(Duration.ofMillis(100));
            most[0] = Math.max(most[0], call.a.host.leaks().sockets().size());
        }
        // One for UDP, eight streams on their way.
        assertThat(most[0]).isBetween(2, 9);
        assertThat(forger.sent.stream().map(Forger.Sent::to).distinct().count()).isLessThanOrEqualTo(256 + 1);
        call.close();
    }
}
