package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** W3C's RTCRtpTransceiver (WebRTC 1.0, 5.4; webrtc-extensions). */
class RtpTransceiverTest {
    private static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
    private static final String LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    @Test
    void directionChecksInW3cOrder() {
        try (SimulatedPair pair = new SimulatedPair(1)) {
            RtpTransceiver transceiver = pair.a.addTransceiver(MediaKind.AUDIO);
            List<String> events = new ArrayList<>();
            pair.b.addTrack(EncodedTrack.opus("b"));
            pair.connect();
            pair.a.onNegotiationNeeded(() -> events.add("needed"));
            transceiver.direction(RtpTransceiverDirection.SENDRECV);
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(events).as("the same direction needs nothing").isEmpty();
            assertThatThrownBy(() -> transceiver.direction(RtpTransceiverDirection.STOPPED))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("stop()");
            transceiver.direction(RtpTransceiverDirection.SENDONLY);
            assertThat(transceiver.direction()).isEqualTo(RtpTransceiverDirection.SENDONLY);
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(events).containsExactly("needed");
            transceiver.stop();
            for (RtpTransceiverDirection direction : RtpTransceiverDirection.values()) {
                assertThatThrownBy(() -> transceiver.direction(direction)).isInstanceOf(InvalidStateException.class);
            }
        }
    }

    @Test
    void stoppingEndsAtOnceAndIsNegotiatedLater() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            RtpTransceiver transceiver = pair.a.addTransceiver(MediaKind.AUDIO);
            List<String> events = new ArrayList<>();
            transceiver.receiver().track().onEnded(() -> events.add("ended"));
            pair.b.addTrack(EncodedTrack.opus("b"));
            pair.connect();
            RtpTransceiver theirs = pair.b.getTransceivers().get(0);
            theirs.receiver().track().onEnded(() -> events.add("theirs ended"));
            transceiver.stop();
            transceiver.stop();
            assertThat(transceiver.direction()).isEqualTo(RtpTransceiverDirection.STOPPED);
            assertThat(transceiver.currentDirection()).isEqualTo(RtpTransceiverDirection.SENDRECV);
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(events).containsExactly("ended");
            pair.negotiate(pair.a, pair.b);
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(transceiver.currentDirection()).isEqualTo(RtpTransceiverDirection.STOPPED);
            assertThat(transceiver.mid()).isNull();
            assertThat(events).containsExactly("ended", "theirs ended");
            assertThat(theirs.direction()).isEqualTo(RtpTransceiverDirection.STOPPED);
            assertThat(pair.a.getTransceivers()).isEmpty();
            assertThat(pair.b.getTransceivers()).isEmpty();
            transceiver.stop();
            transceiver.sender().setStreams();
            transceiver.setCodecPreferences(List.of());
        }
    }

    private static void refused(RtpTransceiver transceiver, RtpCodec... codecs) {
        assertThatThrownBy(() -> transceiver.setCodecPreferences(List.of(codecs)))
                .isInstanceOf(InvalidModificationException.class);
    }

    @Test
    void codecPreferencesAreTakenFromTheCapabilities() {
        try (SimulatedPair pair = new SimulatedPair(3)) {
            RtpTransceiver transceiver = pair.a.addTransceiver(MediaKind.AUDIO);
            List<RtpCodec> all = RtpSender.getCapabilities(MediaKind.AUDIO).codecs();
            RtpCodec opus = all.get(0);
            RtpCodec pcmu = new RtpCodec("AUDIO/pcmu", 8_000, 1, null);
            RtpCodec events = new RtpCodec("audio/telephone-event", 8_000, 1, null);
            refused(transceiver, new RtpCodec("audio/opus", 48_000, 2, null));
            refused(transceiver, new RtpCodec("audio/opus", 48_000, 1, opus.sdpFmtpLine()));
            refused(transceiver, new RtpCodec("audio/opus", 48_000, null, opus.sdpFmtpLine()));
            refused(transceiver, new RtpCodec("audio/opus", 8_000, 2, opus.sdpFmtpLine()));
            refused(transceiver, new RtpCodec("video/opus", 48_000, 2, opus.sdpFmtpLine()));
            refused(transceiver, new RtpCodec("audio/opus", 48_000, 2, opus.sdpFmtpLine() + ";stereo=1"));
            refused(
                    transceiver,
                    RtpSender.getCapabilities(MediaKind.VIDEO).codecs().get(0));
            refused(transceiver, events);
            List<String> needed = new ArrayList<>();
            pair.a.onNegotiationNeeded(() -> needed.add("needed"));
            pair.simulator.run(Duration.ofMillis(10));
            transceiver.setCodecPreferences(List.of(pcmu, events, pcmu, opus));
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(needed).as("preferences alone need no negotiation").hasSize(1);
            assertThat(mLine(pair)).isEqualTo("m=audio 9 UDP/TLS/RTP/SAVPF 0 126 111");
            // Parameters match in any order.
            transceiver.setCodecPreferences(
                    List.of(new RtpCodec("audio/opus", 48_000, 2, "useinbandfec=1;minptime=10")));
            assertThat(mLine(pair)).isEqualTo("m=audio 9 UDP/TLS/RTP/SAVPF 111");
            transceiver.setCodecPreferences(List.of());
            assertThat(mLine(pair)).startsWith("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8");
        }
    }

    private static String mLine(SimulatedPair pair) {
        return pair.simulator
                .await(pair.a.createOffer(), Duration.ofSeconds(1))
                .sdp()
                .lines()
                .filter(line -> line.startsWith("m="))
                .findFirst()
                .orElseThrow();
    }

    private static RtpTransceiverDirection of(List<RtpHeaderExtensionCapability> extensions, String uri) {
        return extensions.stream()
                .filter(extension -> extension.uri().equals(uri))
                .findFirst()
                .orElseThrow()
                .direction();
    }

    private static void set(RtpTransceiver transceiver, String uri, RtpTransceiverDirection direction) {
        transceiver.setHeaderExtensionsToNegotiate(transceiver.getHeaderExtensionsToNegotiate().stream()
                .map(extension ->
                        extension.uri().equals(uri) ? new RtpHeaderExtensionCapability(uri, direction) : extension)
                .toList());
    }

    @Test
    void headerExtensionsAreNegotiatedInTheirDirections() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            RtpTransceiver ours = pair.a.addTransceiver(MediaKind.AUDIO);
            assertThat(of(ours.getHeaderExtensionsToNegotiate(), LEVEL)).isEqualTo(RtpTransceiverDirection.SENDRECV);
            assertThat(of(ours.getNegotiatedHeaderExtensions(), LEVEL)).isEqualTo(RtpTransceiverDirection.STOPPED);
            set(ours, LEVEL, RtpTransceiverDirection.SENDONLY);
            assertThat(of(pair.a.addTransceiver(MediaKind.AUDIO).getHeaderExtensionsToNegotiate(), LEVEL))
                    .as("a new transceiver wants the same")
                    .isEqualTo(RtpTransceiverDirection.SENDONLY);
            pair.connect();
            RtpTransceiver theirs = pair.b.getTransceivers().get(0);
            assertThat(sdp(pair.a)).contains("a=extmap:1/sendonly " + LEVEL);
            assertThat(sdp(pair.b)).contains("a=extmap:1/recvonly " + LEVEL);
            assertThat(of(ours.getNegotiatedHeaderExtensions(), LEVEL)).isEqualTo(RtpTransceiverDirection.SENDONLY);
            assertThat(of(theirs.getNegotiatedHeaderExtensions(), LEVEL)).isEqualTo(RtpTransceiverDirection.RECVONLY);
            assertThat(uris(ours.sender().getParameters())).contains(LEVEL, MID);
            assertThat(uris(ours.receiver().getParameters())).contains(MID).doesNotContain(LEVEL);
            assertThat(uris(theirs.sender().getParameters())).doesNotContain(LEVEL);
            set(theirs, LEVEL, RtpTransceiverDirection.STOPPED);
            pair.negotiate(pair.a, pair.b);
            assertThat(of(ours.getNegotiatedHeaderExtensions(), LEVEL)).isEqualTo(RtpTransceiverDirection.STOPPED);
            assertThat(of(ours.getHeaderExtensionsToNegotiate(), LEVEL)).isEqualTo(RtpTransceiverDirection.STOPPED);
            set(ours, LEVEL, RtpTransceiverDirection.SENDRECV);
            set(theirs, LEVEL, RtpTransceiverDirection.SENDRECV);
            pair.negotiate(pair.a, pair.b);
            assertThat(of(theirs.getNegotiatedHeaderExtensions(), LEVEL)).isEqualTo(RtpTransceiverDirection.SENDRECV);
        }
    }

    private static String sdp(PeerConnection connection) {
        return Objects.requireNonNull(connection.localDescription()).sdp();
    }

    private static List<String> uris(RtpParameters parameters) {
        return parameters.headerExtensions().stream()
                .map(RtpHeaderExtensionParameters::uri)
                .toList();
    }

    @Test
    void headerExtensionsCannotBeInventedAndMidIsNeeded() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            RtpTransceiver transceiver = pair.a.addTransceiver(MediaKind.AUDIO);
            List<RtpHeaderExtensionCapability> all = transceiver.getHeaderExtensionsToNegotiate();
            List<RtpHeaderExtensionCapability> more = new ArrayList<>(all);
            more.add(new RtpHeaderExtensionCapability("4711", RtpTransceiverDirection.SENDRECV));
            List<RtpHeaderExtensionCapability> other = new ArrayList<>(all);
            other.set(0, new RtpHeaderExtensionCapability("4711", RtpTransceiverDirection.SENDRECV));
            for (List<RtpHeaderExtensionCapability> bad : List.of(more, other, all.subList(0, 1))) {
                assertThatThrownBy(() -> transceiver.setHeaderExtensionsToNegotiate(bad))
                        .isInstanceOf(InvalidModificationException.class);
            }
            for (RtpTransceiverDirection direction : RtpTransceiverDirection.values()) {
                if (direction != RtpTransceiverDirection.SENDRECV) {
                    assertThatThrownBy(() -> set(transceiver, MID, direction))
                            .isInstanceOf(InvalidModificationException.class);
                }
            }
            assertThat(transceiver.getHeaderExtensionsToNegotiate()).isEqualTo(all);
        }
    }
}
