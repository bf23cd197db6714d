package dev.yodel.webrtc;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.OggOpusWriter;
import dev.yodel.media.opus.OpusPacket;
import dev.yodel.webrtc.internal.transport.ReceivedTrack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records a received Opus track into an Ogg file (RFC 7845) as it comes, without a codec and without native code.
 * What is lost or was not sent becomes packets that ask the player's decoder to conceal it (RFC 7845 4.1), so the
 * file is as long as the call. It writes on the track's lane. Any thread.
 */
public final class OggOpusRecorder implements AutoCloseable {
    /** A gap beyond this is no gap but a sender that began anew. */
    private static final long MAX_GAP_SAMPLES = 3_600L * OpusPacket.CLOCK_RATE_HZ;

    private final Path file;
    private final ReceivedTrack track;
    private final @Nullable RecordingStart start;
    private final Recording recording = new Recording();

    // Guarded by recording.
    private @Nullable OggOpusWriter writer;
    private long lastTimestamp;
    /** Where the last packet should stand, in samples since the first. */
    private long position;
    /** Where the file ends, in samples. */
    private long written;

    /** The first byte of the last packet: mode, band and duration of its frames (RFC 6716 3.1). */
    private byte toc;

    private long frames;
    private long filled;
    private long dropped;

    private OggOpusRecorder(Path file, ReceivedTrack track, @Nullable RecordingStart start) {
        this.file = file;
        this.track = track;
        this.start = start;
    }

    /**
     * Records a track from its next packet on. The file is created, or overwritten, with it.
     *
     * @param file to write
     * @param track a received audio track; frames of other codecs than Opus are dropped and counted
     * @return a recorder; close it to end the file
     * @throws InvalidAccessException for a track of pictures
     */
    public static OggOpusRecorder of(Path file, RemoteTrack track) {
        return begin(file, track, null);
    }

    /**
     * Records a track as one of several, each into a file of its own: all that share the start begin at the same
     * moment, so that they can be laid one over the other. Who comes later has silence before.
     *
     * @param file to write
     * @param track a received audio track, of any connection of the same factory
     * @param start shared by the recordings of one conversation
     * @return a recorder; close it to end the file
     * @throws InvalidAccessException for a track of pictures
     */
    public static OggOpusRecorder of(Path file, RemoteTrack track, RecordingStart start) {
        return begin(file, track, Objects.requireNonNull(start, "start"));
    }

    private static OggOpusRecorder begin(Path file, RemoteTrack track, @Nullable RecordingStart start) {
        Objects.requireNonNull(file, "file");
        if (!(track instanceof ReceivedTrack received)) {
            throw new IllegalArgumentException("give a track that a connection received, not " + track);
        }
        if (track.kind() != MediaKind.AUDIO) {
            throw new InvalidAccessException("an Ogg/Opus file holds sound; record a video track by WebmRecorder");
        }
        OggOpusRecorder recorder = new OggOpusRecorder(file, received, start);
        recorder.recording.listens(track.onFrame(recorder::onFrame));
        return recorder;
    }

    private void onFrame(EncodedFrame frame) {
        synchronized (recording) {
            byte[] data = frame.data();
            int samples = data.length == 0 ? OpusPacket.MALFORMED : OpusPacket.samples(data, 0, data.length);
            if (recording.isOver()) {
                return;
            }
            if (samples < 0
                    || !frame.hasTimestamp()
                    || !track.decoded().encodingName().equalsIgnoreCase("opus")) {
                dropped++;
                return;
            }
            try {
                write(frame, samples);
            } catch (IOException e) {
                recording.failed(e);
            }
        }
    }

    private void write(EncodedFrame frame, int samples) throws IOException {
        byte[] data = frame.data();
        OggOpusWriter to = writer;
        if (to == null) {
            to = OggOpusWriter.create(file, 2);
            writer = to;
            recording.opened(to);
            toc = data[0];
            position = start == null
                    ? 0
                    : start.behind(frame.presentationNanos()) * OpusPacket.CLOCK_RATE_HZ / Time.SECOND;
        } else {
            // RFC 7587 4.2: the clock has 48 kHz; differences are taken modulo 2^32.
            int step = (int) (frame.rtpTimestamp() - lastTimestamp);
            if (step < 0) {
                dropped++;
                return;
            }
            position += step;
        }
        if (written == 0 || position - written <= MAX_GAP_SAMPLES) {
            fill(to);
        } else {
            position = written;
        }
        lastTimestamp = frame.rtpTimestamp();
        toc = data[0];
        to.write(data, 0, data.length);
        written += samples;
        frames++;
    }

    private void fill(OggOpusWriter to) throws IOException {
        // RFC 7845 4.1: a packet of one frame without bytes; mode and band as before, so that nothing is heard of the
        // change.
        byte[] conceal = {(byte) (toc & ~3)};
        int each = OpusPacket.samples(conceal, 0, 1);
        while (position - written >= each) {
            to.write(conceal, 0, 1);
            written += each;
            filled++;
        }
    }

    /**
     * Packets in the file that came.
     *
     * @return a count so far
     */
    public long frames() {
        synchronized (recording) {
            return frames;
        }
    }

    /**
     * Packets in the file that stand for what did not come.
     *
     * @return a count so far
     */
    public long filled() {
        synchronized (recording) {
            return filled;
        }
    }

    /**
     * Frames that were not Opus, or late.
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
        return "OggOpusRecorder " + file + ", " + frames() + " frames";
    }
}
