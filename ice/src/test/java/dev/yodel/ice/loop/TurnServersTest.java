package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceState;
import dev.yodel.ice.ServerTransport;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.io.StreamPort;
import dev.yodel.io.Time;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import dev.yodel.simulator.StreamSegmentation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Servers over streams, several servers, servers that name others, and servers that are not well (THREATS.md U03,
 * F17, F18).
 */
class TurnServersTest {
    private final Simulator simulator = Simulator.create(6062);

    @ParameterizedTest
    @EnumSource(StreamSegmentation.class)
    void twoPeersMeetOverTcpInAnySegmentation(StreamSegmentation segmentation) {
        Simulator cut =
                Simulator.builder().seed(6062).segmentation(segmentation).build();
        TurnWorld world = new TurnWorld(cut);
        SimulatedCall call = world.behindSymmetricNats(TurnWorld.relayOnly(world.server.tcpAddress));
        call.connect(Duration.ofSeconds(5));
        cut.run(Duration.ofSeconds(2));
        // Every length modulo four: ChannelData is padded.
        assertThat(TurnWorld.talk(call, 200)).isEqualTo(10);
        assertThat(call.a.candidates).extracting(Candidate::type).containsExactly(CandidateType.RELAY);
        assertThat(call.a.connection.stats().local().get(0).url()).isEqualTo("turn:192.0.2.1:3478?transport=tcp");
        call.a.onLoop(call.a.connection::close);
        call.b.onLoop(call.b.connection::close);
        cut.run(Duration.ofSeconds(1));
        assertThat(call.a.host.leaks().isEmpty()).isTrue();
        assertThat(call.b.host.leaks().isEmpty()).isTrue();
        assertThat(world.server.allocations).isEmpty();
        assertThat(world.server.streams).isEmpty();
    }

    @Test
    void everyTransportIsPreferredToTheNext() {
        TurnWorld world = new TurnWorld(simulator);
        SimulatedCall call =
                world.behindSymmetricNats(TurnWorld.relayOnly(world.server.tcpAddress, world.server.address));
        call.settle();
        assertThat(call.a.candidates).hasSize(2);
        String used =
                Objects.requireNonNull(call.a.connection.selectedPair()).local().address();
        assertThat(used).isEqualTo("192.0.2.1");
        Candidate local = call.a.connection.selectedPair().local();
        assertThat(call.a.connection.stats().local().stream()
                        .filter(stats -> stats.candidate().equals(local))
                        .findFirst()
                        .orElseThrow()
                        .url())
                .isEqualTo("turn:192.0.2.1:3478?transport=udp");
    }

    @Test
    void F17_aServerThatEndsItsStreamsIsLostLikeADeadPath() {
        TurnWorld world = new TurnWorld(simulator);
        SimulatedCall call = world.behindSymmetricNats(TurnWorld.relayOnly(world.server.tcpAddress));
        call.settle();
        long died = simulator.now();
        simulator.onLoop(world.serverHost.loop(), () -> {
            world.server.silent = true;
            world.serverHost.resetStreams();
            return 0;
        });
        simulator.run(Duration.ofMillis(9_600));
        assertThat(call.a.when(IceState.DISCONNECTED, died)).isPositive();
        assertThat(call.a.errors).as("only while gathering").isEmpty();
        simulator.run(Duration.ofSeconds(25));
        assertThat(call.a.state()).isEqualTo(IceState.FAILED);
        assertThat(call.a.host.leaks().sockets()).isEmpty();
    }

    @Test
    void F17_theRelayOfAnotherServerTakesOver() {
        for (int seed = 0; seed < 20; seed++) {
            Simulator fresh = Simulator.create(seed);
            TurnWorld world = new TurnWorld(fresh);
            SimulatedTurnServer other = world.another("192.0.2.2");
            SimulatedCall call = world.behindSymmetricNats(TurnWorld.relayOnly(world.server.address, other.address));
            call.settle();
            SimulatedTurnServer used = Objects.requireNonNull(call.a.connection.selectedPair())
                            .local()
                            .address()
                            .equals("192.0.2.1")
                    ? world.server
                    : other;
            long died = fresh.now();
            used.silent = true;
            int heard = call.a.received.size();
            long back = -1;
            for (int i = 0; i < 1_500 && back < 0; i++) {
                call.b.send("~");
                fresh.run(Duration.ofMillis(10));
                // What was on its way when it died comes in its time.
                if (fresh.now() - died > 200 * Time.MILLISECOND && call.a.received.size() > heard) {
                    back = fresh.now() - died;
                } else {
                    heard = call.a.received.size();
                }
            }
            assertThat(back).as("seed %d", seed).isBetween(0L, 9_500 * Time.MILLISECOND);
            fresh.run(Duration.ofSeconds(30));
            assertThat(call.works()).as("seed %d", seed).isTrue();
            assertThat(TurnWorld.talk(call, 100)).as("seed %d", seed).isEqualTo(10);
        }
    }

    @Test
    void F18_aDeadServerDelaysNobodyAndNoLookUpDelaysTheEnd() {
        TurnWorld world = new TurnWorld(simulator);
        SimulatedTurnServer dead = world.another("192.0.2.2");
        dead.silent = true;
        simulator.slowName("slow.example", Duration.ofSeconds(30), "192.0.2.3");
        simulator.slowName("late.example", Duration.ofMillis(4_900), "192.0.2.2");
        List<TurnServer> servers = new ArrayList<>();
        for (ServerTransport transport : ServerTransport.values()) {
            servers.add(new TurnServer("192.0.2.2", 3478, transport, "u", "p"));
            servers.add(new TurnServer("192.0.2.99", 3478, transport, "u", "p"));
            servers.add(new TurnServer("slow.example", 3478, transport, "u", "p"));
            servers.add(new TurnServer("late.example", 3478, transport, "u", "p"));
            servers.add(new TurnServer("unknown.example", 3478, transport, "u", "p"));
        }
        servers.add(world.server.address);
        List<StunServer> stun = new ArrayList<>();
        for (ServerTransport transport : ServerTransport.values()) {
            stun.add(new StunServer("192.0.2.2", 3478, transport));
            stun.add(new StunServer("late.example", 3478, transport));
            stun.add(new StunServer("slow.example", 3478, transport));
        }
        IceConnectionOptions options = SimulatedCall.with(
                IceOptions.builder().turnServers(servers).stunServers(stun).build());
        SimulatedHost host = simulator.internet().host("client", "198.51.100.1");
        SimulatedCall call = new SimulatedCall(simulator, host, host, options);
        call.trickles = false;
        IcePeer peer = call.a;
        long begun = simulator.now();
        peer.onLoop(() -> peer.connection.gather(peer.credentials));
        simulator.run(Duration.ofMillis(100));
        assertThat(TurnWorld.relays(peer)).as("the one that answers, at once").hasSize(1);
        simulator.require("gathering ends", () -> peer.gathering.size() == 2, Duration.ofSeconds(10));
        assertThat(simulator.now() - begun).isLessThan(10 * Time.SECOND);
        assertThat(peer.errors).hasSize(servers.size() - 1 + stun.size()).allSatisfy(error -> {
            assertThat(error.errorCode()).isEqualTo(701);
            assertThat(error.errorText()).isNotBlank();
        });
        assertThat(peer.errors).extracting(error -> error.url()).doesNotHaveDuplicates();
        peer.onLoop(peer.connection::close);
        call.b.onLoop(call.b.connection::close);
        simulator.run(Duration.ofSeconds(30));
        simulator.onLoop(world.serverHost.loop(), () -> 0);
        assertThat(host.leaks().isEmpty()).isTrue();
    }

    /** A server of which nothing is right, over TCP. */
    private IcePeer gatherFrom(StreamPort.Handler script, List<StreamPort> accepted) {
        SimulatedHost host = simulator.internet().host("server", "192.0.2.1");
        simulator.onLoop(host.loop(), () -> host.loop().listen(new InetSocketAddress(host.address(), 3478), stream -> {
            accepted.add(stream);
            return script;
        }));
        SimulatedHost client = simulator.internet().host("client", "198.51.100.1");
        SimulatedCall call = new SimulatedCall(
                simulator,
                client,
                client,
                TurnWorld.relayOnly(new TurnServer("192.0.2.1", 3478, ServerTransport.TCP, "user", "pass")));
        call.trickles = false;
        IcePeer peer = call.a;
        peer.onLoop(() -> peer.connection.gather(peer.credentials));
        simulator.require("gathering ends", () -> peer.gathering.size() == 2, Duration.ofSeconds(10));
        assertThat(peer.errors).singleElement().satisfies(error -> assertThat(error.errorCode())
                .isEqualTo(701));
        assertThat(client.leaks().sockets()).as("the stream is closed").isEmpty();
        return peer;
    }

    private abstract static class Script implements StreamPort.Handler {
        @Override
        public void onConnected() {}

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(String reason) {}
    }

    /** Answers with the beginning of a STUN message of a given length. */
    private void beginsAFrameOf(int length) {
        List<StreamPort> accepted = new ArrayList<>();
        gatherFrom(
                new Script() {
                    @Override
                    public void onBytes(byte[] data, int offset, int count, long now) {
                        byte[] half = new byte[500];
                        half[2] = (byte) (length >> 8);
                        half[3] = (byte) length;
                        accepted.get(0).write(half, 0, half.length);
                    }
                },
                accepted);
    }

    @Test
    void U03_aFrameWithoutEndIsGivenUpInTime() {
        beginsAFrameOf(1000);
        assertThat(simulator.now()).isBetween(9 * Time.SECOND, 12 * Time.SECOND);
    }

    @Test
    void U03_aFrameTooLongEndsTheStreamAtOnce() {
        beginsAFrameOf(0xFFFC);
        assertThat(simulator.now()).isLessThan(2 * Time.SECOND);
    }

    @Test
    void U03_garbageEndsTheStreamAtOnce() {
        List<StreamPort> accepted = new ArrayList<>();
        long begun = simulator.now();
        gatherFrom(
                new Script() {
                    @Override
                    public void onBytes(byte[] data, int offset, int length, long now) {
                        byte[] text =
                                "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                        accepted.get(0).write(text, 0, text.length);
                    }
                },
                accepted);
        assertThat(simulator.now() - begun).isLessThan(Time.SECOND);
    }

    @Test
    void U03_aServerThatHangsUpIsToldAtOnce() {
        List<StreamPort> accepted = new ArrayList<>();
        long begun = simulator.now();
        gatherFrom(
                new Script() {
                    @Override
                    public void onBytes(byte[] data, int offset, int length, long now) {
                        accepted.get(0).close();
                    }
                },
                accepted);
        assertThat(simulator.now() - begun).isLessThan(Time.SECOND);
    }

    @ParameterizedTest
    @EnumSource(
            value = ServerTransport.class,
            names = {"UDP", "TCP"})
    void anAlternateServerIsFollowed(ServerTransport transport) {
        TurnWorld world = new TurnWorld(simulator);
        SimulatedTurnServer other = world.another("192.0.2.2");
        world.server.refuseWith = 300;
        world.server.alternate = Forger.address("192.0.2.2", 3478);
        IcePeer peer = world.gather(
                simulator.internet().host("client", "198.51.100.1"),
                TurnWorld.relayOnly(new TurnServer("192.0.2.1", 3478, transport, "user", "pass")));
        assertThat(TurnWorld.relays(peer)).singleElement().satisfies(relay -> assertThat(relay.address())
                .isEqualTo("192.0.2.2"));
        assertThat(peer.errors).isEmpty();
        assertThat(other.allocations).hasSize(1);
    }

    @Test
    void U02_serversThatSendUsRoundAreGivenUp() {
        TurnWorld world = new TurnWorld(simulator);
        List<SimulatedTurnServer> servers = new ArrayList<>(List.of(world.server));
        for (int i = 2; i <= 5; i++) {
            servers.add(world.another("192.0.2." + i));
        }
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).refuseWith = 300;
            servers.get(i).alternate = Forger.address("192.0.2." + (i + 2), 3478);
        }
        IcePeer peer = world.gather(
                simulator.internet().host("client", "198.51.100.1"), TurnWorld.relayOnly(world.server.address));
        assertThat(peer.errors).singleElement().satisfies(error -> assertThat(error.errorCode())
                .isEqualTo(300));
        assertThat(servers.get(2).requests).as("two redirects").hasSize(1);
        assertThat(servers.get(3).requests).as("and no third").isEmpty();
    }

    @Test
    void U02_aRedirectToWhereNobodyShouldGoIsRefused() {
        for (String target : new String[] {"127.0.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255", "0.0.0.0"}) {
            Simulator fresh = Simulator.create(1);
            TurnWorld world = new TurnWorld(fresh);
            world.server.refuseWith = 300;
            world.server.alternate = Forger.address(target, 3478);
            Forger wire = new Forger(fresh);
            IcePeer peer = world.gather(
                    fresh.internet().host("client", "198.51.100.1"), TurnWorld.relayOnly(world.server.address));
            assertThat(peer.errors).as(target).singleElement().satisfies(error -> assertThat(error.errorCode())
                    .isEqualTo(300));
            assertThat(wire.sentTo(Forger.address(target, 3478))).as(target).isEmpty();
        }
    }

    @Test
    void anInterfaceThatLeadsNowhereCostsAMomentOnly() {
        TurnWorld world = new TurnWorld(simulator);
        SimulatedHost client = simulator.internet().host("client", "198.51.100.1");
        client.addAddress(simulator.internet(), "198.51.100.2");
        client.uplink("198.51.100.1").down(true);
        long begun = simulator.now();
        IcePeer peer = world.gather(client, TurnWorld.relayOnly(world.server.address));
        assertThat(TurnWorld.relays(peer)).hasSize(1);
        assertThat(simulator.now() - begun).isLessThan(2 * Time.SECOND);
        assertThat(client.leaks().sockets()).as("the other attempt is given up").hasSize(1);
    }

    @Test
    void aServerWithBothFamiliesGivesBoth() {
        TurnWorld world = new TurnWorld(simulator);
        world.serverHost.addAddress(simulator.internet(), "2001:db8::1");
        world.server.relayAddresses.add(Forger.address("2001:db8::1", 1).getAddress());
        SimulatedHost client = simulator.internet().host("client", "198.51.100.1");
        SimulatedHost ipv6Only = simulator.internet().host("six", "2001:db8::6");
        SimulatedCall call = new SimulatedCall(
                simulator, client, TurnWorld.relayOnly(world.server.address), ipv6Only, IceConnectionOptions.DEFAULT);
        call.settle();
        assertThat(TurnWorld.relays(call.a)).hasSize(2);
        assertThat(Objects.requireNonNull(call.a.connection.selectedPair())
                        .local()
                        .address())
                .isEqualTo("2001:db8:0:0:0:0:0:1");
        assertThat(TurnWorld.talk(call, 100)).isGreaterThanOrEqualTo(9);
    }

    @Test
    void aServerWithoutIpv4IsAskedForIpv6() {
        TurnWorld world = new TurnWorld(simulator);
        world.serverHost.addAddress(simulator.internet(), "2001:db8::1");
        world.server.relayAddresses.clear();
        world.server.relayAddresses.add(Forger.address("2001:db8::1", 1).getAddress());
        world.server.refusesIpv4 = true;
        IcePeer peer = world.gather(
                simulator.internet().host("client", "198.51.100.1"), TurnWorld.relayOnly(world.server.address));
        assertThat(TurnWorld.relays(peer)).singleElement().satisfies(relay -> assertThat(relay.address())
                .startsWith("2001:db8:"));
    }

    @Test
    void aStunServerOverTcpIsAskedAndLeft() {
        TurnWorld world = new TurnWorld(simulator);
        SimulatedHost client = simulator.internet().host("client", "198.51.100.1");
        IcePeer peer = world.gather(
                client,
                SimulatedCall.with(IceOptions.builder()
                        .stunServers(List.of(new StunServer("192.0.2.1", 3478, ServerTransport.TCP)))
                        .build()));
        assertThat(peer.errors).isEmpty();
        simulator.run(Duration.ofSeconds(1));
        assertThat(client.leaks().sockets())
                .as("the host candidate's socket only")
                .hasSize(1);
        assertThat(world.server.streams).isEmpty();
    }
}
