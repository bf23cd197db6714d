package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.OggOpusReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How recordings begin and end, whatever becomes of their files. */
class RecordingTest {
    /** Every write to it fails: the disk is full (full(4) of Linux). */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    Path folder;

    @Test
    void aFileThatCannotBeClosedLetsGoOfTheTracks() throws IOException {
        Recording recording = new Recording();
        AtomicInteger letGo = new AtomicInteger();
        AtomicInteger closings = new AtomicInteger();
        recording.listens(letGo::incrementAndGet);
        recording.listens(letGo::incrementAndGet);
        recording.opened(() -> {
            closings.incrementAndGet();
            throw new IOException("the disk is full");
        });
        assertThat(recording.isOver()).isFalse();
        assertThatThrownBy(recording::close).isInstanceOf(IOException.class).hasMessage("the disk is full");
        assertThat(letGo).hasValue(2);
        assertThat(recording.isOver()).isTrue();
        recording.close();
        assertThat(closings).hasValue(1);
        // What comes when it is over is let go at once.
        recording.listens(letGo::incrementAndGet);
        assertThat(letGo).hasValue(3);
    }

    @Test
    void theFirstReasonIsTold() {
        Recording recording = new Recording();
        recording.failed(new IOException("first"));
        recording.opened(() -> {
            throw new IOException("second");
        });
        assertThat(recording.isOver()).isTrue();
        assertThat(recording.isClosed()).isFalse();
        assertThatThrownBy(recording::close).isInstanceOf(IOException.class).hasMessage("first");
    }

    /** All four recorders on a full disk: whoever closes them learns it, and the connection goes on. */
    @Test
    void aFullDiskIsToldByAllRecorders() {
        assumeTrue(Files.exists(FULL), "there is no /dev/full here");
        try (SimulatedPair pair = new SimulatedPair(5)) {
            EncodedTrack voice = EncodedTrack.opus("a");
            EncodedTrack picture = EncodedTrack.vp8("v");
            pair.a.addTrack(voice);
            pair.a.addTrack(picture);
            List<AutoCloseable> recorders = new ArrayList<>();
            pair.b.onTrack(event -> {
                WebmRecorder film = WebmRecorder.to(FULL);
                film.add(event.track());
                recorders.add(film);
                if (event.track().kind() == MediaKind.AUDIO) {
                    recorders.add(OggOpusRecorder.of(FULL, event.track()));
                    recorders.add(WavRecorder.of(FULL, event.track()));
                } else {
                    recorders.add(VideoFileRecorder.of(FULL, event.track()));
                }
            });
            pair.connect();
            talk(pair, voice, picture, 200);
            assertThat(recorders).hasSize(5);
            for (AutoCloseable recorder : recorders) {
                assertThatThrownBy(recorder::close).as("%s", recorder).isInstanceOf(IOException.class);
            }
            talk(pair, voice, picture, 10);
            assertThat(pair.b.connectionState()).isEqualTo(ConnectionState.CONNECTED);
        }
    }

    private static void talk(SimulatedPair pair, EncodedTrack voice, EncodedTrack picture, int frames) {
        for (int i = 0; i < frames; i++) {
            byte[] sound = new byte[400];
            sound[0] = 0x78;
            byte[] image = {0x10, 0, 0, (byte) 0x9d, 1, 0x2a, 64, 0, 48, 0, 1, 2, 3};
            voice.write(EncodedFrame.ofDuration(sound, 20_000_000));
            picture.write(EncodedFrame.ofDuration(image, 20_000_000));
            pair.simulator.run(Duration.ofMillis(20));
        }
    }

    /** Issue 7: each voice in a file of its own; the file of who comes three seconds later begins with as much silence. */
    @Test
    void voicesThatShareAStartAreInTime() throws IOException {
        RecordingStart start = new RecordingStart();
        Path first = folder.resolve("first.opus");
        Path second = folder.resolve("second.opus");
        try (SimulatedPair pair = new SimulatedPair(6)) {
            EncodedTrack early = EncodedTrack.opus("early");
            EncodedTrack late = EncodedTrack.opus("late");
            pair.a.addTrack(early);
            pair.a.addTrack(late);
            List<OggOpusRecorder> recorders = new ArrayList<>();
            pair.b.onTrack(event ->
                    recorders.add(OggOpusRecorder.of(recorders.isEmpty() ? first : second, event.track(), start)));
            pair.connect();
            for (int i = 0; i < 300; i++) {
                early.write(EncodedFrame.ofDuration(new byte[] {0x78, 1}, 20_000_000));
                if (i >= 150) {
                    late.write(EncodedFrame.ofDuration(new byte[] {0x78, 2}, 20_000_000));
                }
                pair.simulator.run(Duration.ofMillis(20));
            }
            pair.simulator.run(Duration.ofMillis(500));
            for (OggOpusRecorder recorder : recorders) {
                recorder.close();
            }
            assertThat(recorders.get(1).filled()).isBetween(145L, 155L);
        }
        List<Integer> whole = sizes(first);
        List<Integer> part = sizes(second);
        assertThat(whole).hasSizeBetween(298, 300);
        assertThat(Math.abs(part.size() - whole.size())).isLessThanOrEqualTo(3);
        assertThat(part.subList(0, 145)).containsOnly(1);
        assertThat(part.subList(155, part.size())).containsOnly(2);
    }

    private static List<Integer> sizes(Path file) throws IOException {
        List<Integer> sizes = new ArrayList<>();
        try (OggOpusReader reader = OggOpusReader.open(file)) {
            for (EncodedFrame packet = reader.next(); packet != null; packet = reader.next()) {
                sizes.add(packet.data().length);
            }
        }
        return sizes;
    }
}
