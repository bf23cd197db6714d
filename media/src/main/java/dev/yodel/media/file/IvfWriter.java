package dev.yodel.media.file;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** Writes video frames into an IVF file with times in milliseconds. It does not encode. For one thread at a time. */
public final class IvfWriter implements Closeable {
    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 12;
    private static final long NANOS_PER_TICK = 1_000_000;

    private final OutputStream out;
    private final ByteBuffer frameHeader = ByteBuffer.allocate(FRAME_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    private boolean closed;

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @param encodingName {@code VP8}, {@code VP9} or {@code AV1}
     * @param keyFrame the first frame, of which the size is read; it is not written
     * @return a writer
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if the frame is no key frame of the codec
     */
    public static IvfWriter create(Path file, String encodingName, byte[] keyFrame) throws IOException {
        VideoHeader header = VideoHeader.read(encodingName, keyFrame);
        if (header == null) {
            throw new IllegalArgumentException("an IVF file begins with a key frame of VP8, VP9 or AV1");
        }
        return new IvfWriter(
                new BufferedOutputStream(Files.newOutputStream(file)), encodingName, header.width(), header.height());
    }

    /**
     * Writes the header.
     *
     * @param out gets the file, closed by {@link #close()}
     * @param encodingName {@code VP8}, {@code VP9} or {@code AV1}
     * @param width pixels
     * @param height pixels
     * @throws IOException if it cannot be written
     */
    public IvfWriter(OutputStream out, String encodingName, int width, int height) throws IOException {
        this.out = out;
        String fourCc = (encodingName.toUpperCase(Locale.ROOT) + "0").substring(0, 3) + "0";
        if (encodingName.equalsIgnoreCase("AV1")) {
            fourCc = "AV01";
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.put("DKIF".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 0)
                .putShort((short) HEADER);
        header.put(fourCc.getBytes(StandardCharsets.US_ASCII))
                .putShort((short) width)
                .putShort((short) height);
        header.putInt(1000).putInt(1).putInt(0).putInt(0);
        out.write(header.array());
    }

    /**
     * Appends a frame.
     *
     * @param data holds the frame
     * @param offset first byte
     * @param length count of bytes
     * @param timeNanos from the start of the file
     * @throws IOException if the file cannot be written, or is closed
     */
    public void write(byte[] data, int offset, int length, long timeNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (closed) {
            throw new IOException("the IVF file is closed");
        }
        frameHeader.clear();
        frameHeader.putInt(length).putLong(timeNanos / NANOS_PER_TICK);
        out.write(frameHeader.array());
        out.write(data, offset, length);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            out.close();
        }
    }
}
