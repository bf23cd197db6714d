package dev.yodel.media.file;

import dev.yodel.io.Bytes;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of a WebM file in the order in which they stand: simple blocks and block groups without lacing,
 * clusters of known and unknown size. It does not seek or decode, and trusts nothing: sizes are bounded before
 * anything is allocated. For one thread at a time.
 */
public final class WebmReader implements Closeable {
    private static final int MAX_HEADER_BYTES = 1 << 20;
    private static final int MAX_BLOCK_BYTES = 4 << 20;
    private static final int MAX_TRACKS = 100;
    private static final long UNKNOWN = -1;

    /**
     * A frame.
     *
     * @param track place in {@link WebmReader#tracks()}
     * @param data the receiver's own
     * @param timeNanos from the start of the file
     * @param keyFrame whether a decoder can start there
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    public record Frame(int track, byte[] data, long timeNanos, boolean keyFrame) {}

    private final InputStream in;
    private final List<WebmTrack> tracks = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private long scaleNanos = 1_000_000;
    private long clusterTime;
    private long skipped;

    /**
     * Opens a file.
     *
     * @param file to read
     * @return a reader
     * @throws MediaFileException if it is no WebM file, or has no tracks
     * @throws IOException if it cannot be read
     */
    public static WebmReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return new WebmReader(in);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads up to the first frame.
     *
     * @param in at the start of a file, closed by {@link #close()}
     * @throws MediaFileException if it is no WebM file, or has no tracks
     * @throws IOException if it cannot be read
     */
    public WebmReader(InputStream in) throws IOException {
        this.in = in;
        if (readId() != Ebml.HEADER) {
            throw new MediaFileException("no EBML header: this is no WebM file");
        }
        byte[] header = body(readSize(), MAX_HEADER_BYTES, "header");
        String type = "";
        Walk walk = new Walk(header, 0, header.length);
        while (walk.next()) {
            if (walk.id == Ebml.DOC_TYPE) {
                type = walk.text();
            }
        }
        if (!type.equals("webm") && !type.equals("matroska")) {
            throw new MediaFileException("a document of type \"" + type + "\" and no WebM file");
        }
        while (tracks.isEmpty()) {
            int id = readIdOrEnd();
            if (id == 0 || id == Ebml.CLUSTER) {
                throw new MediaFileException("a WebM file without tracks");
            }
            long size = readSize();
            if (id == Ebml.INFO) {
                readInfo(body(size, MAX_HEADER_BYTES, "description"));
            } else if (id == Ebml.TRACKS) {
                readTracks(body(size, MAX_HEADER_BYTES, "description of tracks"));
            } else if (id != Ebml.SEGMENT) {
                skip(size);
            }
        }
    }

    /**
     * What the file holds.
     *
     * @return at least one track
     */
    public List<WebmTrack> tracks() {
        return List.copyOf(tracks);
    }

    /**
     * Blocks that were passed over: laced, of no known track, or damaged.
     *
     * @return a count since the beginning
     */
    public long skipped() {
        return skipped;
    }

    private void readInfo(byte[] body) {
        Walk walk = new Walk(body, 0, body.length);
        while (walk.next()) {
            if (walk.id == Ebml.TIMESTAMP_SCALE && walk.number() > 0 && walk.number() <= 1_000_000_000) {
                scaleNanos = walk.number();
            }
        }
    }

    private void readTracks(byte[] body) throws IOException {
        Walk entries = new Walk(body, 0, body.length);
        while (entries.next()) {
            if (entries.id != Ebml.TRACK_ENTRY) {
                continue;
            }
            long number = 0;
            long type = 0;
            String codec = "";
            byte[] codecPrivate = Bytes.EMPTY;
            long width = 0;
            long height = 0;
            long channels = 1;
            Walk entry = new Walk(body, entries.offset, entries.offset + entries.length);
            while (entry.next()) {
                switch (entry.id) {
                    case Ebml.TRACK_NUMBER -> number = entry.number();
                    case Ebml.TRACK_TYPE -> type = entry.number();
                    case Ebml.CODEC_ID -> codec = entry.text();
                    case Ebml.CODEC_PRIVATE -> codecPrivate = entry.bytes();
                    case Ebml.VIDEO, Ebml.AUDIO -> {
                        Walk inner = new Walk(body, entry.offset, entry.offset + entry.length);
                        while (inner.next()) {
                            switch (inner.id) {
                                case Ebml.PIXEL_WIDTH -> width = inner.number();
                                case Ebml.PIXEL_HEIGHT -> height = inner.number();
                                case Ebml.CHANNELS -> channels = inner.number();
                                default -> {}
                            }
                        }
                    }
                    default -> {}
                }
            }
            boolean video = type == 1 && width > 0 && width <= 65_536 && height > 0 && height <= 65_536;
            boolean audio = type == 2 && channels > 0 && channels <= 255;
            if ((video || audio) && tracks.size() < MAX_TRACKS) {
                numbers.add(number);
                tracks.add(new WebmTrack(
                        codec,
                        codecPrivate,
                        video,
                        video ? (int) width : 0,
                        video ? (int) height : 0,
                        video ? 0 : (int) channels));
            }
        }
        if (tracks.isEmpty()) {
            throw new MediaFileException("a WebM file without sound and pictures");
        }
    }

    /**
     * The next frame.
     *
     * @return null behind the last one; a file that ends within a frame ends before it
     * @throws MediaFileException if an element is larger than any frame
     * @throws IOException if the file cannot be read
     */
    public @Nullable Frame next() throws IOException {
        try {
            for (int id = readIdOrEnd(); id != 0; id = readIdOrEnd()) {
                long size = readSize();
                Frame frame = null;
                // Masters are entered and never left: no identifier has two meanings at different depths.
                switch (id) {
                    case Ebml.SEGMENT, Ebml.CLUSTER -> {}
                    case Ebml.TIMESTAMP -> {
                        byte[] body = body(size, 8, "time stamp");
                        clusterTime = new Walk(body, 0, body.length).numberOf(0, body.length);
                    }
                    case Ebml.SIMPLE_BLOCK -> frame = simpleBlock(body(size, MAX_BLOCK_BYTES, "block"));
                    case Ebml.BLOCK_GROUP -> frame = blockGroup(body(size, MAX_BLOCK_BYTES, "block"));
                    default -> skip(size);
                }
                if (frame != null) {
                    return frame;
                }
            }
        } catch (EOFException cutOff) {
            // A recording that was not closed ends like this.
            return null;
        }
        return null;
    }

    private @Nullable Frame simpleBlock(byte[] body) {
        return block(body, 0, body.length, null);
    }

    private @Nullable Frame blockGroup(byte[] body) {
        Walk walk = new Walk(body, 0, body.length);
        int offset = -1;
        int length = 0;
        boolean refers = false;
        while (walk.next()) {
            if (walk.id == Ebml.BLOCK) {
                offset = walk.offset;
                length = walk.length;
            }
            refers |= walk.id == Ebml.REFERENCE_BLOCK;
        }
        return offset < 0 ? passOver() : block(body, offset, length, !refers);
    }

    private @Nullable Frame block(byte[] body, int offset, int length, @Nullable Boolean keyFrame) {
        int at = offset;
        int end = offset + length;
        int width = at < end ? Integer.numberOfLeadingZeros(Bytes.u8(body, at)) - 23 : 9;
        if (width > 8 || end - at < width + 3) {
            return passOver();
        }
        long number = Bytes.u8(body, at) & (0xff >> width);
        for (int i = 1; i < width; i++) {
            number = number << 8 | Bytes.u8(body, at + i);
        }
        at += width;
        int track = numbers.indexOf(number);
        int flags = Bytes.u8(body, at + 2);
        if (track < 0 || (flags & 0x06) != 0) {
            return passOver();
        }
        long time = Math.max(0, clusterTime + (short) Bytes.u16(body, at));
        if (time > Long.MAX_VALUE / scaleNanos) {
            return passOver();
        }
        byte[] data = java.util.Arrays.copyOfRange(body, at + 3, end);
        return new Frame(track, data, time * scaleNanos, keyFrame == null ? (flags & 0x80) != 0 : keyFrame);
    }

    private @Nullable Frame passOver() {
        skipped++;
        return null;
    }

    private int read() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("the file ends within an element");
        }
        return value;
    }

    private int readId() throws IOException {
        int id = readIdOrEnd();
        if (id == 0) {
            throw new MediaFileException("an empty file");
        }
        return id;
    }

    /** 0 at the end of the file. */
    private int readIdOrEnd() throws IOException {
        int first = in.read();
        if (first < 0) {
            return 0;
        }
        int width = Integer.numberOfLeadingZeros(first) - 23;
        if (width > 4) {
            throw new MediaFileException("damaged: no element begins with " + first);
        }
        int id = first;
        for (int i = 1; i < width; i++) {
            id = id << 8 | read();
        }
        return id;
    }

    private long readSize() throws IOException {
        int first = read();
        int width = Integer.numberOfLeadingZeros(first) - 23;
        if (width > 8) {
            throw new MediaFileException("damaged: no size begins with " + first);
        }
        long size = first & (0xff >> width);
        for (int i = 1; i < width; i++) {
            size = size << 8 | read();
        }
        return size == (1L << (7 * width)) - 1 ? UNKNOWN : size;
    }

    private byte[] body(long size, int most, String what) throws IOException {
        if (size < 0 || size > most) {
            throw new MediaFileException("a " + what + " of " + size + " bytes; at most " + most + " are read");
        }
        byte[] body = in.readNBytes((int) size);
        if (body.length < size) {
            throw new EOFException("the file ends within a " + what);
        }
        return body;
    }

    private void skip(long size) throws IOException {
        if (size == UNKNOWN) {
            throw new MediaFileException("an element without a size that is neither segment nor cluster");
        }
        long left = size;
        while (left > 0) {
            long gone = in.skip(left);
            if (gone <= 0) {
                read();
                gone = 1;
            }
            left -= gone;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Walks over the elements of a master that is in memory; stops where a size overruns it. */
    private static final class Walk {
        private final byte[] data;
        private final int end;
        private int position;
        private int id;
        private int offset;
        private int length;

        Walk(byte[] data, int start, int end) {
            this.data = data;
            this.position = start;
            this.end = end;
        }

        boolean next() {
            if (position >= end) {
                return false;
            }
            int width = Integer.numberOfLeadingZeros(Bytes.u8(data, position)) - 23;
            if (width > 4 || end - position <= width) {
                return false;
            }
            id = (int) numberOf(position, width);
            position += width;
            int first = Bytes.u8(data, position);
            int sizeWidth = Integer.numberOfLeadingZeros(first) - 23;
            if (sizeWidth > 8 || end - position < sizeWidth) {
                return false;
            }
            long size = first & (0xff >> sizeWidth);
            for (int i = 1; i < sizeWidth; i++) {
                size = size << 8 | Bytes.u8(data, position + i);
            }
            position += sizeWidth;
            if (size > end - position) {
                return false;
            }
            offset = position;
            length = (int) size;
            position += length;
            return true;
        }

        long number() {
            return length > 8 ? -1 : numberOf(offset, length);
        }

        private long numberOf(int at, int count) {
            long value = 0;
            for (int i = 0; i < count; i++) {
                value = value << 8 | Bytes.u8(data, at + i);
            }
            return value;
        }

        String text() {
            return new String(data, offset, Math.min(length, 256), StandardCharsets.UTF_8);
        }

        byte[] bytes() {
            return java.util.Arrays.copyOfRange(data, offset, offset + length);
        }
    }
}
