package dev.yodel.media.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tones go through, images and aliases do not, and time is kept. */
final class ResamplerTest {
    private static short[] convert(int from, int to, int channels, short[] pcm, long seed) {
        Resampler resampler = new Resampler(from, to, channels);
        Random random = new Random(seed);
        short[] out = new short[(int) ((long) pcm.length * to / from) + 64];
        int at = 0;
        int done = 0;
        while (done < pcm.length / channels) {
            int chunk = Math.min(1 + random.nextInt(2000), pcm.length / channels - done);
            short[] part = new short[resampler.maxOutput(chunk) * channels];
            int got = resampler.process(pcm, done * channels, chunk, part, 0);
            System.arraycopy(part, 0, out, at, got * channels);
            at += got * channels;
            done += chunk;
        }
        return Arrays.copyOf(out, at);
    }

    @ParameterizedTest
    @CsvSource({
        "8000, 48000",
        "48000, 8000",
        "44100, 48000",
        "48000, 44100",
        "16000, 48000",
        "48000, 16000",
        "11025, 48000",
        "96000, 48000",
        "44099, 48000",
        "48000, 47999",
        "22050, 8000"
    })
    void aToneKeepsPitchLevelAndPhase(int from, int to) {
        double hertz = 997;
        short[] out = convert(from, to, 1, Signals.tone(from, hertz, 0.5, from), from + to);
        assertThat(out.length).isBetween((int) (to * 0.98), to);
        double noise = 0;
        double power = 0;
        for (int i = 400; i < out.length - 10; i++) {
            double ideal = 32_767 * 0.5 * Math.sin(2 * Math.PI * hertz * i / to);
            noise += (out[i] - ideal) * (out[i] - ideal);
            power += ideal * ideal;
        }
        assertThat(10 * Math.log10(power / noise)).as("signal to noise, dB").isGreaterThan(65);
    }

    @Test
    void whatTheLowerRateCannotHoldIsGone() {
        short[] out = convert(48_000, 8_000, 1, Signals.tone(48_000, 5_000, 0.9, 48_000), 1);
        assertThat(AudioLevel.minusDbov(out, 200, out.length - 200)).isGreaterThan(70);
    }

    @Test
    void channelsStayApart() {
        short[] pcm = new short[2 * 44_100];
        short[] tone = Signals.tone(44_100, 500, 0.5, 44_100);
        for (int i = 0; i < tone.length; i++) {
            pcm[2 * i] = tone[i];
        }
        short[] out = convert(44_100, 48_000, 2, pcm, 2);
        double right = 0;
        for (int i = 1; i < out.length; i += 2) {
            right += Math.abs(out[i]);
        }
        assertThat(right).isZero();
    }

    @Test
    void equalRatesAreCopied() {
        short[] tone = Signals.tone(48_000, 500, 0.5, 4_800);
        assertThat(convert(48_000, 48_000, 1, tone, 3)).isEqualTo(tone);
    }

    @Test
    void impossibleRatesAreRefused() {
        assertThatThrownBy(() -> new Resampler(0, 48_000, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Resampler(48_000, 2_000_000, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aQueueKeepsTheNewest() {
        PcmFifo fifo = new PcmFifo(10);
        short[] numbers = new short[40];
        for (int i = 0; i < 40; i++) {
            numbers[i] = (short) i;
        }
        assertThat(fifo.write(numbers, 0, 7)).isZero();
        short[] out = new short[10];
        fifo.read(out, 0, 5);
        assertThat(fifo.write(numbers, 7, 8)).isZero();
        assertThat(fifo.write(numbers, 15, 3)).isEqualTo(3);
        fifo.read(out, 0, 10);
        assertThat(out).containsExactly(8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
        assertThat(fifo.write(numbers, 0, 40)).isEqualTo(30);
        fifo.read(out, 0, 10);
        assertThat(out[0]).isEqualTo((short) 30);
        assertThatThrownBy(() -> fifo.read(out, 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @CsvSource({"48000, 1", "48000, 2", "8000, 1"})
    void stretchingChangesTheLengthAndNotThePitch(int rate, int channels) {
        TimeStretch stretch = new TimeStretch(rate, channels);
        int frames = rate / 50;
        short[] mono = Signals.tone(rate, 200, 0.5, frames);
        short[] pcm = new short[stretch.maxOutput(frames) * channels];
        for (int kind = 0; kind < 2; kind++) {
            for (int i = 0; i < frames * channels; i++) {
                pcm[i] = mono[i / channels];
            }
            int changed = kind == 0 ? stretch.shrink(pcm, frames) : stretch.stretch(pcm, frames);
            int difference = kind == 0 ? frames - changed : changed - frames;
            // A whole number of periods of 5 ms.
            assertThat(difference).isPositive();
            assertThat(difference % (rate / 200)).isBetween(0, 8);
            double error = 0;
            for (int i = 0; i < changed; i++) {
                double ideal = 32_767 * 0.5 * Math.sin(2 * Math.PI * 200 * i / rate);
                error = Math.max(error, Math.abs(pcm[i * channels] - ideal));
            }
            assertThat(error).as("worst sample").isLessThan(2500);
        }
        Random random = new Random(4);
        for (int i = 0; i < frames * channels; i++) {
            pcm[i] = (short) random.nextInt();
        }
        assertThat(stretch.shrink(pcm, frames)).as("noise has no period").isEqualTo(frames);
        Arrays.fill(pcm, (short) 0);
        assertThat(stretch.shrink(pcm, frames)).as("silence may go").isLessThan(frames);
    }
}
