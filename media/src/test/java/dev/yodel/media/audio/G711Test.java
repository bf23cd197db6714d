package dev.yodel.media.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** ITU-T G.711's tables and our framing of it. */
final class G711Test {
    @ParameterizedTest
    @CsvSource({
        "PCMU, 0x00, -32124",
        "PCMU, 0x80, 32124",
        "PCMU, 0xff, 0",
        "PCMU, 0x7f, 0",
        "PCMU, 0xfe, 8",
        "PCMU, 0xf0, 120",
        "PCMU, 0xef, 132",
        "PCMU, 0x9f, 8316",
        "PCMU, 0x90, 15996",
        "PCMA, 0xd5, 8",
        "PCMA, 0x55, -8",
        "PCMA, 0x2a, -32256",
        "PCMA, 0xaa, 32256",
        "PCMA, 0xd4, 24",
        "PCMA, 0xc5, 264",
        "PCMA, 0x80, 5504"
    })
    void knownCodesExpand(G711 law, String code, int sample) {
        assertThat(law.decode(Integer.decode(code))).isEqualTo((short) sample);
    }

    @ParameterizedTest
    @EnumSource(G711.class)
    void everyCodeSurvivesTheRoundTrip(G711 law) {
        for (int code = 0; code < 256; code++) {
            int again = law.encode(law.decode(code)) & 0xff;
            // Mu-law has two zeros.
            assertThat(law == G711.PCMU && code == 0x7f ? 0x7f : again).isEqualTo(code);
        }
    }

    @ParameterizedTest
    @EnumSource(G711.class)
    void everySampleFindsTheNearestStepOfItsSegment(G711 law) {
        for (int sample = -32_768; sample <= 32_767; sample++) {
            int decoded = law.decode(law.encode((short) sample));
            int error = Math.abs(decoded - sample);
            assertThat(error)
                    .as("sample %d gives %d", sample, decoded)
                    .isLessThanOrEqualTo(Math.abs(sample) / 16 / 2 + 650 * Math.abs(sample) / 32_768 + 10);
        }
    }

    @Test
    void framesAreTwentyMilliseconds() {
        try (G711Encoder encoder = new G711Encoder(G711.PCMA);
                G711Decoder decoder = new G711Decoder(G711.PCMA)) {
            short[] pcm = Signals.tone(8000, 300, 0.5, 320);
            byte[] frame = new byte[200];
            assertThat(encoder.encode(pcm, 160, frame, 7)).isEqualTo(160);
            short[] out = new short[decoder.maxSamples()];
            assertThat(decoder.decode(frame, 7, 160, out)).isEqualTo(160);
            for (int i = 0; i < 160; i++) {
                assertThat(Math.abs(out[i] - pcm[160 + i])).isLessThan(520);
            }
            assertThat(decoder.decode(frame, 0, 0, out)).isEqualTo(AudioDecoder.DAMAGED);
            assertThat(decoder.decode(new byte[2000], 0, 2000, out)).isEqualTo(AudioDecoder.DAMAGED);
        }
    }

    @Test
    void concealmentGoesOnWithThePitchAndFades() {
        G711Decoder decoder = new G711Decoder(G711.PCMU);
        short[] pcm = Signals.tone(8000, 160, 0.5, 8000);
        byte[] frame = new byte[800];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = G711.PCMU.encode(pcm[i]);
        }
        short[] out = new short[decoder.maxSamples()];
        decoder.decode(frame, 0, 800, out);
        decoder.conceal(160, out);
        double error = 0;
        for (int i = 0; i < 80; i++) {
            error += Math.abs(out[i] - pcm[800 + i]) / 80.0;
        }
        assertThat(error).isLessThan(3000);
        double before = AudioLevel.power(out, 0, 80);
        decoder.conceal(160, out);
        decoder.conceal(160, out);
        decoder.conceal(160, out);
        assertThat(AudioLevel.power(out, 80, 80)).isLessThan(before / 1000);
        decoder.close();
        assertThatThrownBy(() -> decoder.conceal(160, out)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void levelsAreInDecibelsBelowOverload() {
        assertThat(AudioLevel.minusDbov(new short[100], 0, 100)).isEqualTo(127);
        assertThat(AudioLevel.minusDbov(new short[0], 0, 0)).isEqualTo(127);
        short[] square = new short[100];
        for (int i = 0; i < 100; i++) {
            square[i] = (short) (i % 2 == 0 ? 32_767 : -32_768);
        }
        assertThat(AudioLevel.minusDbov(square, 0, 100)).isZero();
        // A full-scale sine lies 3 dB below, one of a tenth 23 dB.
        assertThat(AudioLevel.minusDbov(Signals.tone(8000, 100, 1, 8000), 0, 8000))
                .isEqualTo(3);
        assertThat(AudioLevel.minusDbov(Signals.tone(8000, 100, 0.1, 8000), 0, 8000))
                .isEqualTo(23);
    }
}
