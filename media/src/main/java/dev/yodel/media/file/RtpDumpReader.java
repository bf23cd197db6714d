package dev.yodel.media.file;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads RTP and RTCP packets in the format of rtptools. It looks into none of them. For one thread at a time. */
public final class RtpDumpReader implements Closeable {
    private static final String MAGIC = "#!rtpplay1.0 ";
    private static final int MAX_LINE = 256;
    private static final int HEADER = 16;

    /**
     * A packet.
     *
     * @param rtcp whether it is RTCP, else RTP
     * @param data its bytes, the receiver's own
     * @param originalLength bytes on the wire; more than there are where the dump kept the beginning only
     * @param offsetNanos since the start of the dump
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    public record Packet(boolean rtcp, byte[] data, int originalLength, long offsetNanos) {}

    private final InputStream in;
    private final long startNanos;

    /**
     * Opens a file.
     *
     * @param file to read
     * @return a reader
     * @throws MediaFileException if it is no dump
     * @throws IOException if it cannot be read
     */
    public static RtpDumpReader open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        try {
            return new RtpDumpReader(in);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /**
     * Reads the header.
     *
     * @param in at the start of a dump, closed by {@link #close()}
     * @throws MediaFileException if it is no dump
     * @throws IOException if it cannot be read
     */
    public RtpDumpReader(InputStream in) throws IOException {
        this.in = in;
        StringBuilder line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n' && line.length() < MAX_LINE) {
            line.append((char) next);
            next = in.read();
        }
        byte[] header = in.readNBytes(HEADER);
        if (!line.toString().startsWith(MAGIC) || next != '\n' || header.length < HEADER) {
            throw new MediaFileException("no line \"" + MAGIC + "\": this is no RTP dump");
        }
        ByteBuffer fields = ByteBuffer.wrap(header);
        long seconds = fields.getInt() & 0xffff_ffffL;
        long micros = fields.getInt() & 0xffff_ffffL;
        startNanos = seconds * 1_000_000_000 + micros * 1_000;
    }

    /**
     * When the dump began.
     *
     * @return wall-clock nanoseconds since 1970
     */
    public long startNanos() {
        return startNanos;
    }

    /**
     * The next packet.
     *
     * @return null behind the last one; a file that ends within a packet ends before it
     * @throws MediaFileException if a record contradicts itself
     * @throws IOException if the file cannot be read
     */
    public @Nullable Packet next() throws IOException {
        byte[] bytes = in.readNBytes(RtpDumpWriter.RECORD_HEADER);
        if (bytes.length < RtpDumpWriter.RECORD_HEADER) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes);
        int length = (header.getShort() & 0xffff) - RtpDumpWriter.RECORD_HEADER;
        int rtpLength = header.getShort() & 0xffff;
        long millis = header.getInt() & 0xffff_ffffL;
        if (length < 0 || (rtpLength != 0 && rtpLength < length)) {
            throw new MediaFileException("a record of " + length + " bytes for a packet of " + rtpLength);
        }
        byte[] data = in.readNBytes(length);
        return data.length < length
                ? null
                : new Packet(rtpLength == 0, data, Math.max(rtpLength, length), millis * 1_000_000);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
