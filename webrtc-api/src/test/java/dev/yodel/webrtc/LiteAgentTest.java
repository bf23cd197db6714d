package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.io.Time;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lite agent on one port, as a server would be, and a full one behind a NAT (RFC 8445 section 2.5, RFC 8839 5.3). */
class LiteAgentTest {
    private final Simulator simulator = Simulator.create(8445);
    private final SimulatedHost server = simulator.internet().host("server", "198.51.100.1");
    private final SimulatedHost client = simulator
            .internet()
            .nat("home", "203.0.113.1", NatBehaviour.SYMMETRIC)
            .inside()
            .host("client", "10.0.0.1");
    private final PeerConnectionFactory lite = factory(
            server,
            Settings.builder().ice(ice -> ice.lite(true)).udpMux(5000, 1).build());
    private final PeerConnectionFactory full = factory(client, Settings.DEFAULT);

    private static PeerConnectionFactory factory(SimulatedHost host, Settings settings) {
        return PeerConnectionFactory.builder()
                .environment(host)
                .dtls(new SimulatedDtls())
                .settings(settings)
                .build();
    }

    private <T> T await(java.util.concurrent.CompletableFuture<T> future) {
        return simulator.await(future, Duration.ofSeconds(10));
    }

    /** An exchange without trickle, as servers use it. */
    private void negotiate(PeerConnection from, PeerConnection to) {
        await(from.setLocalDescription());
        await(to.setRemoteDescription(await(from.gatheringComplete())));
        await(to.setLocalDescription());
        await(from.setRemoteDescription(await(to.gatheringComplete())));
    }

    private static IceTransport ice(PeerConnection connection) {
        return Objects.requireNonNull(connection.getSenders().get(0).transport())
                .iceTransport();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLiteServerOffersOrAnswers(boolean serverOffers) {
        PeerConnection a = lite.newPeerConnection();
        PeerConnection b = full.newPeerConnection();
        a.addTrack(EncodedTrack.opus("a"));
        b.addTrack(EncodedTrack.opus("b"));
        negotiate(serverOffers ? a : b, serverOffers ? b : a);
        await(a.connected());
        await(b.connected());
        assertThat(Objects.requireNonNull(a.localDescription()).sdp())
                .contains("a=ice-lite", " 198.51.100.1 5000 typ host");
        assertThat(Objects.requireNonNull(b.localDescription()).sdp()).doesNotContain("a=ice-lite");
        assertThat(ice(a).role()).isEqualTo(IceRole.CONTROLLED);
        assertThat(ice(b).role()).isEqualTo(IceRole.CONTROLLING);
        simulator.run(Duration.ofMinutes(5));
        assertThat(a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(b.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        // Either side restarts.
        b.restartIce();
        negotiate(b, a);
        simulator.run(Duration.ofMinutes(1));
        assertThat(a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        a.restartIce();
        negotiate(a, b);
        simulator.run(Duration.ofMinutes(1));
        assertThat(a.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        assertThat(b.connectionState()).isEqualTo(ConnectionState.CONNECTED);
    }

    @Test
    void aPeerThatFallsSilentIsNoticedByItsChecksAlone() {
        PeerConnection a = lite.newPeerConnection();
        PeerConnection b = full.newPeerConnection();
        a.addTrack(EncodedTrack.opus("a"));
        b.addTrack(EncodedTrack.opus("b"));
        negotiate(b, a);
        await(a.connected());
        await(b.connected());
        simulator.run(Duration.ofSeconds(10));
        long[] disconnected = {-1};
        a.onConnectionStateChange(() -> {
            if (a.connectionState() == ConnectionState.DISCONNECTED) {
                disconnected[0] = simulator.now();
            }
        });
        client.uplink().down(true);
        long cut = simulator.now();
        simulator.run(Duration.ofMillis(9_600));
        assertThat(disconnected[0] - cut).isBetween(0L, 9_600 * Time.MILLISECOND);
        simulator.run(Duration.ofSeconds(22));
        assertThat(a.connectionState()).isEqualTo(ConnectionState.FAILED);
        a.close();
        b.close();
    }
}
