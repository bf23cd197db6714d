package dev.yodel.webrtc;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.AnnexBWriter;
import dev.yodel.media.file.IvfWriter;
import dev.yodel.webrtc.internal.transport.ReceivedTrack;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records a received video track, without a codec: VP8, VP9 and AV1 into an IVF file, which keeps the time of each
 * picture, H.264 and H.265 into a byte stream (Annex B), which does not. It begins with a key frame and writes on the
 * track's lane. Any thread.
 */
public final class VideoFileRecorder implements AutoCloseable {
    private final Path file;
    private final ReceivedTrack track;
    private final Recording recording = new Recording();

    // Guarded by recording.
    private @Nullable Closeable writer;
    private String encoding = "";
    private long startNanos;
    private long lastNanos;
    private long frames;
    private long dropped;

    private VideoFileRecorder(Path file, ReceivedTrack track) {
        this.file = file;
        this.track = track;
    }

    /**
     * Records a track from its next key frame on, which the sender is asked for. The file is created, or overwritten,
     * with it.
     *
     * @param file to write
     * @param track a received video track; when its codec changes, further frames are dropped and counted
     * @return a recorder; close it to end the file
     * @throws InvalidAccessException for a track of sound
     */
    public static VideoFileRecorder of(Path file, RemoteTrack track) {
        Objects.requireNonNull(file, "file");
        if (!(track instanceof ReceivedTrack received)) {
            throw new IllegalArgumentException("give a track that a connection received, not " + track);
        }
        if (track.kind() != MediaKind.VIDEO) {
            throw new InvalidAccessException("an IVF or H.264 file holds pictures; record sound by OggOpusRecorder");
        }
        VideoFileRecorder recorder = new VideoFileRecorder(file, received);
        recorder.recording.listens(track.onFrame(recorder::onFrame));
        track.requestKeyFrame();
        return recorder;
    }

    private static boolean isByteStream(String encoding) {
        return encoding.equalsIgnoreCase("H264") || encoding.equalsIgnoreCase("H265");
    }

    private void onFrame(EncodedFrame frame) {
        synchronized (recording) {
            if (recording.isOver()) {
                return;
            }
            String now = track.decoded().encodingName();
            if (writer == null ? !frame.keyFrame() : !now.equalsIgnoreCase(encoding)) {
                dropped++;
                return;
            }
            try {
                if (writer == null) {
                    encoding = now;
                    startNanos = frame.presentationNanos();
                    Closeable opened =
                            isByteStream(now) ? AnnexBWriter.create(file) : IvfWriter.create(file, now, frame.data());
                    writer = opened;
                    recording.opened(opened);
                }
                byte[] data = frame.data();
                if (writer instanceof IvfWriter ivf) {
                    // A delay that shrinks must not turn time back.
                    lastNanos = Math.max(lastNanos, frame.presentationNanos() - startNanos);
                    ivf.write(data, 0, data.length, lastNanos);
                } else if (writer instanceof AnnexBWriter stream) {
                    stream.write(data, 0, data.length);
                }
                frames++;
            } catch (IllegalArgumentException unreadable) {
                dropped++;
            } catch (IOException e) {
                recording.failed(e);
            }
        }
    }

    /**
     * Pictures in the file.
     *
     * @return a count so far
     */
    public long frames() {
        synchronized (recording) {
            return frames;
        }
    }

    /**
     * Pictures that the file could not hold, and those before the first key frame.
     *
     * @return a count so far
     */
    public long dropped() {
        synchronized (recording) {
            return dropped;
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
        return "VideoFileRecorder " + file + ", " + frames() + " frames";
    }
}
