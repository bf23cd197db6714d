package dev.yodel.media.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes encoded sound and pictures into a WebM file (the WebM subset of RFC 9559): clusters of at most five seconds,
 * and at the end the duration and an index, so that players can seek. Frames carry their times, so gaps stay gaps. A
 * file that was not closed can still be played. It does not encode. For one thread at a time.
 */
public final class WebmWriter implements Closeable {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MAX_CLUSTER_MILLIS = 5_000;
    private static final int MIN_CLUSTER_MILLIS = 1_000;
    private static final int MAX_CLUSTER_BYTES = 1 << 20;
    private static final int MAX_CUES = 100_000;
    private static final int SEEK_HEAD_BYTES = 68;
    private static final long OPUS_PRE_ROLL_NANOS = 80_000_000;
    private static final long UNKNOWN_SIZE = 0x01ff_ffff_ffff_ffffL;

    private record Cue(long millis, int track, long position) {}

    private final SeekableByteChannel out;
    private final List<WebmTrack> tracks;
    private final List<Cue> cues = new ArrayList<>();
    private final Ebml cluster = new Ebml();
    private final Ebml scratch = new Ebml();
    private final boolean hasVideo;
    private long segmentStart;
    private long seekHeadAt;
    private long infoAt;
    private long tracksAt;
    private long durationAt;
    private long clusterMillis;
    private boolean clusterOpen;
    private boolean clusterCued;
    private long lastMillis;
    private boolean closed;

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @param tracks at least one
     * @return a writer
     * @throws IOException if the file cannot be written
     */
    public static WebmWriter create(Path file, List<WebmTrack> tracks) throws IOException {
        return new WebmWriter(
                Files.newByteChannel(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING),
                tracks);
    }

    /**
     * Writes the headers.
     *
     * @param out an empty channel, closed by {@link #close()}
     * @param tracks at least one; a frame names its track by the place in this list
     * @throws IOException if it cannot be written
     */
    public WebmWriter(SeekableByteChannel out, List<WebmTrack> tracks) throws IOException {
        if (tracks.isEmpty() || tracks.size() > 100) {
            throw new IllegalArgumentException("a file has 1 to 100 tracks, not " + tracks.size());
        }
        this.out = out;
        this.tracks = List.copyOf(tracks);
        this.hasVideo = tracks.stream().anyMatch(WebmTrack::video);
        writeHeaders();
    }

    private void writeHeaders() throws IOException {
        Ebml head = new Ebml()
                .uint(0x4286, 1)
                .uint(0x42f7, 1)
                .uint(0x42f2, 4)
                .uint(0x42f3, 8)
                .text(Ebml.DOC_TYPE, "webm")
                .uint(0x4287, 4)
                .uint(0x4285, 2);
        flush(scratch.master(Ebml.HEADER, head).id(Ebml.SEGMENT).number(UNKNOWN_SIZE, 8));
        segmentStart = out.position();
        seekHeadAt = out.position();
        flush(scratch.binary(Ebml.VOID, new byte[SEEK_HEAD_BYTES - 2]));
        infoAt = out.position();
        Ebml info = new Ebml()
                .uint(Ebml.TIMESTAMP_SCALE, NANOS_PER_MILLI)
                .text(Ebml.MUXING_APP, "yodel")
                .text(Ebml.WRITING_APP, "yodel")
                .real(Ebml.DURATION, 0);
        flush(scratch.master(Ebml.INFO, info));
        durationAt = out.position() - 8;
        tracksAt = out.position();
        Ebml entries = new Ebml();
        for (int i = 0; i < tracks.size(); i++) {
            entries.master(Ebml.TRACK_ENTRY, entry(tracks.get(i), i + 1));
        }
        flush(scratch.master(Ebml.TRACKS, entries));
    }

    private static Ebml entry(WebmTrack track, int number) {
        Ebml entry = new Ebml()
                .uint(Ebml.TRACK_NUMBER, number)
                .uint(Ebml.TRACK_UID, number)
                .uint(Ebml.TRACK_TYPE, track.video() ? 1 : 2)
                .uint(Ebml.FLAG_LACING, 0)
                .text(Ebml.CODEC_ID, track.codecId());
        if (track.codecPrivate().length > 0) {
            entry.binary(Ebml.CODEC_PRIVATE, track.codecPrivate());
        }
        if (track.codecId().equals("A_OPUS")) {
            entry.uint(Ebml.CODEC_DELAY, track.codecDelayNanos()).uint(Ebml.SEEK_PRE_ROLL, OPUS_PRE_ROLL_NANOS);
        }
        return track.video()
                ? entry.master(
                        Ebml.VIDEO,
                        new Ebml().uint(Ebml.PIXEL_WIDTH, track.width()).uint(Ebml.PIXEL_HEIGHT, track.height()))
                : entry.master(
                        Ebml.AUDIO,
                        new Ebml().real(Ebml.SAMPLING_FREQUENCY, 48_000).uint(Ebml.CHANNELS, track.channels()));
    }

    /**
     * Appends a frame. Frames of different tracks may come a little out of order; a file keeps milliseconds.
     *
     * @param track place in the list of tracks
     * @param data holds the frame; copied
     * @param offset first byte
     * @param length count of bytes
     * @param timeNanos from the start of the file, not negative
     * @param keyFrame whether a decoder can start there; sound always can
     * @throws IOException if the file cannot be written, or is closed
     * @throws IllegalArgumentException if there is no such track, or the time is negative
     */
    public void write(int track, byte[] data, int offset, int length, long timeNanos, boolean keyFrame)
            throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (track < 0 || track >= tracks.size() || timeNanos < 0) {
            throw new IllegalArgumentException("track " + track + " of " + tracks.size() + " at " + timeNanos + " ns");
        }
        if (closed) {
            throw new IOException("the WebM file is closed");
        }
        long millis = (timeNanos + NANOS_PER_MILLI / 2) / NANOS_PER_MILLI;
        boolean cutHere = keyFrame && tracks.get(track).video() == hasVideo;
        if (clusterOpen && endsCluster(millis, cutHere)) {
            endCluster();
        }
        if (!clusterOpen) {
            clusterOpen = true;
            clusterCued = false;
            clusterMillis = millis;
            cluster.clear();
            cluster.uint(Ebml.TIMESTAMP, millis);
        }
        if (cutHere && !clusterCued && cues.size() < MAX_CUES) {
            clusterCued = true;
            cues.add(new Cue(millis, track + 1, out.position() - segmentStart));
        }
        cluster.id(Ebml.SIMPLE_BLOCK).size(4L + length);
        cluster.number(0x80 | (track + 1), 1).number(millis - clusterMillis & 0xffff, 2);
        cluster.number(keyFrame ? 0x80 : 0, 1).bytes(data, offset, length);
        lastMillis = Math.max(lastMillis, millis);
    }

    private boolean endsCluster(long millis, boolean cutHere) {
        long age = millis - clusterMillis;
        return (cutHere && age >= MIN_CLUSTER_MILLIS && hasVideo)
                || age >= MAX_CLUSTER_MILLIS
                || age < Short.MIN_VALUE
                || cluster.length() > MAX_CLUSTER_BYTES;
    }

    private void endCluster() throws IOException {
        clusterOpen = false;
        flush(scratch.id(Ebml.CLUSTER).size(cluster.length()));
        flush(cluster);
    }

    private void flush(Ebml bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes.data(), 0, bytes.length());
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
        bytes.clear();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            if (clusterOpen) {
                endCluster();
            }
            long cuesAt = out.position();
            Ebml points = new Ebml();
            for (Cue cue : cues) {
                Ebml positions =
                        new Ebml().uint(Ebml.CUE_TRACK, cue.track).uint(Ebml.CUE_CLUSTER_POSITION, cue.position);
                points.master(
                        Ebml.CUE_POINT,
                        new Ebml().uint(Ebml.CUE_TIME, cue.millis).master(Ebml.CUE_TRACK_POSITIONS, positions));
            }
            if (!cues.isEmpty()) {
                flush(scratch.master(Ebml.CUES, points));
            }
            long end = out.position();
            out.position(segmentStart - 8);
            flush(scratch.number(1L << 56 | (end - segmentStart), 8));
            out.position(durationAt);
            flush(scratch.number(Double.doubleToLongBits((double) lastMillis), 8));
            if (!cues.isEmpty()) {
                out.position(seekHeadAt);
                Ebml seeks = new Ebml();
                seek(seeks, Ebml.INFO, infoAt);
                seek(seeks, Ebml.TRACKS, tracksAt);
                seek(seeks, Ebml.CUES, cuesAt);
                flush(scratch.master(Ebml.SEEK_HEAD, seeks));
            }
        }
    }

    private void seek(Ebml seeks, int id, long position) {
        Ebml seek = new Ebml().id(Ebml.SEEK_ID).size(4).number(id & 0xffff_ffffL, 4);
        seeks.master(Ebml.SEEK, seek.fixed(Ebml.SEEK_POSITION, position - segmentStart));
    }
}
