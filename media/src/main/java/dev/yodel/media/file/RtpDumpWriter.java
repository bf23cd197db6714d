package dev.yodel.media.file;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes RTP and RTCP packets in the format of rtptools ({@code rtpdump -F dump}), which {@code rtpplay} and
 * Wireshark read. For one thread at a time.
 */
public final class RtpDumpWriter implements Closeable {
    /** What the length field of a record counts. */
    static final int RECORD_HEADER = 8;

    private final OutputStream out;
    private final long startNanos;
    private boolean closed;

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @param startNanos wall-clock time of the start since 1970
     * @return a writer
     * @throws IOException if the file cannot be written
     */
    public static RtpDumpWriter create(Path file, long startNanos) throws IOException {
        return new RtpDumpWriter(new BufferedOutputStream(Files.newOutputStream(file)), startNanos);
    }

    /**
     * Writes the header.
     *
     * @param out gets the file, closed by {@link #close()}
     * @param startNanos wall-clock time of the start since 1970
     * @throws IOException if it cannot be written
     */
    public RtpDumpWriter(OutputStream out, long startNanos) throws IOException {
        this.out = out;
        this.startNanos = startNanos;
        // Where the packets came from is not told: a connection has no one address.
        out.write("#!rtpplay1.0 0.0.0.0/5004\n".getBytes(StandardCharsets.US_ASCII));
        ByteBuffer header = ByteBuffer.allocate(16);
        header.putInt((int) (startNanos / 1_000_000_000)).putInt((int) (startNanos / 1_000 % 1_000_000));
        header.putInt(0).putShort((short) 5004);
        out.write(header.array());
    }

    /**
     * Appends a packet.
     *
     * @param rtcp whether it is RTCP, else RTP
     * @param data holds the packet; copied
     * @param offset first byte
     * @param length count of bytes, at most 65,527
     * @param timeNanos wall-clock time since 1970; before the start counts as the start
     * @throws IOException if the file cannot be written
     */
    public void write(boolean rtcp, byte[] data, int offset, int length, long timeNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length > 0xffff - RECORD_HEADER) {
            throw new IllegalArgumentException("a packet has at most 65527 bytes, not " + length);
        }
        if (closed) {
            throw new IOException("the file is closed");
        }
        long millis = Math.min(0xffff_ffffL, Math.max(0, timeNanos - startNanos) / 1_000_000);
        ByteBuffer header = ByteBuffer.allocate(RECORD_HEADER);
        header.putShort((short) (length + RECORD_HEADER))
                .putShort((short) (rtcp ? 0 : length))
                .putInt((int) millis);
        out.write(header.array());
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
