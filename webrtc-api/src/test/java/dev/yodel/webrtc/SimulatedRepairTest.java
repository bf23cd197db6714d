package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.media.EncodedFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of losses, and who knows of them, over whole connections in virtual time. */
class SimulatedRepairTest {
    private static void talk(SimulatedPair pair, EncodedTrack track, int frames) {
        for (int i = 0; i < frames; i++) {
            byte[] data = {(byte) 0x78, (byte) (i >> 8), (byte) i};
            pair.simulator.schedule(
                    Duration.ofMillis(20L * i), () -> track.write(EncodedFrame.ofDuration(data, 20_000_000)));
        }
        pair.simulator.run(Duration.ofMillis(20L * frames + 500));
    }

    private static RtpCodec codec(String mimeType) {
        return RtpSender.getCapabilities(MediaKind.AUDIO).codecs().stream()
                .filter(codec -> codec.mimeType().equals(mimeType))
                .findFirst()
                .orElseThrow();
    }

    private static double number(SimulatedPair pair, PeerConnection pc, String type, String member) {
        StatsReport stats = pair.simulator.await(pc.getStats(), Duration.ofSeconds(1));
        return Objects.requireNonNull(stats.ofType(type).get(0).number(member));
    }

    /** RFC 2198: who prefers redundant audio hears what one packet in ten lost. */
    @Test
    void redundantAudioMakesUpForLosses() {
        try (SimulatedPair pair = new SimulatedPair(4)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpTransceiver transceiver = pair.a.addTransceiver(voice, RtpTransceiverInit.DEFAULT);
            transceiver.setCodecPreferences(List.of(codec("audio/red"), codec("audio/opus")));
            List<RtpPacketEvent> packets = new ArrayList<>();
            List<EncodedFrame> frames = new ArrayList<>();
            pair.b.onTrack(event -> {
                event.track().onRtp(packets::add);
                event.track().onFrame(frames::add);
            });
            pair.connect();
            pair.hostA.uplink().loss(0.1);
            talk(pair, voice, 1_000);
            Set<Integer> heard = new HashSet<>();
            for (RtpPacketEvent packet : packets) {
                assertThat(packet.payloadType()).isEqualTo(111);
                assertThat(packet.packet()).hasSize(packet.payloadOffset() + 3);
                heard.add(Bytes.u16(packet.packet(), packet.payloadOffset() + 1));
            }
            assertThat(heard).hasSameSizeAs(packets);
            assertThat(heard.size()).isGreaterThan(970);
            assertThat(frames.size()).isGreaterThan(970);
            assertThat(number(pair, pair.b, "inbound-rtp", "yodelRebuiltPackets"))
                    .isGreaterThan(50);
            assertThat(number(pair, pair.b, "inbound-rtp", "packetsLost")).isGreaterThan(50);
        }
    }

    /** A relay to a peer without redundancy passes on what it heard, each packet once. */
    @Test
    void redundantAudioIsRelayedAsPlainAudio() {
        try (SimulatedPair pair = new SimulatedPair(5)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpTransceiver transceiver = pair.a.addTransceiver(voice, RtpTransceiverInit.DEFAULT);
            transceiver.setCodecPreferences(List.of(codec("audio/red"), codec("audio/opus")));
            List<RtpPacketEvent> echo = new ArrayList<>();
            pair.a.onTrack(event -> event.track().onRtp(echo::add));
            pair.b.onTrack(event -> pair.b.addTrack(event.track()));
            pair.connect();
            pair.hostA.uplink().loss(0.1);
            talk(pair, voice, 500);
            Set<Long> numbers = new HashSet<>();
            echo.forEach(packet -> numbers.add(packet.sequenceNumber()));
            assertThat(numbers).hasSameSizeAs(echo);
            assertThat(echo.size()).isGreaterThan(480);
        }
    }

    /** RFC 3611 4.4, 4.5: who only receives knows its round trip too. */
    @Test
    void aReceiverKnowsItsRoundTrip() {
        try (SimulatedPair pair = new SimulatedPair(6)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            pair.a.addTrack(voice);
            pair.connect();
            pair.hostA.uplink().delay(Duration.ofMillis(40));
            pair.hostB.uplink().delay(Duration.ofMillis(60));
            talk(pair, voice, 500);
            assertThat(number(pair, pair.b, "remote-outbound-rtp", "roundTripTime"))
                    .isBetween(0.09, 0.12);
        }
    }
}
