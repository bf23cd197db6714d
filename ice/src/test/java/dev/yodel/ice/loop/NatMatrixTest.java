package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.ServerTransport;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.Network;
import dev.yodel.simulator.Packet;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Every pair of seven kinds of NAT in virtual time, with our own TURN server between: connected, and by the best path
 * that RFC 4787 allows. The same matrix as interop's NAT lab, over delays, losses and orders that a lab has not.
 */
class NatMatrixTest {
    private enum Kind {
        NONE,
        FULL_CONE,
        ADDRESS,
        PORT,
        SYMMETRIC,
        UDP_BLOCKED,
        DOUBLE
    }

    private enum Way {
        HOST,
        DIRECT,
        RELAY
    }

    private static final int SEEDS = Boolean.getBoolean("yodel.long") ? 1000 : 3;
    private static final Map<Kind, NatBehaviour> BEHAVIOURS = new EnumMap<>(Map.of(
            Kind.FULL_CONE, NatBehaviour.FULL_CONE,
            Kind.ADDRESS, NatBehaviour.ADDRESS_RESTRICTED,
            Kind.PORT, NatBehaviour.PORT_RESTRICTED,
            Kind.SYMMETRIC, NatBehaviour.SYMMETRIC,
            Kind.UDP_BLOCKED, NatBehaviour.PORT_RESTRICTED,
            Kind.DOUBLE, NatBehaviour.PORT_RESTRICTED));

    /** RFC 4787: a mapping that cannot be foretold meets only filters that look at the address at most. */
    private static Way expected(Kind a, Kind b) {
        if (a == Kind.UDP_BLOCKED || b == Kind.UDP_BLOCKED) {
            return Way.RELAY;
        }
        if (a == Kind.NONE && b == Kind.NONE) {
            return Way.HOST;
        }
        boolean bothStrict = isStrict(a) && isStrict(b);
        return bothStrict && (a == Kind.SYMMETRIC || b == Kind.SYMMETRIC) ? Way.RELAY : Way.DIRECT;
    }

    private static boolean isStrict(Kind kind) {
        return kind == Kind.PORT || kind == Kind.DOUBLE || kind == Kind.SYMMETRIC;
    }

    private static SimulatedHost host(Simulator simulator, String name, Kind kind, int number) {
        Network internet = simulator.internet();
        NatBehaviour behaviour = BEHAVIOURS.get(kind);
        if (behaviour == null) {
            return internet.host(name, "198.51.100." + number);
        }
        Network inside =
                internet.nat("nat " + name, "203.0.113." + number, behaviour).inside();
        if (kind == Kind.DOUBLE) {
            inside = inside.nat("inner nat " + name, "10.9." + number + ".1", behaviour)
                    .inside();
        }
        return inside.host(name, "10." + number + ".0.2");
    }

    private static void server(Simulator simulator) {
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
            server.listenUdp(new InetSocketAddress(host.address(), 3478));
            server.listenTcp(new InetSocketAddress(host.address(), 3478));
            return server;
        });
    }

    private static Way way(CandidatePair pair) {
        CandidateType ours = pair.local().type();
        CandidateType theirs = pair.remote().type();
        if (ours == CandidateType.RELAY || theirs == CandidateType.RELAY) {
            return Way.RELAY;
        }
        return ours == CandidateType.HOST && theirs == CandidateType.HOST ? Way.HOST : Way.DIRECT;
    }

    /** What a side sees counts as a relay if the other side sees one. */
    private static Way way(SimulatedCall call) {
        CandidatePair atA = call.a.connection.selectedPair();
        CandidatePair atB = call.b.connection.selectedPair();
        if (atA == null || atB == null) {
            return Way.RELAY;
        }
        Way one = way(atA);
        Way other = way(atB);
        return one.compareTo(other) > 0 ? one : other;
    }

    private static final IceConnectionOptions OPTIONS = SimulatedCall.with(IceOptions.builder()
            .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
            .turnServers(List.of(
                    new TurnServer("192.0.2.1", 3478, "user", "pass"),
                    new TurnServer("192.0.2.1", 3478, ServerTransport.TCP, "user", "pass")))
            .build());

    private static void run(Kind kindA, Kind kindB, long seed) {
        Simulator simulator = Simulator.create(seed);
        Random random = new Random(seed);
        server(simulator);
        SimulatedHost a = host(simulator, "a", kindA, 1);
        SimulatedHost b = host(simulator, "b", kindB, 2);
        simulator.filter(packet -> packet.protocol() != Packet.Protocol.UDP
                || !((kindA == Kind.UDP_BLOCKED && packet.source().getAddress().equals(a.address()))
                        || (kindB == Kind.UDP_BLOCKED
                                && packet.source().getAddress().equals(b.address()))));
        for (SimulatedHost host : List.of(a, b)) {
            host.uplink().delay(Duration.ofMillis(random.nextInt(60))).loss(random.nextInt(6) / 100.0);
            host.downlink().jitter(Duration.ofMillis(random.nextInt(10)));
        }
        check(new SimulatedCall(simulator, a, b, OPTIONS), expected(kindA, kindB), kindA + " and " + kindB);
    }

    private static void check(SimulatedCall call, Way expected, String what) {
        Simulator simulator = call.simulator;
        call.connect(Duration.ofSeconds(30));
        simulator.runUntil(() -> way(call) == expected, Duration.ofSeconds(10));
        assertThat(way(call))
                .as(
                        "%s, seed %d: a %s, b %s",
                        what,
                        simulator.seed(),
                        Objects.toString(call.a.connection.selectedPair()),
                        Objects.toString(call.b.connection.selectedPair()))
                .isEqualTo(expected);
    }

    /** Two hosts of one NAT, which reach each other directly or by its outer address only, as guests of a hotel do. */
    private static void runBehindOne(Kind kind, boolean isolated, boolean hairpin, long seed) {
        Simulator simulator = Simulator.create(seed);
        server(simulator);
        NatBehaviour behaviour = Objects.requireNonNull(BEHAVIOURS.get(kind)).withHairpinning(hairpin);
        Network inside =
                simulator.internet().nat("nat", "203.0.113.1", behaviour).inside();
        SimulatedHost a = inside.host("a", "10.1.0.2");
        SimulatedHost b = inside.host("b", "10.1.0.3");
        List<InetAddress> inner = List.of(a.address(), b.address());
        simulator.filter(packet -> !isolated
                || !inner.contains(packet.source().getAddress())
                || !inner.contains(packet.destination().getAddress()));
        boolean met = hairpin && kind != Kind.SYMMETRIC;
        check(
                new SimulatedCall(simulator, a, b, OPTIONS),
                !isolated ? Way.HOST : met ? Way.DIRECT : Way.RELAY,
                "two behind one " + kind + (isolated ? ", isolated" : "") + (hairpin ? ", hairpin" : ""));
    }

    @Test
    void twoHostsBehindOneNatConnectByTheBestPath() {
        for (Kind kind : new Kind[] {Kind.FULL_CONE, Kind.ADDRESS, Kind.PORT, Kind.SYMMETRIC}) {
            for (int seed = 1; seed <= SEEDS; seed++) {
                runBehindOne(kind, false, false, seed);
                runBehindOne(kind, false, true, seed);
                runBehindOne(kind, true, false, seed);
                runBehindOne(kind, true, true, seed);
            }
        }
    }

    /** RFC 8445 section 5.1.1.4: somebody takes long to answer, and what a NAT has mapped for the offer is still there. */
    @Test
    void mappingsAreKeptAliveUntilTheCallIsAnswered() {
        Simulator simulator = Simulator.create(5114);
        server(simulator);
        NatBehaviour forgetful = NatBehaviour.PORT_RESTRICTED
                .withTimeout(Duration.ofSeconds(30))
                .withAllocation(NatBehaviour.PortAllocation.RANDOM);
        SimulatedHost[] hosts = new SimulatedHost[2];
        for (int i = 0; i < 2; i++) {
            hosts[i] = simulator
                    .internet()
                    .nat("nat " + i, "203.0.113." + (i + 1), forgetful)
                    .inside()
                    .host("host " + i, "10." + i + ".0.2");
        }
        SimulatedCall call = new SimulatedCall(
                simulator,
                hosts[0],
                hosts[1],
                SimulatedCall.with(IceOptions.builder()
                        .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                        .build()));
        // The offer takes three minutes, as if somebody had to be called to the telephone; the answer comes at once.
        call.signaling = Duration.ofMinutes(3);
        call.begin();
        simulator.run(Duration.ofSeconds(170));
        call.signaling = Duration.ofMillis(20);
        simulator.require("both ends connect", call::works, Duration.ofSeconds(15));
        // Checks keep the chosen pair open: nobody asks the server any more.
        simulator.run(Duration.ofSeconds(2));
        Forger wire = new Forger(simulator);
        simulator.run(Duration.ofMinutes(1));
        assertThat(wire.sentTo(new InetSocketAddress("192.0.2.1", 3478))).isEmpty();
    }

    /** Of 49,000 one whose reflexive candidate came after the relay was nominated: the direct path takes its place. */
    @Test
    void aDirectPathThatIsLateTakesThePlaceOfARelay() {
        run(Kind.ADDRESS, Kind.FULL_CONE, 496);
    }

    @Test
    void everyPairOfNatsConnectsByTheBestPath() {
        for (Kind a : Kind.values()) {
            for (Kind b : Kind.values()) {
                for (int seed = 1; seed <= SEEDS; seed++) {
                    run(a, b, seed);
                }
            }
        }
    }
}
