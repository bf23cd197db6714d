package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole calls in virtual time. */
class SimulatedCallTest {
    private static void talk(SimulatedPair pair, EncodedTrack track, int frames) {
        for (int i = 0; i < frames; i++) {
            byte[] data = {(byte) 0x78, (byte) i, 3};
            pair.simulator.schedule(
                    Duration.ofMillis(20L * i), () -> track.write(EncodedFrame.ofDuration(data, 20_000_000)));
        }
        pair.simulator.run(Duration.ofMillis(20L * frames + 200));
    }

    @Test
    void audioFlowsBothWays() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            EncodedTrack voiceA = EncodedTrack.opus("a");
            EncodedTrack voiceB = EncodedTrack.opus("b");
            List<RtpPacketEvent> heardByA = new ArrayList<>();
            List<RtpPacketEvent> heardByB = new ArrayList<>();
            pair.a.addTrack(voiceA, MediaStream.create("s"));
            pair.b.addTrack(voiceB);
            pair.a.onTrack(event -> event.track().onRtp(heardByA::add));
            pair.b.onTrack(event -> event.track().onRtp(heardByB::add));
            pair.connect();
            talk(pair, voiceA, 50);
            talk(pair, voiceB, 50);
            assertThat(heardByB).hasSize(50);
            assertThat(heardByA).hasSize(50);
            assertThat(pair.errors).isEmpty();
        }
    }

    @Test
    void echoInOneLine() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            List<RtpPacketEvent> echo = new ArrayList<>();
            pair.a.addTrack(voice);
            pair.a.onTrack(event -> event.track().onRtp(echo::add));
            pair.b.onTrack(event -> pair.b.addTrack(event.track()));
            pair.connect();
            talk(pair, voice, 50);
            assertThat(echo).hasSize(50);
        }
    }

    @Test
    void statesAndEventsComeInW3cOrder() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            List<String> log = new ArrayList<>();
            pair.a.onSignalingStateChange(() -> log.add("signaling " + pair.a.signalingState()));
            pair.a.onIceGatheringStateChange(() -> log.add("gathering " + pair.a.iceGatheringState()));
            pair.a.onIceConnectionStateChange(() -> log.add("ice " + pair.a.iceConnectionState()));
            pair.a.onConnectionStateChange(() -> log.add("connection " + pair.a.connectionState()));
            pair.a.onNegotiationNeeded(() -> log.add("negotiationneeded"));
            pair.a.onIceCandidate(event -> {
                if (event.candidate() == null) {
                    log.add("candidate null");
                }
            });
            pair.a.onTrack(event -> log.add("track " + event.transceiver().currentDirection()));
            pair.a.addTransceiver(MediaKind.AUDIO);
            pair.b.addTrack(EncodedTrack.opus("b"));
            pair.simulator.run(Duration.ofMillis(10));
            pair.connect();
            assertThat(log.subList(0, 2)).containsExactly("negotiationneeded", "signaling have-local-offer");
            assertThat(log).containsSubsequence("gathering gathering", "gathering complete", "candidate null");
            assertThat(log).containsSubsequence("signaling stable", "track sendrecv");
            assertThat(log)
                    .containsSubsequence(
                            "ice checking", "connection connecting", "ice connected", "connection connected");
            assertThat(log).doesNotHaveDuplicates();
        }
    }

    @Test
    void gatheringCompleteCarriesAllCandidates() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            var offer = pair.simulator.await(
                    pair.a.setLocalDescription().thenCompose(done -> pair.a.gatheringComplete()),
                    Duration.ofSeconds(5));
            assertThat(offer.sdp()).contains("a=candidate:", "a=end-of-candidates", "10.1.0.1");
            var answer = pair.simulator.await(
                    pair.b
                            .setRemoteDescription(offer)
                            .thenCompose(done -> pair.b.setLocalDescription())
                            .thenCompose(done -> pair.b.gatheringComplete()),
                    Duration.ofSeconds(5));
            pair.simulator.await(pair.a.setRemoteDescription(answer), Duration.ofSeconds(5));
            pair.simulator.await(pair.a.connected(), Duration.ofSeconds(10));
        }
    }

    @Test
    void F23_closeOfThePeerEndsDtls() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.connect();
            DtlsTransport transport = pair.a.getSenders().get(0).transport();
            assertThat(transport).isNotNull();
            assertThat(transport.state()).isEqualTo(DtlsTransportState.CONNECTED);
            assertThat(transport.getRemoteCertificates()).hasSize(1);
            pair.b.close();
            pair.simulator.require(
                    "dtls closed", () -> transport.state() == DtlsTransportState.CLOSED, Duration.ofSeconds(1));
        }
    }

    @Test
    void statisticsHaveW3cKeys() {
        try (SimulatedPair pair = new SimulatedPair(6)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            pair.a.addTrack(voice);
            pair.connect();
            talk(pair, voice, 25);
            pair.simulator.run(Duration.ofSeconds(8));
            StatsReport sent = pair.simulator.await(pair.a.getStats(), Duration.ofSeconds(1));
            assertThat(sent.ofType("outbound-rtp")).hasSize(1);
            assertThat(sent.ofType("outbound-rtp").get(0).number("packetsSent")).isEqualTo(25);
            StatsReport received = pair.simulator.await(pair.b.getStats(), Duration.ofSeconds(1));
            assertThat(received.ofType("inbound-rtp").get(0).number("packetsReceived"))
                    .isEqualTo(25);
            assertThat(received.ofType("transport").get(0).text("dtlsState")).isEqualTo("connected");
            assertThat(received.toJson()).startsWith("[{\"id\":").endsWith("}]").contains("\"type\":\"codec\"");
        }
    }
}
