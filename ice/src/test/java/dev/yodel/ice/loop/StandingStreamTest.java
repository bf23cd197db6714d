package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.IceOptions;
import dev.yodel.ice.ServerTransport;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.io.Time;
import dev.yodel.simulator.Packet;
import dev.yodel.simulator.PacketTap;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Some losses in a row, and TCP's time-out doubles and doubles: the only path, a stream to a TURN server, stands still for
 * half a minute although the network is back after 13 s.
 */
class StandingStreamTest {
    /**
     * @param answers how many came from the server before: with one it has challenged us, with two we have an allocation
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void F17_aStreamThatStandsStillIsReplaced(int answers) {
        for (int seed = 0; seed < 10; seed++) {
            Simulator simulator = Simulator.create(seed);
            SimulatedHost server = simulator.internet().host("server", "192.0.2.1");
            simulator.onLoop(server.loop(), () -> {
                TurnServerSocket socket = new TurnServerSocket(
                        server,
                        server.loop(),
                        TurnServerOptions.builder()
                                .realm("example.test")
                                .credentials(TurnCredentials.of(Map.of("user", "pass")))
                                .relayAddresses(List.of(RelayAddress.of(server.address())))
                                .build(),
                        new TurnServerSocket.Listener() {});
                socket.listenUdp(new InetSocketAddress(server.address(), 3478));
                socket.listenTcp(new InetSocketAddress(server.address(), 3478));
                return socket;
            });
            SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
            SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
            simulator.filter(packet -> packet.protocol() != Packet.Protocol.UDP
                    || !packet.source().getAddress().equals(b.address()));
            AtomicInteger answered = new AtomicInteger();
            simulator.tap((stage, packet, detail) -> {
                if (stage == PacketTap.Stage.DELIVERED
                        && packet.protocol() == Packet.Protocol.TCP
                        && packet.destination().getAddress().equals(b.address())
                        && packet.length() > 0
                        && answered.incrementAndGet() == answers) {
                    b.uplink().blackhole(Duration.ZERO, Duration.ofSeconds(13));
                }
            });
            SimulatedCall call = new SimulatedCall(
                    simulator,
                    a,
                    b,
                    SimulatedCall.with(IceOptions.builder()
                            .turnServers(List.of(
                                    new TurnServer("192.0.2.1", 3478, "user", "pass"),
                                    new TurnServer("192.0.2.1", 3478, ServerTransport.TCP, "user", "pass")))
                            .build()));
            long began = simulator.now();
            call.begin();
            simulator.require("connected", call::works, Duration.ofSeconds(20));
            assertThat(answered.get()).as("seed %d", seed).isGreaterThan(answers);
            assertThat((simulator.now() - began) / Time.SECOND)
                    .as("seed %d", seed)
                    .isBetween(13L, 19L);
        }
    }
}
