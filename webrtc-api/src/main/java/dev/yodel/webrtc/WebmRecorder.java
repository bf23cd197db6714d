package dev.yodel.webrtc;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.media.file.WebmWriter;
import dev.yodel.webrtc.internal.transport.ReceivedTrack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records received tracks into a WebM file as they come, without a codec and without native code: Opus, VP8, VP9 and
 * AV1. Sound and picture keep the times at which they would have been played, so they are in time with each other and
 * gaps stay gaps. It writes on the tracks' lanes. Any thread.
 */
public final class WebmRecorder implements AutoCloseable {
    /**
     * How long the first frames wait for those of other tracks; and for a track of the other kind, which often comes by
     * an exchange of its own while the first one is heard already.
     */
    private static final long PATIENCE_NANOS = 3 * Time.SECOND;

    private static final int MAX_WAITING_BYTES = 16 << 20;

    private static final class Part {
        private final ReceivedTrack track;
        private @Nullable WebmTrack description;
        private String encoding = "";
        private int place = -1;
        private long lastNanos;
        private long lastPresentationNanos = Long.MIN_VALUE;

        Part(ReceivedTrack track) {
            this.track = track;
        }
    }

    private record Waiting(Part part, EncodedFrame frame, long nanos) {}

    private final Path file;
    private final Recording recording = new Recording();

    // Guarded by recording.
    private final List<Part> parts = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private long waitingBytes;
    private @Nullable WebmWriter writer;
    private long startNanos;
    private long frames;
    private long dropped;

    private WebmRecorder(Path file) {
        this.file = file;
    }

    /**
     * A recorder without tracks. The file is created, or overwritten, with the first frames.
     *
     * @param file to write
     * @return a recorder; close it to end the file
     */
    public static WebmRecorder to(Path file) {
        return new WebmRecorder(Objects.requireNonNull(file, "file"));
    }

    /**
     * Records a track too. Its codec is that of its first frames; frames of another one, and of codecs that WebM does
     * not hold, are dropped and counted.
     *
     * @param track received by a connection
     * @throws InvalidStateException if the recorder is closed or has written its header: when there is sound and
     *     picture and each track had a frame, and three seconds after the first frame of any track at the latest
     */
    public void add(RemoteTrack track) {
        if (!(track instanceof ReceivedTrack received)) {
            throw new IllegalArgumentException("give a track that a connection received, not " + track);
        }
        Part part = new Part(received);
        synchronized (recording) {
            if (recording.isClosed() || writer != null) {
                throw new InvalidStateException("the file's header names its tracks and is written already; add all"
                        + " tracks when they appear, in onTrack");
            }
            parts.add(part);
        }
        recording.listens(track.onFrame(frame -> onFrame(part, frame)));
        if (track.kind() == MediaKind.VIDEO) {
            track.requestKeyFrame();
        }
    }

    private void onFrame(Part part, EncodedFrame frame) {
        synchronized (recording) {
            if (recording.isOver()) {
                return;
            }
            String encoding = part.track.decoded().encodingName();
            if (part.description == null && writer == null) {
                describe(part, encoding, frame);
            }
            if (part.description == null || !encoding.equalsIgnoreCase(part.encoding)) {
                dropped++;
            } else if (writer != null) {
                write(writer, part, frame);
            } else {
                // A delay that shrinks must not change the order of a track's frames.
                part.lastPresentationNanos = Math.max(part.lastPresentationNanos, frame.presentationNanos());
                waiting.add(new Waiting(part, frame, part.lastPresentationNanos));
                waitingBytes += frame.data().length;
            }
            if (writer == null && ready(frame)) {
                begin();
            }
        }
    }

    private static void describe(Part part, String encoding, EncodedFrame frame) {
        if (part.track.kind() == MediaKind.VIDEO) {
            part.description = frame.keyFrame() ? WebmTrack.video(encoding, frame.data()) : null;
        } else if (encoding.equalsIgnoreCase("opus")) {
            part.description = WebmTrack.opus(2);
        }
        part.encoding = encoding;
    }

    private boolean ready(EncodedFrame latest) {
        if (waiting.isEmpty()) {
            return false;
        }
        boolean all = true;
        Set<MediaKind> kinds = EnumSet.noneOf(MediaKind.class);
        for (Part part : parts) {
            all &= part.description != null;
            kinds.add(part.track.kind());
        }
        all &= kinds.size() == MediaKind.values().length;
        long since = waiting.get(0).frame.presentationNanos();
        return all || waitingBytes > MAX_WAITING_BYTES || latest.presentationNanos() - since > PATIENCE_NANOS;
    }

    private void begin() {
        List<WebmTrack> tracks = new ArrayList<>();
        for (Part part : parts) {
            if (part.description != null) {
                part.place = tracks.size();
                tracks.add(part.description);
            }
        }
        waiting.sort(Comparator.comparingLong(Waiting::nanos));
        startNanos = waiting.get(0).frame.presentationNanos();
        try {
            WebmWriter opened = WebmWriter.create(file, tracks);
            writer = opened;
            recording.opened(opened);
            for (Waiting one : waiting) {
                write(opened, one.part, one.frame);
            }
        } catch (IOException e) {
            recording.failed(e);
        }
        waiting.clear();
    }

    private void write(WebmWriter to, Part part, EncodedFrame frame) {
        if (part.place < 0) {
            dropped++;
            return;
        }
        // A delay that shrinks must not turn time back.
        part.lastNanos = Math.max(part.lastNanos, Math.max(0, frame.presentationNanos() - startNanos));
        try {
            to.write(part.place, frame.data(), 0, frame.data().length, part.lastNanos, frame.keyFrame());
            frames++;
        } catch (IOException e) {
            recording.failed(e);
        }
    }

    /**
     * Frames in the file.
     *
     * @return a count so far
     */
    public long frames() {
        synchronized (recording) {
            return frames;
        }
    }

    /**
     * Frames that no track of the file could hold.
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
        synchronized (recording) {
            if (writer == null && !recording.isOver() && !waiting.isEmpty()) {
                begin();
            }
        }
        recording.close();
    }

    @Override
    public String toString() {
        return "WebmRecorder " + file + ", " + frames() + " frames";
    }
}
