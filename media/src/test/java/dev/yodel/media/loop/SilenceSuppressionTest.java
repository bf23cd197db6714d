package dev.yodel.media.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.JitterBufferOptions;
import dev.yodel.media.JitterBufferStats;
import dev.yodel.media.audio.AudioLevel;
import dev.yodel.media.audio.ComfortNoise;
import dev.yodel.media.audio.G711;
import dev.yodel.media.audio.G711Decoder;
import dev.yodel.media.audio.G711Encoder;
import dev.yodel.media.audio.G722Encoder;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.audio.Signals;
import dev.yodel.media.audio.SilenceDetector;
import dev.yodel.media.opus.Opus;
import dev.yodel.media.opus.OpusEncoder;
import dev.yodel.media.opus.OpusEncoderOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3389: of silence only its sound is sent, and heard at the other end. */
final class SilenceSuppressionTest {
    private static final int RATE = 8_000;
    private static final long MS = Time.MILLISECOND;

    private final FakeEnvironment world = new FakeEnvironment();
    private final MediaClock clock = new MediaClock(world, world);

    /** 2 s of room, 3 s of speech in it, and so on. */
    private static short[] conversation(double roomAmplitude, int seconds) {
        Random random = new Random(5);
        short[] speech = Signals.speech(RATE, seconds);
        short[] pcm = new short[RATE * seconds];
        double last = 0;
        for (int i = 0; i < pcm.length; i++) {
            last = 0.7 * last + random.nextGaussian() * roomAmplitude;
            boolean speaks = i / RATE % 5 >= 2;
            pcm[i] = (short) Math.max(-32_768, Math.min(32_767, last + (speaks ? speech[i] : 0)));
        }
        return pcm;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.05})
    void theRoomIsHeardBetweenSentencesAndIsHardlySent(double loss) {
        Random random = new Random(3);
        short[] pcm = conversation(20, 30);
        List<PcmFrame> played = new ArrayList<>();
        AudioReceivePipeline receiver = new AudioReceivePipeline(
                new G711Decoder(G711.PCMU), RATE, JitterBufferOptions.DEFAULT, clock, played::add);
        List<Integer> noises = new ArrayList<>();
        List<Integer> voices = new ArrayList<>();
        long[] sequence = {100};
        AudioSendPipeline.Sink sink = new AudioSendPipeline.Sink() {
            private long lastTimestamp = -1;

            @Override
            public void onFrame(EncodedFrame frame, boolean talkspurt, int level) {
                long number = sequence[0]++;
                assertThat(talkspurt).isEqualTo(frame.rtpTimestamp() != lastTimestamp + 160);
                lastTimestamp = frame.rtpTimestamp();
                voices.add((int) (frame.rtpTimestamp() / RATE));
                if (random.nextDouble() >= loss) {
                    receiver.onPacket(
                            number, frame.rtpTimestamp(), false, frame.data(), 0, frame.data().length, world.now());
                }
            }

            @Override
            public void onNoise(EncodedFrame noise, int level) {
                long number = sequence[0]++;
                assertThat(noise.data()).hasSize(9);
                assertThat(noise.data()[0]).isEqualTo((byte) level);
                lastTimestamp = -1;
                noises.add((int) (noise.rtpTimestamp() / RATE));
                if (random.nextDouble() >= loss) {
                    receiver.onNoise(
                            number, noise.rtpTimestamp(), false, noise.data(), 0, noise.data().length, world.now());
                }
            }
        };
        AudioSendPipeline sender = new AudioSendPipeline(new G711Encoder(G711.PCMU), clock, sink, true);
        for (int at = 0; at + 80 <= pcm.length; at += 80) {
            sender.write(pcm, at, 80, RATE, 1);
            world.advance(10 * MS);
        }
        JitterBufferStats buffer = receiver.stats().jitterBuffer();
        sender.close();
        receiver.close();

        // Of 30 s in packets of 20 ms, 12 s of room. The first two seconds pass while the room is not known.
        assertThat(voices.size()).isBetween(900, 1_150);
        assertThat(noises.size()).isBetween(8, 60);
        assertThat(noises).allMatch(second -> second % 5 <= 2);
        short[] heard = new short[80 * played.size()];
        for (int i = 0; i < played.size(); i++) {
            System.arraycopy(played.get(i).samples(), 0, heard, 80 * i, 80);
        }
        assertThat(Signals.envelopeCorrelation(pcm, heard, 160)).isGreaterThan(loss > 0 ? 0.85 : 0.97);
        // The room sounds as loud as it is, also in the middle of a pause.
        for (int pause = 6; pause < 30; pause += 5) {
            int real = AudioLevel.minusDbov(pcm, pause * RATE, RATE / 2);
            int made = AudioLevel.minusDbov(heard, pause * RATE, RATE / 2);
            assertThat(made).as("pause at %d s", pause).isBetween(real - 4, real + 4);
        }
        assertThat(buffer.silentTicks()).isGreaterThan(6 * RATE);
        if (loss == 0) {
            assertThat(buffer.concealments()).isZero();
        }
        assertThat(buffer.resets()).isZero();
    }

    @Test
    void aMutedTrackTellsSilenceOnceASecond() {
        List<Integer> levels = new ArrayList<>();
        AudioSendPipeline.Sink sink = new AudioSendPipeline.Sink() {
            @Override
            public void onFrame(EncodedFrame frame, boolean talkspurt, int level) {
                throw new AssertionError("nothing is said");
            }

            @Override
            public void onNoise(EncodedFrame noise, int level) {
                levels.add(level);
            }
        };
        AudioSendPipeline sender = new AudioSendPipeline(new G711Encoder(G711.PCMA), clock, sink, true);
        sender.setMuted(true);
        for (int i = 0; i < 500; i++) {
            sender.write(Signals.tone(RATE, 440, 0.5, 80), 0, 80, RATE, 1);
            world.advance(10 * MS);
        }
        sender.close();
        assertThat(levels).hasSizeBetween(5, 6).containsOnly(AudioLevel.SILENCE);
        if (Opus.isAvailable()) {
            OpusEncoderOptions v = OpusEncoderOptions.VOICE;
            OpusEncoderOptions stereo =
                    new OpusEncoderOptions(v.application(), 2, v.bitrateBps(), 20, v.complexity(), false, 0, false);
            assertThatThrownBy(() -> new AudioSendPipeline(new OpusEncoder(stereo), clock, sink, true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mono");
        }
    }

    /** Softer speech than is usual, above a quiet room, is all sent; so are the ends of words. */
    @Test
    void softSpeechIsSound() {
        SilenceDetector detector = new SilenceDetector(160, RATE);
        short[] speech = Signals.speech(RATE, 12);
        Random random = new Random(1);
        int suppressed = 0;
        for (int frame = 0; frame < 600; frame++) {
            short[] pcm = new short[160];
            double power = 0;
            for (int i = 0; i < 160; i++) {
                double voice = speech[160 * frame + i] / 40.0;
                power += voice * voice;
                pcm[i] = (short) (voice + random.nextGaussian() * 10);
            }
            SilenceDetector.Verdict verdict = detector.judge(pcm, 0, 160);
            if (Math.sqrt(power / 160) > 25 && verdict != SilenceDetector.Verdict.SOUND) {
                suppressed++;
            }
        }
        assertThat(suppressed).isZero();
    }

    /** A fan is switched on and off: after two seconds it is the room. Its noise is told anew each time. */
    @Test
    void aLouderRoomIsLearned() {
        SilenceDetector detector = new SilenceDetector(new G722Encoder().frameSamples(), 16_000);
        Random random = new Random(2);
        List<Integer> told = new ArrayList<>();
        int sound = 0;
        for (int frame = 0; frame < 1_000; frame++) {
            double room = frame < 300 || frame >= 700 ? 20 : 120;
            short[] pcm = new short[320];
            for (int i = 0; i < 320; i++) {
                pcm[i] = (short) (random.nextGaussian() * room);
            }
            SilenceDetector.Verdict verdict = detector.judge(pcm, 0, 320);
            if (verdict == SilenceDetector.Verdict.NOISE) {
                told.add(detector.noise().level());
            }
            sound += verdict == SilenceDetector.Verdict.SOUND ? 1 : 0;
        }
        // Two seconds to learn each of the two rooms.
        assertThat(sound).isBetween(190, 260);
        assertThat(told).contains(64, 49);
        assertThat(told.get(told.size() - 1)).isBetween(63, 65);
        assertThat(ComfortNoise.parse(detector.noise().toBytes(), 0, 9).level()).isBetween(63, 65);
    }
}
