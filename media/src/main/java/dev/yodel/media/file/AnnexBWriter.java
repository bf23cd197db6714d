package dev.yodel.media.file;

import dev.yodel.io.Bytes;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes access units of H.264 or H.265 one behind the other, with start codes (Annex B of both). The file knows no times:
 * a player shows its pictures at the rate that it thinks right. For one thread at a time.
 */
public final class AnnexBWriter implements Closeable {
    private static final byte[] START_CODE = {0, 0, 0, 1};

    private final OutputStream out;
    private boolean closed;
    private long frames;

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @return a writer
     * @throws IOException if the file cannot be written
     */
    public static AnnexBWriter create(Path file) throws IOException {
        return new AnnexBWriter(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    }

    /**
     * Writes to a stream.
     *
     * @param out gets the file, closed by {@link #close()}
     */
    public AnnexBWriter(OutputStream out) {
        this.out = Objects.requireNonNull(out, "out");
    }

    /**
     * Appends an access unit.
     *
     * @param data holds it, with start codes or with lengths of four bytes in front of each unit (AVCC); copied
     * @param offset first byte
     * @param length count of bytes
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if it is neither form; nothing is written then
     */
    public void write(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (closed) {
            throw new IOException("the file is closed");
        }
        int end = offset + length;
        if (startsWithStartCode(data, offset, end)) {
            out.write(data, offset, length);
        } else if (areLengths(data, offset, end)) {
            for (int at = offset; at < end; ) {
                int unit = (int) Bytes.u32(data, at);
                out.write(START_CODE);
                out.write(data, at + 4, unit);
                at += 4 + unit;
            }
        } else {
            throw new IllegalArgumentException("these " + length
                    + " bytes are no access unit with start codes, and none with lengths of four bytes");
        }
        frames++;
    }

    private static boolean startsWithStartCode(byte[] data, int offset, int end) {
        int at = offset;
        while (at < end && data[at] == 0) {
            at++;
        }
        return at < end && data[at] == 1 && at - offset >= 2 && at - offset <= 3;
    }

    private static boolean areLengths(byte[] data, int offset, int end) {
        int at = offset;
        while (at < end) {
            if (end - at < 4 || Bytes.u32(data, at) > end - at - 4) {
                return false;
            }
            at += 4 + (int) Bytes.u32(data, at);
        }
        return end > offset;
    }

    /**
     * Access units in the file.
     *
     * @return a count so far
     */
    public long frames() {
        return frames;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            out.close();
        }
    }
}
