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

    /** Of half a minute of speech: which share of the frames is played, and how long after it was spoken. */
    private static double[] speech(double loss, boolean redundant) {
        try (SimulatedPair pair = new SimulatedPair(8)) {
            EncodedTrack voice = EncodedTrack.opus("voice");
            RtpTransceiver transceiver = pair.a.addTransceiver(voice, RtpTransceiverInit.DEFAULT);
            if (redundant) {
                transceiver.setCodecPreferences(List.of(codec("audio/red"), codec("audio/opus")));
            }
            List<Long> delays = new ArrayList<>();
            long[] spoken = new long[1_500];
            pair.b.onTrack(event -> event.track()
                    .onFrame(frame -> delays.add(frame.presentationNanos() - spoken[Bytes.u16(frame.data(), 1)])));
            pair.connect();
            pair.hostA
                    .uplink()
                    .delay(Duration.ofMillis(50))
                    .jitter(Duration.ofMillis(50))
                    .loss(loss);
            for (int i = 0; i < spoken.length; i++) {
                int number = i;
                byte[] data = {(byte) 0x78, (byte) (i >> 8), (byte) i};
                pair.simulator.schedule(Duration.ofMillis(20L * i), () -> {
                    spoken[number] = pair.simulator.now();
                    voice.write(EncodedFrame.ofDuration(data, 20_000_000));
                });
            }
            pair.simulator.run(Duration.ofMillis(20L * spoken.length + 1_000));
            delays.sort(null);
            return new double[] {100.0 * delays.size() / spoken.length, delays.get(delays.size() / 2) / 1e6};
        }
    }

    /** Issue 6: audio at 0 to 30 % loss and 50 ms jitter, with and without redundancy. */
    @Test
    void speechOverLossesAndJitter() {
        double[] losses = {0, 0.05, 0.1, 0.2, 0.3};
        double[] wanted = {99, 97, 96, 92, 86};
        for (int i = 0; i < losses.length; i++) {
            double[] plain = speech(losses[i], false);
            double[] redundant = speech(losses[i], true);
            System.out.printf(
                    "loss %.0f %%, 50 ms jitter: %.1f %% of frames played after %.0f ms; redundant %.1f %% after %.0f ms%n",
                    losses[i] * 100, plain[0], plain[1], redundant[0], redundant[1]);
            assertThat(redundant[0]).as("loss %s", losses[i]).isGreaterThan(wanted[i]);
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
