package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Settings about addresses and ports, in whole connections. */
class SharedPortTest {
    @Test
    void connectionsShareOnePortAndItIsGivenBack() {
        SimulatedPair pair = new SimulatedPair(
                5000,
                Settings.builder()
                        .udpMux(5000, 1)
                        .ice(ice -> ice.publicAddress("203.0.113.5:40000"))
                        .build());
        try (pair) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.connect();
            PeerConnection second = pair.factoryA.newPeerConnection();
            second.addTrack(EncodedTrack.opus("b"));
            pair.simulator.await(second.setLocalDescription(), Duration.ofSeconds(5));
            String sdp = pair.simulator
                    .await(second.gatheringComplete(), Duration.ofSeconds(5))
                    .sdp();
            assertThat(sdp)
                    .contains(" 10.1.0.1 5000 typ host", " 203.0.113.5 40000 typ srflx raddr 10.1.0.1 rport 5000");
            assertThat(Objects.requireNonNull(pair.a.localDescription()).sdp()).contains(" 10.1.0.1 5000 typ host");
            assertThat(pair.hostA.leaks().sockets()).as("one for all").hasSize(1);
        }
    }

    @Test
    void portsArePorts() {
        assertThatThrownBy(() -> Settings.builder().udpMux(65_535, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Settings.builder().tcpMux(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
