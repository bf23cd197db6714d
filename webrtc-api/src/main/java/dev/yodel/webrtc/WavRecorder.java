package dev.yodel.webrtc;

import dev.yodel.media.audio.PcmConverter;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.file.WavWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records a received audio track, decoded, into a WAV file: what is lost is concealed, and pauses are silence, so the
 * file is as long as the call. Rate and channels are those of the first audio; later ones of another rate are
 * resampled. It writes on the track's lane. Any thread.
 */
public final class WavRecorder implements AutoCloseable {
    private final Path file;
    private final Recording recording = new Recording();

    // Guarded by recording.
    private @Nullable Writing writing;
    private long frames;

    /** What is known from the first audio on. */
    private record Writing(WavWriter writer, PcmConverter converter, int sampleRateHz, int channels) {}

    private WavRecorder(Path file) {
        this.file = file;
    }

    /**
     * Records a track from its next packet on. The file is created, or overwritten, with it.
     *
     * @param file to write
     * @param track a received audio track
     * @return a recorder; close it to end the file
     * @throws InvalidAccessException for a track of pictures
     */
    public static WavRecorder of(Path file, RemoteTrack track) {
        WavRecorder recorder = new WavRecorder(Objects.requireNonNull(file, "file"));
        recorder.recording.listens(track.onPcm(recorder::onPcm));
        return recorder;
    }

    private void onPcm(PcmFrame frame) {
        synchronized (recording) {
            if (recording.isOver()) {
                return;
            }
            try {
                Writing to = writing;
                if (to == null) {
                    to = open(frame.sampleRateHz(), frame.channels());
                    writing = to;
                }
                int count = to.converter.convert(
                        frame.samples(), 0, frame.samples().length, frame.sampleRateHz(), frame.channels());
                to.writer.write(to.converter.output(), 0, count);
                frames += count / to.channels;
            } catch (IOException e) {
                recording.failed(e);
            }
        }
    }

    private Writing open(int sampleRateHz, int channels) throws IOException {
        WavWriter writer = new WavWriter(file, sampleRateHz, channels);
        recording.opened(writer);
        return new Writing(writer, new PcmConverter(sampleRateHz, channels), sampleRateHz, channels);
    }

    /**
     * How much is in the file.
     *
     * @return milliseconds so far
     */
    public long millis() {
        synchronized (recording) {
            Writing to = writing;
            return to == null ? 0 : frames * 1000 / to.sampleRateHz;
        }
    }

    /**
     * Ends the file. Closing twice is harmless.
     *
     * @throws IOException if something could not be written, now or before
     */
    @Override
    public void close() throws IOException {
        recording.close();
    }

    @Override
    public String toString() {
        return "WavRecorder " + file + ", " + millis() + " ms";
    }
}
