package dev.yodel.media.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** ITU-T G.722 at 64 kbit/s: what FFmpeg's decoder makes of the same bytes, and how much of the sound comes back. */
final class G722Test {
    /** A second of tones that glide, with noise and loud places, the same in every run. */
    static short[] signal() {
        Random random = new Random(722);
        short[] samples = new short[16_000];
        double phase = 0;
        for (int i = 0; i < samples.length; i++) {
            double second = i / 16_000.0;
            phase += 2 * Math.PI * (200 + 5_000 * second * second) / 16_000;
            double level = 3_000 + 12_000 * Math.abs(StrictMath.sin(5 * second));
            samples[i] = (short) (level * StrictMath.sin(phase) + random.nextGaussian() * 200);
        }
        return samples;
    }

    static byte[] encode(short[] samples) {
        try (G722Encoder encoder = new G722Encoder()) {
            int frames = samples.length / 320;
            byte[] bytes = new byte[frames * 160];
            for (int i = 0; i < frames; i++) {
                assertThat(encoder.encode(samples, i * 320, bytes, i * 160)).isEqualTo(160);
            }
            return bytes;
        }
    }

    static short[] decode(byte[] bytes) {
        try (G722Decoder decoder = new G722Decoder()) {
            short[] samples = new short[bytes.length * 2];
            short[] frame = new short[decoder.maxSamples()];
            for (int i = 0; i < bytes.length; i += 160) {
                int length = Math.min(160, bytes.length - i);
                assertThat(decoder.decode(bytes, i, length, frame)).isEqualTo(2 * length);
                System.arraycopy(frame, 0, samples, 2 * i, 2 * length);
            }
            return samples;
        }
    }

    static short[] roundTrip(short[] samples) {
        return decode(encode(samples));
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    private static byte[] littleEndian(short[] samples) {
        byte[] bytes = new byte[samples.length * 2];
        for (int i = 0; i < samples.length; i++) {
            bytes[2 * i] = (byte) samples[i];
            bytes[2 * i + 1] = (byte) (samples[i] >> 8);
        }
        return bytes;
    }

    /** FFmpeg 5.1 makes the same bytes of this signal, and the same samples of these bytes. */
    @Test
    void bytesAndSamplesAreTheOnesOfAnotherImplementation() {
        byte[] bytes = encode(signal());
        assertThat(crc(bytes)).isEqualTo(0x3f405d3eL);
        assertThat(crc(littleEndian(decode(bytes)))).isEqualTo(0xfbf9932eL);
    }

    /** The delay of the filters is 22 samples; the lower band has 6 bits, so the sound is close. */
    @Test
    void theSoundComesBack() {
        short[] before = signal();
        short[] after = roundTrip(before);
        double signal = 0;
        double error = 0;
        for (int i = 400; i + 22 < after.length; i++) {
            signal += (double) before[i] * before[i];
            error += Math.pow(after[i + 22] - before[i], 2);
        }
        double decibels = 10 * Math.log10(signal / error);
        assertThat(decibels).isGreaterThan(18);
    }

    /** Any bytes decode, silence is silent, and lengths that no frame has are refused. */
    @Test
    void anyBytesDecode() {
        Random random = new Random(1);
        try (G722Decoder decoder = new G722Decoder()) {
            short[] out = new short[decoder.maxSamples()];
            byte[] bytes = new byte[2_000];
            for (int i = 0; i < 2_000; i++) {
                random.nextBytes(bytes);
                int length = random.nextInt(1_200);
                boolean fits = length > 0 && length <= 960;
                assertThat(decoder.decode(bytes, 0, length, out)).isEqualTo(fits ? 2 * length : AudioDecoder.DAMAGED);
            }
            assertThat(decoder.conceal(320, out)).isEqualTo(320);
        }
        short[] silence = roundTrip(new short[16_000]);
        assertThat(AudioLevel.minusDbov(silence, 8_000, 8_000)).isGreaterThan(70);
    }

    @Test
    void aClosedOneIsRefused() {
        G722Encoder encoder = new G722Encoder();
        assertThat(encoder.rtpClockRateHz()).isEqualTo(8_000);
        assertThat(encoder.frameSamples()).isEqualTo(320);
        encoder.close();
        assertThatThrownBy(() -> encoder.encode(new short[320], 0, new byte[160], 0))
                .isInstanceOf(IllegalStateException.class);
        G722Decoder decoder = new G722Decoder();
        decoder.close();
        assertThatThrownBy(() -> decoder.decode(new byte[160], 0, 160, new short[1_920]))
                .isInstanceOf(IllegalStateException.class);
        assertThat(Arrays.equals(encode(signal()), encode(signal()))).isTrue();
    }
}
