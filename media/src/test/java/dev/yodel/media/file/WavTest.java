package dev.yodel.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.audio.Signals;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read, in every format, and nothing in a file harms the reader. */
final class WavTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve("a.wav");
        short[] pcm = Signals.tone(44_100, 300, 0.5, 60_000);
        try (WavWriter writer = new WavWriter(file, 44_100, 2)) {
            for (int at = 0; at < pcm.length; at += 600) {
                writer.write(pcm, at, 600);
            }
            assertThat(writer.frames()).isEqualTo(30_000);
        }
        assertThat(Files.size(file)).isEqualTo(44 + 120_000);
        try (WavReader reader = WavReader.open(file)) {
            assertThat(reader.sampleRateHz()).isEqualTo(44_100);
            assertThat(reader.channels()).isEqualTo(2);
            assertThat(reader.readAll(1_000_000)).isEqualTo(pcm);
            assertThat(reader.read(new short[10], 0, 5)).isZero();
        }
        try (WavReader reader = WavReader.open(file)) {
            assertThat(reader.readAll(777)).hasSize(2 * 777);
        }
    }

    private static byte[] wav(int tag, int bits, int channels, byte[] data, int claimed) {
        ByteBuffer out = ByteBuffer.allocate(58 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(50 + data.length);
        out.put("WAVELIST".getBytes(StandardCharsets.US_ASCII)).putInt(5).put(new byte[6]);
        out.put("fmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        out.putShort((short) tag)
                .putShort((short) channels)
                .putInt(16_000)
                .putInt(0)
                .putShort((short) 0);
        out.putShort((short) bits)
                .put("data".getBytes(StandardCharsets.US_ASCII))
                .putInt(claimed)
                .put(data);
        return out.array();
    }

    private static short[] read(byte[] wav) throws IOException {
        try (WavReader reader = new WavReader(new ByteArrayInputStream(wav))) {
            return reader.readAll(1000);
        }
    }

    @Test
    void allWidthsBecomeSixteenBits() throws IOException {
        assertThat(read(wav(1, 8, 1, new byte[] {0, (byte) 128, (byte) 255}, 3)))
                .containsExactly(-32_768, 0, 32_512);
        assertThat(read(wav(1, 24, 1, new byte[] {9, 0x34, 0x12, 0, 0, (byte) 0x80}, 6)))
                .containsExactly(0x1234, -32_768);
        assertThat(read(wav(1, 32, 1, new byte[] {9, 9, 0x34, 0x12}, 4))).containsExactly(0x1234);
        byte[] floats = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.5f)
                .putFloat(-2f)
                .putFloat(Float.NaN)
                .array();
        assertThat(read(wav(3, 32, 1, floats, 12))).containsExactly(16_384, -32_768, 0);
        // Lengths that a writer could not fill in.
        assertThat(read(wav(1, 16, 2, new byte[8], 0))).hasSize(4);
        assertThat(read(wav(1, 16, 2, new byte[8], -1))).hasSize(4);
        assertThat(read(wav(1, 16, 1, new byte[7], 1_000_000))).hasSize(3);
    }

    @Test
    void otherFilesAreRefusedInWords() {
        assertThatThrownBy(() -> read("OggS............".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(MediaFileException.class)
                .hasMessageContaining("RIFF");
        assertThatThrownBy(() -> read(wav(6, 8, 1, new byte[1], 1))).hasMessageContaining("format 6");
        assertThatThrownBy(() -> read(wav(1, 16, 6, new byte[12], 12))).hasMessageContaining("6 channels");
        assertThatThrownBy(() -> read(new byte[3])).isInstanceOf(IOException.class);
    }

    @Test
    void damagedFilesGiveAnIoExceptionOrSamples() {
        byte[] good = wav(1, 16, 1, new byte[400], 400);
        for (long seed = 1; seed <= 5_000; seed++) {
            Random random = new Random(seed);
            byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int i = random.nextInt(8); i > 0 && bad.length > 0; i--) {
                bad[random.nextInt(Math.min(60, bad.length))] = (byte) random.nextInt();
            }
            try {
                assertThat(read(bad).length).isLessThanOrEqualTo(2000);
            } catch (IOException expected) {
                assertThat(expected).as("seed %d", seed).isNotNull();
            }
        }
    }
}
