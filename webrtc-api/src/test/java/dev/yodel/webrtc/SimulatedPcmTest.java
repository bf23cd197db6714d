package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.audio.PcmFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listeners of one track each get the form of sound that they ask for. */
final class SimulatedPcmTest {
    @Test
    void eachListenerHearsItsOwnForm() {
        try (SimulatedPair pair = new SimulatedPair(31)) {
            AudioTrack voice = AudioTrack.g711("voice");
            pair.a.addTrack(voice);
            List<PcmFrame> asItIs = new ArrayList<>();
            List<PcmFrame> forSpeech = new ArrayList<>();
            List<PcmFrame> forSpeaker = new ArrayList<>();
            pair.b.onTrack(event -> {
                event.track().onPcm(asItIs::add);
                event.track().onPcm(16_000, 1, forSpeech::add);
                event.track().onPcm(48_000, 2, forSpeaker::add);
                assertThatThrownBy(() -> event.track().onPcm(4_000, 1, forSpeech::add))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("8000 to 192000");
            });
            pair.connect();
            for (int i = 0; i < 200; i++) {
                short[] samples = new short[80];
                for (int n = 0; n < 80; n++) {
                    samples[n] = (short) (8_000 * Math.sin(0.3 * (80.0 * i + n)));
                }
                pair.simulator.schedule(Duration.ofMillis(10L * i), () -> voice.write(new PcmFrame(samples, 8_000, 1)));
            }
            pair.simulator.run(Duration.ofMillis(2_500));
            assertThat(asItIs).hasSizeGreaterThan(150).allMatch(frame -> frame.sampleRateHz() == 8_000);
            assertForm(forSpeech, 16_000, 1, length(asItIs) * 2);
            assertForm(forSpeaker, 48_000, 2, length(asItIs) * 6);
            assertThat(loudness(forSpeech)).isBetween(0.9 * loudness(asItIs), 1.1 * loudness(asItIs));
        }
    }

    private static void assertForm(List<PcmFrame> heard, int rateHz, int channels, int length) {
        assertThat(heard).allMatch(frame -> frame.sampleRateHz() == rateHz && frame.channels() == channels);
        // The resampler's filter holds the last 3 ms back.
        assertThat(length(heard)).isBetween(length - 3 * rateHz / 1_000, length);
    }

    private static int length(List<PcmFrame> frames) {
        return frames.stream().mapToInt(PcmFrame::samplesPerChannel).sum();
    }

    private static double loudness(List<PcmFrame> frames) {
        double sum = 0;
        for (PcmFrame frame : frames) {
            for (short sample : frame.samples()) {
                sum += sample * sample;
            }
        }
        return Math.sqrt(sum / length(frames));
    }
}
