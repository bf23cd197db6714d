package dev.yodel.media.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever comes goes out at one rate and channel count, with pitch, level and length kept. */
final class PcmConverterTest {
    private static final double HERTZ = 440;

    private static short[] tone(int rateHz, int channels, int millis) {
        short[] mono = Signals.tone(rateHz, HERTZ, 0.5, rateHz * millis / 1_000);
        short[] all = new short[mono.length * channels];
        for (int i = 0; i < all.length; i++) {
            all[i] = mono[i / channels];
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"48000, 2", "48000, 1", "8000, 1", "44100, 2", "16000, 1"})
    void aSecondIsHeardAt16Khz(int fromHz, int channels) {
        PcmConverter converter = new PcmConverter(16_000, 1);
        short[] heard = new short[0];
        for (int piece = 0; piece < 100; piece++) {
            int size = fromHz / 100 * channels;
            short[] all = tone(fromHz, channels, 1_000);
            PcmFrame frame = converter.convert(
                    new PcmFrame(Arrays.copyOfRange(all, piece * size, (piece + 1) * size), fromHz, channels));
            assertThat(frame.sampleRateHz()).isEqualTo(16_000);
            assertThat(frame.channels()).isEqualTo(1);
            int before = heard.length;
            heard = Arrays.copyOf(heard, before + frame.samples().length);
            System.arraycopy(frame.samples(), 0, heard, before, frame.samples().length);
        }
        // Late by less than 3 ms.
        assertThat(heard.length).isBetween(16_000 - 48, 16_000);
        double noise = 0;
        double power = 0;
        for (int i = 400; i < heard.length; i++) {
            double ideal = 32_767 * 0.5 * Math.sin(2 * Math.PI * HERTZ * i / 16_000);
            noise += (heard[i] - ideal) * (heard[i] - ideal);
            power += ideal * ideal;
        }
        assertThat(10 * Math.log10(power / noise)).as("signal to noise, dB").isGreaterThan(60);
    }

    @Test
    void theSourceMayChangeAndTheFormStays() {
        PcmConverter converter = new PcmConverter(48_000, 2);
        int samples = 0;
        for (int i = 0; i < 10; i++) {
            PcmFrame frame = converter.convert(
                    i % 2 == 0
                            ? new PcmFrame(tone(8_000, 1, 100), 8_000, 1)
                            : new PcmFrame(tone(48_000, 2, 100), 48_000, 2));
            assertThat(frame.channels()).isEqualTo(2);
            for (int at = 0; at < frame.samples().length; at += 2) {
                assertThat(frame.samples()[at]).isEqualTo(frame.samples()[at + 1]);
            }
            samples += frame.samplesPerChannel();
        }
        // Each change costs at most the filter's length.
        assertThat(samples).isBetween(48_000 - 10 * 144, 48_000);
    }

    @Test
    void whatIsTheFormAlreadyIsOnlyCopied() {
        short[] samples = tone(16_000, 1, 10);
        PcmFrame given = new PcmFrame(samples, 16_000, 1, true);
        PcmFrame frame = new PcmConverter(16_000, 1).convert(given);
        assertThat(frame.samples()).isEqualTo(samples).isNotSameAs(samples);
        assertThat(frame.concealed()).isTrue();
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new PcmConverter(7_999, 1)).hasMessageContaining("8000 to 192000");
        assertThatThrownBy(() -> new PcmConverter(16_000, 3)).hasMessageContaining("1 or 2");
        PcmConverter converter = new PcmConverter(16_000, 1);
        assertThatThrownBy(() -> converter.convert(new short[3], 0, 3, 16_000, 2))
                .hasMessageContaining("whole");
        assertThatThrownBy(() -> converter.convert(new short[4], 0, 4, 16_000, 0))
                .hasMessageContaining("1 or 2");
        assertThatThrownBy(() -> converter.convert(new short[4], 2, 4, 16_000, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
