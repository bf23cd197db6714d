package dev.yodel.media.file;

import dev.yodel.io.Time;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of an IVF file. It does not decode, and trusts nothing: sizes are bounded before anything is
 * allocated. For one thread at a time.
 */
public final class IvfReader implements Closeable {
    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 12;
    private static final int MAX_FRAME_BYTES = 4 << 20;

    private final InputStream in;
    private final String encodingName;
    private final long rate;
    private final long scale;

    /**
     * Opens a file.
     *
     * @param file to read
     * @return a reader
     * @throws MediaFileException if it is no IVF file
     * @throws IOException if it cannot be read
     */
    public static IvfReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return new IvfReader(in);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads the header.
     *
     * @param in at the start of a file, closed by {@link #close()}
     * @throws MediaFileException if it is no IVF file
     * @throws IOException if it cannot be read
     */
    public IvfReader(InputStream in) throws IOException {
        this.in = in;
        byte[] bytes = in.readNBytes(HEADER);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < HEADER || !new String(bytes, 0, 4, StandardCharsets.US_ASCII).equals("DKIF")) {
            throw new MediaFileException("no DKIF header: this is no IVF file");
        }
        String fourCc = new String(bytes, 8, 4, StandardCharsets.US_ASCII);
        this.encodingName = fourCc.equals("AV01") ? "AV1" : fourCc.substring(0, 3);
        this.rate = header.getInt(16) & 0xffff_ffffL;
        this.scale = header.getInt(20) & 0xffff_ffffL;
        int size = header.getShort(6) & 0xffff;
        if (rate == 0 || scale == 0 || rate > 1_000_000_000 || scale > 1_000_000_000 || size < HEADER) {
            throw new MediaFileException("an IVF file whose clock is " + rate + " / " + scale);
        }
        in.skipNBytes(size - HEADER);
    }

    /**
     * The codec.
     *
     * @return for example {@code VP8}
     */
    public String encodingName() {
        return encodingName;
    }

    /**
     * The next frame.
     *
     * @return null behind the last one; a file that ends within a frame ends before it. Whether it is a key frame, the file
     *     does not say: all are marked so
     * @throws MediaFileException if a frame is larger than any frame, or its time is
     * @throws IOException if the file cannot be read
     */
    public WebmReader.@Nullable Frame next() throws IOException {
        byte[] bytes = in.readNBytes(FRAME_HEADER);
        if (bytes.length < FRAME_HEADER) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int size = header.getInt();
        long ticks = header.getLong();
        if (size < 0 || size > MAX_FRAME_BYTES || ticks < 0 || ticks > Long.MAX_VALUE / Time.SECOND / scale) {
            throw new MediaFileException("a frame of " + size + " bytes at " + ticks + " in an IVF file");
        }
        byte[] data = in.readNBytes(size);
        return data.length < size ? null : new WebmReader.Frame(0, data, ticks * scale * Time.SECOND / rate, true);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
