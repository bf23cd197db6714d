package dev.yodel.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** WebM and IVF files: what is written can be read again, by us and by others; damage harms nobody. */
final class VideoFilesTest {
    private static final long MILLI = 1_000_000;

    @TempDir
    Path folder;

    private static byte[] vp8(int number) {
        byte[] frame = new byte[30 + number % 50];
        Arrays.fill(frame, (byte) number);
        boolean key = number % 60 == 0;
        frame[0] = (byte) (key ? 0x10 : 0x11);
        Bytes.put24(frame, 3, 0x9d012a);
        frame[6] = 64;
        frame[7] = 1;
        frame[8] = (byte) 240;
        frame[9] = 0;
        return frame;
    }

    private static byte[] opus(int number) {
        return new byte[] {0x78, (byte) number, (byte) (number >> 8)};
    }

    /** Half a minute of sound and picture, with two seconds of nothing in the middle. */
    private List<WebmReader.Frame> write(Path file) throws IOException {
        List<WebmReader.Frame> frames = new ArrayList<>();
        WebmTrack picture = WebmTrack.video("VP8", vp8(0));
        assertThat(picture).isNotNull();
        try (WebmWriter writer = WebmWriter.create(file, List.of(WebmTrack.opus(1), picture))) {
            for (int i = 0; i < 1_500; i++) {
                long pause = i < 700 ? 0 : 2_000 * MILLI;
                long time = 20L * i * MILLI + pause;
                byte[] sound = opus(i);
                writer.write(0, sound, 0, sound.length, time, true);
                frames.add(new WebmReader.Frame(0, sound, time, true));
                if (i % 2 == 0) {
                    byte[] frame = vp8(i / 2);
                    writer.write(1, frame, 0, frame.length, time, i / 2 % 60 == 0);
                    frames.add(new WebmReader.Frame(1, frame, time, i / 2 % 60 == 0));
                }
            }
        }
        return frames;
    }

    private static void assertSame(List<WebmReader.Frame> read, List<WebmReader.Frame> written) {
        assertThat(read).hasSameSizeAs(written);
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.get(i).track()).isEqualTo(written.get(i).track());
            assertThat(read.get(i).timeNanos()).isEqualTo(written.get(i).timeNanos());
            assertThat(read.get(i).keyFrame()).isEqualTo(written.get(i).keyFrame());
            assertThat(read.get(i).data()).isEqualTo(written.get(i).data());
        }
    }

    private static List<WebmReader.Frame> all(WebmReader reader) throws IOException {
        List<WebmReader.Frame> read = new ArrayList<>();
        for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
            read.add(frame);
        }
        return read;
    }

    @Test
    void webmIsReadAsItWasWritten() throws IOException {
        Path file = folder.resolve("a.webm");
        List<WebmReader.Frame> written = write(file);
        try (WebmReader reader = WebmReader.open(file)) {
            assertThat(reader.tracks()).extracting(WebmTrack::encodingName).containsExactly("opus", "VP8");
            assertThat(reader.tracks().get(1).width()).isEqualTo(320);
            assertThat(reader.tracks().get(1).height()).isEqualTo(240);
            assertSame(all(reader), written);
            assertThat(reader.skipped()).isZero();
        }
    }

    /** A recording whose writer died can still be read, up to the last whole cluster. */
    @Test
    void webmThatWasNotClosedIsReadToItsEnd() throws IOException {
        Path file = folder.resolve("a.webm");
        List<WebmReader.Frame> written = write(file);
        byte[] whole = Files.readAllBytes(file);
        byte[] cut = Arrays.copyOf(whole, whole.length * 2 / 3);
        try (WebmReader reader = new WebmReader(new ByteArrayInputStream(cut))) {
            List<WebmReader.Frame> read = all(reader);
            assertThat(read.size()).isBetween(written.size() / 2, written.size());
            assertSame(read, written.subList(0, read.size()));
        }
    }

    /** ffprobe finds both tracks, their packets and the duration, and complains of nothing. */
    @Test
    void ffprobeReadsWebm() throws Exception {
        Path ffprobe = Path.of("/usr/bin/ffprobe");
        Assumptions.assumeTrue(Files.isExecutable(ffprobe), "no ffprobe: apt-get install ffmpeg");
        Path file = folder.resolve("a.webm");
        List<WebmReader.Frame> written = write(file);
        Process process = new ProcessBuilder(
                        ffprobe.toString(),
                        "-v",
                        "warning",
                        "-count_packets",
                        "-show_entries",
                        "stream=codec_name,nb_read_packets:format=duration",
                        "-of",
                        "default=noprint_wrappers=1",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String words = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        long pictures = written.stream().filter(frame -> frame.track() == 1).count();
        assertThat(words)
                .contains("codec_name=opus", "nb_read_packets=1500", "codec_name=vp8", "nb_read_packets=" + pictures)
                .contains("duration=31.98");
    }

    /** R10: damaged and malicious files end, or are refused, within their own size. */
    @Test
    void R10_damagedFilesHarmNobody() throws IOException {
        Path file = folder.resolve("a.webm");
        write(file);
        byte[] whole = Arrays.copyOf(Files.readAllBytes(file), 6_000);
        Random random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] bytes = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(i % 2 == 0 ? 400 : bytes.length)] = (byte) random.nextInt(256);
            }
            try (WebmReader reader = new WebmReader(new ByteArrayInputStream(bytes))) {
                long total = 0;
                for (WebmReader.Frame frame : all(reader)) {
                    total += frame.data().length;
                }
                assertThat(total).isLessThan(bytes.length);
            } catch (IOException expected) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 2_999);
        byte[] huge = {0x1a, 0x45, (byte) 0xdf, (byte) 0xa3, 0x01, 0x7f, 0, 0, 0, 0, 0, 0};
        assertThatThrownBy(() -> new WebmReader(new ByteArrayInputStream(huge))).isInstanceOf(MediaFileException.class);
    }

    @Test
    void ivfIsReadAsItWasWritten() throws IOException {
        Path file = folder.resolve("a.ivf");
        try (IvfWriter writer = IvfWriter.create(file, "VP8", vp8(0))) {
            for (int i = 0; i < 100; i++) {
                byte[] frame = vp8(i);
                writer.write(frame, 0, frame.length, 33L * i * MILLI);
            }
        }
        try (IvfReader reader = IvfReader.open(file)) {
            assertThat(reader.encodingName()).isEqualTo("VP8");
            for (int i = 0; i < 100; i++) {
                WebmReader.Frame frame = reader.next();
                assertThat(frame).isNotNull();
                assertThat(frame.data()).isEqualTo(vp8(i));
                assertThat(frame.timeNanos()).isEqualTo(33L * i * MILLI);
            }
            assertThat(reader.next()).isNull();
        }
        assertThatThrownBy(() -> new IvfReader(new ByteArrayInputStream(new byte[40])))
                .isInstanceOf(MediaFileException.class);
    }

    /** R11: of parameter sets only the size is read, within the frame, whatever they claim. */
    @Test
    void R11_parameterBombsAreReadWithinTheirBounds() {
        Random random = new Random(11);
        for (int i = 0; i < 60_000; i++) {
            byte[] frame = new byte[random.nextInt(60)];
            random.nextBytes(frame);
            if (frame.length > 12) {
                if (i % 3 == 0) {
                    Bytes.put24(frame, 3, 0x9d012a);
                    frame[0] = (byte) (frame[0] & 0xfe);
                } else if (i % 3 == 1) {
                    // A sequence header with a time base of endless zeros, 32 operating points, sizes of 16 bits.
                    frame[0] = 0x0a;
                    frame[1] = (byte) (random.nextBoolean() ? frame.length - 2 : random.nextInt(128));
                    java.util.Arrays.fill(frame, 4, Math.min(frame.length, 4 + random.nextInt(30)), (byte) 0);
                } else {
                    frame[0] = (byte) (0x80 | (frame[0] & 0x3f));
                    Bytes.put24(frame, 1, 0x498342);
                }
            }
            for (String codec : List.of("VP8", "VP9", "AV1", "H264", "x")) {
                WebmTrack track = WebmTrack.video(codec, frame);
                if (track != null) {
                    assertThat(track.width()).isBetween(1, 65_536);
                    assertThat(track.height()).isBetween(1, 65_536);
                    assertThat(track.codecPrivate().length).isLessThanOrEqualTo(frame.length + 4);
                }
            }
        }
    }

    /** The sequence header of a 640 x 360 stream, as libaom writes it. */
    @Test
    void sizesOfKeyFramesAreRead() {
        byte[] av1 = {0x0a, 0x0a, 0, 0, 0, 0x24, (byte) 0xcf, 0x7f, 0x0d, (byte) 0xbf, (byte) 0xff, 0x30, 0x32, 1, 0};
        WebmTrack track = WebmTrack.video("AV1", av1);
        assertThat(track).isNotNull();
        assertThat(track.codecPrivate()).startsWith(0x81).hasSize(16);
        assertThat(WebmTrack.video("VP8", vp8(1))).isNull();
        // Profile 0, key frame, 8 bits, 320 x 240.
        byte[] vp9 = {(byte) 0x82, 0x49, (byte) 0x83, 0x42, 0x20, 0x13, (byte) 0xf0, 0x0e, (byte) 0xf0, 0, 0};
        WebmTrack picture = WebmTrack.video("VP9", vp9);
        assertThat(picture).isNotNull();
        assertThat(picture.width()).isEqualTo(320);
        assertThat(picture.height()).isEqualTo(240);
    }
}
