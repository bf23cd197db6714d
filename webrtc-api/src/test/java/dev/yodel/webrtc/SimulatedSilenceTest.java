package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.audio.AudioLevel;
import dev.yodel.media.audio.PcmFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** RFC 3389 over whole connections in virtual time: what of a voice with pauses is sent, and what is heard of it. */
class SimulatedSilenceTest {
    private record Heard(List<RtpPacketEvent> packets, List<PcmFrame> pcm, List<EncodedFrame> frames) {
        private long count(int payloadType) {
            return packets.stream()
                    .filter(packet -> packet.payloadType() == payloadType)
                    .count();
        }
    }

    /** Ten seconds: a second of tone, a second of room, and so on. */
    private static Heard talk(Settings settings, boolean withNoise) {
        try (SimulatedPair pair = new SimulatedPair(12, settings)) {
            AudioTrack voice = AudioTrack.g711("voice");
            RtpTransceiver transceiver = pair.a.addTransceiver(voice, RtpTransceiverInit.DEFAULT);
            transceiver.setCodecPreferences(RtpSender.getCapabilities(MediaKind.AUDIO).codecs().stream()
                    .filter(codec -> withNoise || !codec.mimeType().equals("audio/CN"))
                    .toList());
            Heard heard = new Heard(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            pair.b.onTrack(event -> {
                event.track().onRtp(heard.packets::add);
                event.track().onPcm(heard.pcm::add);
                event.track().onFrame(heard.frames::add);
            });
            pair.connect();
            Random random = new Random(4);
            for (int i = 0; i < 1_000; i++) {
                int at = i;
                short[] samples = new short[80];
                for (int n = 0; n < 80; n++) {
                    double tone = i / 100 % 2 == 0 ? 8_000 * Math.sin(0.3 * (80.0 * i + n)) : 0;
                    samples[n] = (short) (tone + random.nextGaussian() * 16);
                }
                pair.simulator.schedule(
                        Duration.ofMillis(10L * at), () -> voice.write(new PcmFrame(samples, 8_000, 1)));
            }
            pair.simulator.run(Duration.ofMillis(10_500));
            SessionDescription offer = pair.a.localDescription();
            assertThat(offer).isNotNull();
            assertThat(offer.sdp().contains("CN/8000")).isEqualTo(withNoise);
            return heard;
        }
    }

    @Test
    void ofPausesGoesHowTheySound() {
        Heard all = talk(Settings.DEFAULT, true);
        Heard less = talk(Settings.builder().suppressSilence().build(), true);
        assertThat(all.count(0)).isBetween(490L, 500L);
        assertThat(all.count(13)).isZero();
        // The first pause is too short to know the room by; 200 ms behind each tone are sent too.
        assertThat(less.count(0)).isBetween(300L, 400L);
        assertThat(less.count(13)).isBetween(4L, 20L);
        assertThat(less.packets.size()).isLessThan(all.packets.size() - 100);
        // A frame is a frame of sound, whoever wants them encoded; the pauses are not filled.
        assertThat(less.frames).hasSizeBetween(300, 400).allMatch(frame -> frame.data().length == 160);
        assertThat(less.pcm).hasSizeBetween(990, 1_060);
        int soft = 0;
        int loud = 0;
        for (PcmFrame frame : less.pcm.subList(500, 950)) {
            int level = AudioLevel.minusDbov(frame.samples(), 0, frame.samples().length);
            soft += level > 55 && level < 80 ? 1 : 0;
            loud += level < 20 ? 1 : 0;
        }
        assertThat(loud).isBetween(200, 270);
        assertThat(soft).isBetween(200, 260);
    }

    /** RFC 3389 4: it is sent to nobody who has not said that he takes it. */
    @Test
    void whoTakesNoComfortNoiseGetsAllSound() {
        Heard heard = talk(Settings.builder().suppressSilence().build(), false);
        assertThat(heard.count(0)).isBetween(490L, 500L);
        assertThat(heard.count(13)).isZero();
    }
}
