package dev.yodel.webrtc;

import dev.yodel.media.audio.ChannelMix;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.media.audio.Resampler;
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
    private @Nullable WavWriter writer;
    private @Nullable Resampler resampler;
    private int resampledFromHz;
    private int sampleRateHz;
    private int channels;
    private long frames;

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
                WavWriter to = writer;
                if (to == null) {
                    sampleRateHz = frame.sampleRateHz();
                    channels = frame.channels();
                    to = new WavWriter(file, sampleRateHz, channels);
                    writer = to;
                    recording.opened(to);
                }
                write(to, frame);
            } catch (IOException e) {
                recording.failed(e);
            }
        }
    }

    private void write(WavWriter to, PcmFrame frame) throws IOException {
        int moments = frame.samplesPerChannel();
        short[] samples = frame.samples();
        if (frame.channels() != channels) {
            samples = new short[moments * channels];
            ChannelMix.convert(frame.samples(), 0, moments, frame.channels(), samples, channels);
        }
        if (frame.sampleRateHz() == sampleRateHz) {
            resampler = null;
            resampledFromHz = 0;
        } else {
            Resampler through = resampler;
            if (through == null || resampledFromHz != frame.sampleRateHz()) {
                through = new Resampler(frame.sampleRateHz(), sampleRateHz, channels);
                resampler = through;
                resampledFromHz = frame.sampleRateHz();
            }
            short[] out = new short[through.maxOutput(moments) * channels];
            moments = through.process(samples, 0, moments, out, 0);
            samples = out;
        }
        to.write(samples, 0, moments * channels);
        frames += moments;
    }

    /**
     * How much is in the file.
     *
     * @return milliseconds so far
     */
    public long millis() {
        synchronized (recording) {
            return sampleRateHz == 0 ? 0 : frames * 1000 / sampleRateHz;
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
