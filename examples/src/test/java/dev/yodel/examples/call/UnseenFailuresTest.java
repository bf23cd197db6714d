package dev.yodel.examples.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.examples.LogLines;
import dev.yodel.simulator.Simulator;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A failure that nobody looked at is logged, and only that. */
class UnseenFailuresTest {
    @Test
    void whoHandlesAFailureInAStageOfTheirOwnHasLooked() {
        try (Simulator simulator = Simulator.create(1);
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .environment(simulator.internet().host("a", "10.1.0.1"))
                        .dtls(new SimulatedDtls())
                        .build();
                LogLines log = LogLines.open()) {
            PeerConnection connection = factory.newPeerConnection();
            connection.close();
            // It has failed before it is handed over, so that the JDK never asks it to tell.
            CompletableFuture<String> handled = CompletableFuture.completedFuture("")
                    .thenCompose(done -> connection.setLocalDescription())
                    .handle((done, failure) -> failure.getMessage());
            simulator.run(Duration.ofSeconds(2));
            assertThat(handled.join()).contains("InvalidState");
            assertThat(log.with("nobody looked")).isEmpty();

            connection.setLocalDescription();
            simulator.run(Duration.ofSeconds(2));
            assertThat(log.with("nobody looked")).hasSize(1);
        }
    }
}
