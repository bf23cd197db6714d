package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.AnnexBReader;
import dev.yodel.media.file.AnnexBWriter;
import dev.yodel.media.file.IvfReader;
import dev.yodel.media.file.IvfWriter;
import dev.yodel.media.file.OggOpusReader;
import dev.yodel.media.file.OggOpusWriter;
import dev.yodel.media.file.WavReader;
import dev.yodel.media.file.WavWriter;
import dev.yodel.media.file.WebmReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ogg, WAV, IVF and Annex B files are played and recorded over whole connections in virtual time. */
class SimulatedFilesTest {
    @TempDir
    Path folder;

    private static byte[] opus(int number) {
        return new byte[] {0x78, (byte) (number >> 8), (byte) number};
    }

    private static byte[] vp8(int number, boolean key) {
        byte[] frame = new byte[900 + number % 7 * 200];
        frame[0] = (byte) (key ? 0x10 : 0x11);
        frame[3] = (byte) 0x9d;
        frame[4] = 1;
        frame[5] = 0x2a;
        frame[6] = 64;
        frame[8] = 48;
        frame[10] = (byte) number;
        return frame;
    }

    private static byte[] h264(int number, boolean key) {
        byte[] frame = new byte[(key ? 20 : 4) + 1_500];
        int at = 0;
        if (key) {
            byte[] sets = {0, 0, 0, 1, 0x67, 0x42, 0, 0x1f, 0x20, 0, 0, 0, 1, 0x68, 0x20, 0x31};
            System.arraycopy(sets, 0, frame, 0, sets.length);
            at = sets.length;
        }
        frame[at + 3] = 1;
        for (int i = at + 4; i < frame.length; i++) {
            frame[i] = (byte) (0x80 | number);
        }
        frame[at + 4] = (byte) (key ? 0x65 : 0x41);
        return frame;
    }

    /** RFC 7845 4.1: what did not come has its place in the file, so the file is as long as the call. */
    @Test
    void gapsOfSoundStayGapsInOgg() throws IOException {
        Path file = folder.resolve("song.ogg");
        Path copy = folder.resolve("copy.ogg");
        int packets = 500;
        try (OggOpusWriter writer = OggOpusWriter.create(file, 1)) {
            for (int i = 0; i < packets; i++) {
                writer.write(opus(i), 0, 3);
            }
        }
        OggOpusRecorder recorder;
        try (SimulatedPair pair = new SimulatedPair(21)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            pair.a.addTrack(voice);
            List<OggOpusRecorder> recorders = new ArrayList<>();
            pair.b.onTrack(event -> recorders.add(OggOpusRecorder.of(copy, event.track())));
            pair.connect();
            pair.hostA.uplink().delay(Duration.ofMillis(20)).loss(0.1);
            CompletableFuture<Void> played = OggOpusPlayer.play(file, voice);
            pair.simulator.run(Duration.ofSeconds(12));
            assertThat(played).isCompleted();
            recorder = recorders.get(0);
            recorder.close();
        }
        int samples = 0;
        int came = 0;
        int first = -1;
        int last = -1;
        try (OggOpusReader reader = OggOpusReader.open(copy)) {
            for (EncodedFrame frame = reader.next(); frame != null; frame = reader.next()) {
                if (frame.data().length == 3) {
                    came++;
                    last = ((frame.data()[1] & 0xff) << 8) | (frame.data()[2] & 0xff);
                    first = first < 0 ? last : first;
                    // Its place in the file is its place in the song.
                    assertThat(samples).isEqualTo((last - first) * 960);
                }
                samples += 960;
            }
        }
        assertThat(came).isBetween(packets * 80 / 100, packets * 99 / 100);
        assertThat(recorder.frames()).isEqualTo(came);
        assertThat(recorder.filled()).isEqualTo(last - first + 1 - came);
        assertThat(samples).isEqualTo((last - first + 1) * 960);
    }

    @Test
    void aWavFileIsPlayedAndRecorded() throws IOException {
        Path file = folder.resolve("tone.wav");
        Path copy = folder.resolve("copy.wav");
        int rate = 16_000;
        try (WavWriter writer = new WavWriter(file, rate, 1)) {
            short[] tone = new short[3 * rate];
            for (int i = 0; i < tone.length; i++) {
                tone[i] = (short) (8_000 * Math.sin(2 * Math.PI * 500 * i / rate));
            }
            writer.write(tone, 0, tone.length);
        }
        try (SimulatedPair pair = new SimulatedPair(22)) {
            AudioTrack voice = AudioTrack.g711("a");
            pair.a.addTrack(voice);
            List<WavRecorder> recorders = new ArrayList<>();
            pair.b.onTrack(event -> recorders.add(WavRecorder.of(copy, event.track())));
            pair.connect();
            CompletableFuture<Void> played = WavPlayer.play(file, voice);
            pair.simulator.run(Duration.ofMillis(2_500));
            assertThat(played).isNotDone();
            pair.simulator.run(Duration.ofMillis(1_500));
            assertThat(played).isCompleted();
            recorders.get(0).close();
        }
        try (WavReader reader = WavReader.open(copy)) {
            short[] samples = reader.readAll(10 * rate);
            assertThat(reader.sampleRateHz()).isEqualTo(8_000);
            assertThat(samples.length).isBetween(3 * 8_000, 4 * 8_000 + 2_000);
            double power = 0;
            for (int i = 8_000; i < 16_000; i++) {
                power += (double) samples[i] * samples[i] / 8_000;
            }
            assertThat(Math.sqrt(power)).isBetween(4_500.0, 7_000.0);
        }
    }

    /** What a file holds arrives picture by picture, as it was and in its time. */
    private List<WebmReader.Frame> playAndRecord(Path file, Path copy, EncodedTrack picture, boolean ivf, long seed)
            throws IOException {
        try (SimulatedPair pair = new SimulatedPair(seed)) {
            pair.a.addTrack(picture);
            List<VideoFileRecorder> recorders = new ArrayList<>();
            pair.b.onTrack(event -> recorders.add(VideoFileRecorder.of(copy, event.track())));
            pair.connect();
            CompletableFuture<Void> played =
                    ivf ? VideoFilePlayer.playIvf(file, picture) : VideoFilePlayer.playAnnexB(file, 25, picture);
            pair.simulator.run(Duration.ofMillis(3_500));
            assertThat(played).isNotDone();
            pair.simulator.run(Duration.ofMillis(1_500));
            assertThat(played).isCompleted();
            assertThat(recorders.get(0).dropped()).isZero();
            recorders.get(0).close();
        }
        List<WebmReader.Frame> frames = new ArrayList<>();
        if (ivf) {
            try (IvfReader reader = IvfReader.open(copy)) {
                collect(reader::next, frames);
            }
        } else {
            try (AnnexBReader reader = AnnexBReader.open(copy, 25)) {
                collect(reader::next, frames);
            }
        }
        return frames;
    }

    private interface Reading {
        WebmReader.@Nullable Frame next() throws IOException;
    }

    private static void collect(Reading reading, List<WebmReader.Frame> into) throws IOException {
        for (WebmReader.Frame frame = reading.next(); frame != null; frame = reading.next()) {
            into.add(frame);
        }
    }

    @Test
    void anIvfFileIsPlayedAndRecorded() throws IOException {
        Path file = folder.resolve("film.ivf");
        int pictures = 100;
        try (IvfWriter writer = IvfWriter.create(file, "VP8", vp8(0, true))) {
            for (int i = 0; i < pictures; i++) {
                byte[] frame = vp8(i, i % 50 == 0);
                // Half a second of nothing in the middle.
                writer.write(frame, 0, frame.length, (40L * i + (i < 50 ? 0 : 500)) * 1_000_000);
            }
        }
        List<WebmReader.Frame> frames =
                playAndRecord(file, folder.resolve("copy.ivf"), EncodedTrack.vp8("v"), true, 23);
        assertThat(frames.size()).isBetween(pictures - 2, pictures);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(frames.get(i).data()).isEqualTo(vp8(i, i % 50 == 0));
        }
        long gap = frames.get(50).timeNanos() - frames.get(49).timeNanos();
        assertThat(gap).isBetween(500_000_000L, 600_000_000L);
    }

    @Test
    void anH264FileIsPlayedAndRecorded() throws IOException {
        Path file = folder.resolve("film.h264");
        int pictures = 100;
        try (AnnexBWriter writer = AnnexBWriter.create(file)) {
            for (int i = 0; i < pictures; i++) {
                byte[] frame = h264(i, i % 25 == 0);
                writer.write(frame, 0, frame.length);
            }
        }
        List<WebmReader.Frame> frames =
                playAndRecord(file, folder.resolve("copy.h264"), EncodedTrack.h264("v"), false, 24);
        assertThat(frames.size()).isBetween(pictures - 2, pictures);
        for (int i = 0; i < frames.size(); i++) {
            assertThat(frames.get(i).data()).isEqualTo(h264(i, i % 25 == 0));
            assertThat(frames.get(i).keyFrame()).isEqualTo(i % 25 == 0);
        }
    }

    @Test
    void whatCannotBePlayedOrRecordedSaysWhy() throws IOException {
        Path text = folder.resolve("text.ivf");
        Files.writeString(text, "no film");
        try (SimulatedPair pair = new SimulatedPair(25)) {
            EncodedTrack picture = EncodedTrack.vp8("v");
            AudioTrack voice = AudioTrack.g711("a");
            assertThat(VideoFilePlayer.playIvf(text, picture)).isCompletedExceptionally();
            pair.a.addTrack(picture);
            pair.a.addTrack(voice);
            List<RemoteTrack> tracks = new ArrayList<>();
            pair.b.onTrack(event -> tracks.add(event.track()));
            pair.connect();
            List<CompletableFuture<Void>> played = List.of(
                    VideoFilePlayer.playIvf(text, picture),
                    VideoFilePlayer.playAnnexB(text, 25, picture),
                    WavPlayer.play(text, voice),
                    WavPlayer.play(folder.resolve("none.wav"), voice));
            pair.simulator.run(Duration.ofSeconds(1));
            assertThat(played).allSatisfy(one -> assertThat(one).isCompletedExceptionally());
            for (RemoteTrack track : tracks) {
                boolean sound = track.kind() == MediaKind.AUDIO;
                assertThatThrownBy(() -> {
                            if (sound) {
                                VideoFileRecorder.of(text, track);
                            } else {
                                OggOpusRecorder.of(text, track);
                            }
                        })
                        .isInstanceOf(InvalidAccessException.class);
            }
            assertThat(tracks).hasSize(2);
        }
    }
}
