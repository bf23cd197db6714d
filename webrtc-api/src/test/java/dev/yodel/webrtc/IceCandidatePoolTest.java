package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.ice.loop.TurnServerSocket;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.simulator.PacketTap;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** W3C iceCandidatePoolSize (RFC 8829 section 3.5.4), in virtual time with our own TURN server. */
class IceCandidatePoolTest {
    private static final String SERVER = "192.0.2.1";

    private final Simulator simulator = Simulator.create(12);
    private final List<String> toServer = new ArrayList<>();

    private static Configuration pooled(int size) {
        return Configuration.builder()
                .iceServers(IceServer.of("turn:" + SERVER, "user", "pass"))
                .iceCandidatePoolSize(size)
                .build();
    }

    private SimulatedPair pair(Configuration configuration) {
        SimulatedHost host = simulator.internet().host("turn", SERVER);
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
            return server;
        });
        simulator.tap((stage, packet, detail) -> {
            if (stage == PacketTap.Stage.SENT
                    && packet.destination().getAddress().equals(host.address())) {
                toServer.add(packet.toString());
            }
        });
        return new SimulatedPair(simulator, Settings.DEFAULT, configuration);
    }

    /** How long after the offer was set its last candidate came, in ms; what the pool saves. */
    private long candidatesAfterMillis(int size) {
        try (Simulator closed = simulator) {
            SimulatedPair pair = pair(pooled(size));
            pair.hostA.uplink().delay(Duration.ofMillis(100));
            List<String> types = new ArrayList<>();
            pair.a.onIceCandidate(event -> {
                IceCandidate candidate = event.candidate();
                if (candidate != null && !candidate.candidate().isEmpty()) {
                    types.add(String.valueOf(candidate.type()));
                }
            });
            simulator.run(Duration.ofSeconds(2));
            assertThat(types).isEmpty();
            assertThat(pair.a.iceGatheringState()).isEqualTo(IceGatheringState.NEW);
            pair.a.createDataChannel("x");
            long before = closed.now();
            simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(5));
            simulator.await(pair.a.gatheringComplete(), Duration.ofSeconds(5));
            assertThat(types).containsExactly("host", "relay");
            return (closed.now() - before) / 1_000_000;
        }
    }

    @Test
    void candidatesOfThePoolAreThereWhenTheDescriptionIs() {
        assertThat(candidatesAfterMillis(1)).isLessThan(10);
        assertThat(toServer).isNotEmpty();
    }

    @Test
    void withoutAPoolTheyTakeRoundTrips() {
        assertThat(candidatesAfterMillis(0)).isGreaterThan(200);
    }

    @Test
    void callsWorkWithPoolsOfAnySizeAndGiveTheRestBack() {
        for (int size : new int[] {1, 2, 255}) {
            try (SimulatedPair pair = new SimulatedPair(
                    Simulator.create(size),
                    Settings.DEFAULT,
                    Configuration.builder().iceCandidatePoolSize(size).build())) {
                pair.a.createDataChannel("x");
                pair.simulator.run(Duration.ofSeconds(1));
                pair.connect();
            }
        }
    }

    @Test
    void aPoolThatNobodyUsesIsClosedWithItsConnection() {
        try (SimulatedPair pair = new SimulatedPair(
                Simulator.create(5),
                Settings.DEFAULT,
                Configuration.builder().iceCandidatePoolSize(3).build())) {
            pair.simulator.run(Duration.ofSeconds(1));
            pair.a.close();
        }
    }

    @Test
    void otherServersMakeAnotherPoolAndAnotherSizeComesTooLate() {
        SimulatedPair pair =
                pair(Configuration.builder().iceCandidatePoolSize(1).build());
        simulator.run(Duration.ofSeconds(1));
        assertThat(toServer).isEmpty();
        pair.a.setConfiguration(pooled(2));
        simulator.run(Duration.ofSeconds(1));
        assertThat(toServer).isNotEmpty();
        pair.a.createDataChannel("x");
        simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(5));
        assertThatThrownBy(() -> pair.a.setConfiguration(pooled(1))).isInstanceOf(InvalidModificationException.class);
        simulator.close();
    }
}
