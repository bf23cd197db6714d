package dev.yodel.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Byte streams of H.264 and H.265: pictures come out as they went in, at their pace; damage harms nobody. */
final class AnnexBTest {
    @TempDir
    Path folder;

    private static byte[] stream(int... bytes) {
        byte[] result = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            result[i] = (byte) bytes[i];
        }
        return result;
    }

    private static List<WebmReader.Frame> read(byte[] bytes, boolean h265) throws IOException {
        List<WebmReader.Frame> frames = new ArrayList<>();
        try (AnnexBReader reader = new AnnexBReader(new ByteArrayInputStream(bytes), h265, 25)) {
            for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
        }
        return frames;
    }

    /** H.264 7.4.1.2.3: parameter sets and messages begin an access unit, further slices do not. */
    @Test
    void picturesOfH264AreToldApart() throws IOException {
        byte[] bytes = stream(
                // SPS, PPS, SEI, an IDR picture of two slices
                0,
                0,
                0,
                1,
                0x67,
                1,
                2,
                0,
                0,
                1,
                0x68,
                3,
                0,
                0,
                1,
                6,
                5,
                0,
                0,
                1,
                0x65,
                0x88,
                7,
                0,
                0,
                0,
                1,
                0x65,
                0x40,
                8,
                // a picture of one slice, with emulation prevention inside and zeros behind
                0,
                0,
                1,
                0x41,
                0x9a,
                0,
                0,
                3,
                1,
                0,
                0,
                0,
                // another, with a delimiter
                0,
                0,
                1,
                9,
                0xf0,
                0,
                0,
                1,
                0x41,
                0x9b,
                9);
        List<WebmReader.Frame> frames = read(bytes, false);
        assertThat(frames).hasSize(3);
        assertThat(frames.get(0).keyFrame()).isTrue();
        assertThat(frames.get(0).data())
                .isEqualTo(stream(
                        0, 0, 0, 1, 0x67, 1, 2, 0, 0, 0, 1, 0x68, 3, 0, 0, 0, 1, 6, 5, 0, 0, 0, 1, 0x65, 0x88, 7, 0, 0,
                        0, 1, 0x65, 0x40, 8));
        assertThat(frames.get(1).data()).isEqualTo(stream(0, 0, 0, 1, 0x41, 0x9a, 0, 0, 3, 1));
        assertThat(frames.get(1).keyFrame()).isFalse();
        assertThat(frames.get(1).timeNanos()).isEqualTo(40_000_000);
        assertThat(frames.get(2).data()).isEqualTo(stream(0, 0, 0, 1, 9, 0xf0, 0, 0, 0, 1, 0x41, 0x9b, 9));
        assertThat(frames.get(2).timeNanos()).isEqualTo(80_000_000);
    }

    /** H.265 7.4.2.4.4. */
    @Test
    void picturesOfH265AreToldApart() throws IOException {
        byte[] bytes = stream(
                // VPS, SPS, PPS, an IDR picture of two segments, a suffix message
                0,
                0,
                0,
                1,
                0x40,
                1,
                1,
                0,
                0,
                1,
                0x42,
                1,
                2,
                0,
                0,
                1,
                0x44,
                1,
                3,
                0,
                0,
                1,
                0x26,
                1,
                0x80,
                0,
                0,
                1,
                0x26,
                1,
                0x20,
                0,
                0,
                1,
                0x50,
                1,
                4,
                // a trailing picture
                0,
                0,
                1,
                0x02,
                1,
                0xd0);
        List<WebmReader.Frame> frames = read(bytes, true);
        assertThat(frames).extracting(WebmReader.Frame::keyFrame).containsExactly(true, false);
        assertThat(frames.get(0).data()).hasSize(7 + 7 + 7 + 7 + 7 + 7);
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AnnexBWriter writer = new AnnexBWriter(out)) {
            byte[] withCodes = stream(9, 0, 0, 0, 1, 0x65, 0x88, 1, 9);
            writer.write(withCodes, 1, 7);
            byte[] withLengths = stream(0, 0, 0, 3, 0x41, 0x9a, 5);
            writer.write(withLengths, 0, 7);
            assertThat(writer.frames()).isEqualTo(2);
            assertThatThrownBy(() -> writer.write(stream(0, 0, 0, 9, 1), 0, 5))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        List<WebmReader.Frame> frames = read(out.toByteArray(), false);
        assertThat(frames).hasSize(2);
        assertThat(frames.get(1).data()).isEqualTo(stream(0, 0, 0, 1, 0x41, 0x9a, 5));
    }

    @Test
    void R09_damagedStreamsThrowNothingButTheirOwnException() throws IOException {
        assertThatThrownBy(() -> read(stream(1, 2, 3), false)).isInstanceOf(MediaFileException.class);
        assertThatThrownBy(() -> read(new byte[0], true)).isInstanceOf(MediaFileException.class);
        // A unit that never ends is not kept.
        byte[] endless = new byte[5 << 20];
        new Random(7).nextBytes(endless);
        for (int i = 3; i < endless.length; i++) {
            endless[i] |= 2;
        }
        System.arraycopy(stream(0, 0, 1), 0, endless, 0, 3);
        assertThatThrownBy(() -> read(endless, false)).isInstanceOf(MediaFileException.class);
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            byte[] noise = new byte[random.nextInt(200) + 4];
            for (int i = 3; i < noise.length; i++) {
                noise[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(2));
            }
            noise[2] = 1;
            for (WebmReader.Frame frame : read(noise, round % 2 == 0)) {
                assertThat(frame.data().length).isLessThanOrEqualTo(2 * noise.length + 4);
            }
        }
    }

    /** As many pictures as ffmpeg counts, where there is one with an encoder for H.264. */
    @Test
    void picturesOfAnEncoderAreCounted() throws Exception {
        Path file = folder.resolve("test.h264");
        Path log = folder.resolve("log");
        Process made;
        try {
            made = new ProcessBuilder(
                            "ffmpeg",
                            "-loglevel",
                            "error",
                            "-f",
                            "lavfi",
                            "-i",
                            "testsrc=size=320x240:rate=25",
                            "-frames:v",
                            "60",
                            "-c:v",
                            "libx264",
                            "-bf",
                            "0",
                            "-g",
                            "25",
                            "-slices",
                            "3",
                            file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException absent) {
            Assumptions.abort("no ffmpeg here");
            return;
        }
        Assumptions.assumeTrue(made.waitFor(60, TimeUnit.SECONDS) && made.exitValue() == 0, () -> "ffmpeg: " + log);
        List<WebmReader.Frame> frames = read(Files.readAllBytes(file), false);
        assertThat(frames).hasSize(60);
        assertThat(frames.get(0).keyFrame()).isTrue();
        assertThat(frames.stream().filter(WebmReader.Frame::keyFrame).count()).isBetween(3L, 10L);
    }
}
