package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceState;
import dev.yodel.ice.ServerTransport;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.io.Time;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.Network;
import dev.yodel.simulator.Packet;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Networks drawn by seed: NATs of every kind, loss up to 30 % each way, reordering, and a server for STUN and TURN that
 * answers, answers late, over UDP only, or never. Whether there is a path is told by RFC 4787 before: then all connect, and
 * else none says so.
 */
class RandomNetworksTest {
    private enum Server {
        ANSWERS,
        LATE,
        UDP_ONLY,
        NEVER_ANSWERS
    }

    private record Side(@Nullable NatBehaviour nat, boolean twice, boolean udpBlocked) {
        static Side draw(Random random) {
            NatBehaviour[] kinds = {
                null,
                NatBehaviour.FULL_CONE,
                NatBehaviour.ADDRESS_RESTRICTED,
                NatBehaviour.PORT_RESTRICTED,
                NatBehaviour.SYMMETRIC
            };
            NatBehaviour kind = kinds[random.nextInt(kinds.length)];
            return new Side(kind, kind != null && random.nextInt(5) == 0, random.nextInt(6) == 0);
        }

        SimulatedHost host(Simulator simulator, String name, int number) {
            NatBehaviour behaviour = nat;
            if (behaviour == null) {
                return simulator.internet().host(name, "198.51.100." + number);
            }
            Network inside = simulator
                    .internet()
                    .nat("nat " + name, "203.0.113." + number, behaviour)
                    .inside();
            if (twice) {
                inside = inside.nat("inner nat " + name, "10.9." + number + ".1", behaviour)
                        .inside();
            }
            return inside.host(name, "10." + number + ".0.2");
        }
    }

    private static boolean pathExists(Side a, Side b, Server server) {
        if (server == Server.NEVER_ANSWERS) {
            // Nobody learns what a NAT maps; but what has none is reached, and answers.
            return !a.udpBlocked && !b.udpBlocked && (a.nat == null || b.nat == null);
        }
        // A relay is always a path, for whom it can be reached.
        return server != Server.UDP_ONLY || (!a.udpBlocked && !b.udpBlocked);
    }

    private static void server(Simulator simulator, Server kind, Random random) {
        SimulatedHost host = simulator.internet().host("server", "192.0.2.1");
        if (kind == Server.LATE) {
            host.uplink().delay(Duration.ofMillis(random.nextInt(1500)));
        }
        if (kind == Server.NEVER_ANSWERS) {
            return;
        }
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
            if (kind != Server.UDP_ONLY) {
                server.listenTcp(new InetSocketAddress(host.address(), 3478));
            }
            return server;
        });
    }

    /** How long it took, in ms; -1 if it did not connect. */
    private static long run(Random random, long seed, boolean[] exists, StringBuilder story) {
        Side sideA = Side.draw(random);
        Side sideB = Side.draw(random);
        Server kind = Server.values()[random.nextInt(Server.values().length)];
        exists[0] = pathExists(sideA, sideB, kind);
        Simulator simulator = Simulator.create(seed);
        server(simulator, kind, random);
        SimulatedHost a = sideA.host(simulator, "a", 1);
        SimulatedHost b = sideB.host(simulator, "b", 2);
        simulator.filter(packet -> packet.protocol() != Packet.Protocol.UDP
                || !((sideA.udpBlocked && packet.source().getAddress().equals(a.address()))
                        || (sideB.udpBlocked && packet.source().getAddress().equals(b.address()))));
        double loss = random.nextInt(31) / 100.0;
        int delay = random.nextInt(150);
        for (SimulatedHost host : List.of(a, b)) {
            host.uplink()
                    .delay(Duration.ofMillis(delay))
                    .loss(loss)
                    .reordering(random.nextDouble() * 0.3, Duration.ofMillis(60))
                    .duplication(random.nextDouble() * 0.1, 1);
        }
        story.append("seed ")
                .append(seed)
                .append(": ")
                .append(sideA)
                .append(", ")
                .append(sideB)
                .append(", server ")
                .append(kind)
                .append(", loss ")
                .append(loss)
                .append(", delay ")
                .append(delay);
        SimulatedCall call = new SimulatedCall(
                simulator,
                a,
                b,
                SimulatedCall.with(IceOptions.builder()
                        .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                        .turnServers(List.of(
                                new TurnServer("192.0.2.1", 3478, "user", "pass"),
                                new TurnServer("192.0.2.1", 3478, ServerTransport.TCP, "user", "pass")))
                        .build()));
        long began = simulator.now();
        call.begin();
        boolean connected = simulator.runUntil(call::works, Duration.ofSeconds(32));
        long millis = (simulator.now() - began) / Time.MILLISECOND;
        if (!connected) {
            simulator.run(Duration.ofSeconds(1));
            story.append(", ")
                    .append(call.a.connection.failureReason())
                    .append("; ")
                    .append(call.b.connection.failureReason());
        }
        if (!connected && !exists[0]) {
            assertThat(List.of(call.a.state(), call.b.state()))
                    .as("nobody says connected: %s", story)
                    .doesNotContain(IceState.CONNECTED, IceState.COMPLETED, IceState.DISCONNECTED);
        }
        return connected ? millis : -1;
    }

    private static void networks(int count) {
        List<String> wrong = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        int withPath = 0;
        for (int seed = 1; seed <= count; seed++) {
            boolean[] exists = new boolean[1];
            StringBuilder story = new StringBuilder();
            long millis = run(new Random(seed * 7919L), seed, exists, story);
            withPath += exists[0] ? 1 : 0;
            if (millis >= 0 != exists[0]) {
                wrong.add((exists[0] ? "should connect: " : "should not connect: ") + story);
            } else if (millis >= 0) {
                times.add(millis);
            }
        }
        times.sort(Long::compare);
        System.out.printf(
                "%d random networks: %d have a path, %d of them connect, median %d ms, p99 %d ms; wrong %d%n",
                count,
                withPath,
                times.size(),
                times.get(times.size() / 2),
                times.get((int) (0.99 * times.size())),
                wrong.size());
        assertThat(wrong).as("of %d networks", count).isEmpty();
    }

    @Test
    void F02_whatHasAPathConnectsAndNothingElse() {
        networks(300);
    }

    @Test
    @Tag("long")
    void F02_whatHasAPathConnectsAndNothingElseTenThousandNetworks() {
        networks(10_000);
    }
}
