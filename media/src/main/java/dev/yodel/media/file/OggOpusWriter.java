package dev.yodel.media.file;

import dev.yodel.media.opus.OpusPacket;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes Opus packets into an Ogg file (RFC 7845), one page for about a second. It does not encode, and leaves gaps to its
 * caller. For one thread at a time.
 */
public final class OggOpusWriter implements Closeable {
    private static final int HEADER = 27;
    private static final int PAGE_SAMPLES = OpusPacket.CLOCK_RATE_HZ;
    private static final int PRE_SKIP = 312;

    private final OutputStream out;
    private final int serial;
    private final byte[] body = new byte[255 * 255];
    private final byte[] lacing = new byte[255];
    private int bodyLength;
    private int segments;
    private int pageSamples;
    private long granule;
    private int pageNumber;
    private boolean closed;

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @param channels what the packets were made from, 1 or 2
     * @return a writer
     * @throws IOException if the file cannot be written
     */
    public static OggOpusWriter create(Path file, int channels) throws IOException {
        return new OggOpusWriter(new BufferedOutputStream(Files.newOutputStream(file)), channels, 0x79_6f_64_6c);
    }

    /**
     * Writes the headers.
     *
     * @param out gets the file, closed by {@link #close()}
     * @param channels what the packets were made from, 1 or 2
     * @param serial the stream's number within the file, any
     * @throws IOException if it cannot be written
     */
    public OggOpusWriter(OutputStream out, int channels, int serial) throws IOException {
        if (channels < 1 || channels > 2) {
            throw new IllegalArgumentException("channels must be 1 or 2, was " + channels);
        }
        this.out = out;
        this.serial = serial;
        ByteBuffer head = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
        head.put("OpusHead".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) channels);
        head.putShort((short) PRE_SKIP)
                .putInt(OpusPacket.CLOCK_RATE_HZ)
                .putShort((short) 0)
                .put((byte) 0);
        add(head.array(), 0, 19);
        writePage(2);
        byte[] vendor = "yodel".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer tags = ByteBuffer.allocate(16 + vendor.length).order(ByteOrder.LITTLE_ENDIAN);
        tags.put("OpusTags".getBytes(StandardCharsets.US_ASCII))
                .putInt(vendor.length)
                .put(vendor)
                .putInt(0);
        add(tags.array(), 0, tags.capacity());
        writePage(0);
    }

    /**
     * Appends a packet.
     *
     * @param data holds the packet; copied
     * @param offset first byte
     * @param length count of bytes
     * @throws IOException if the file cannot be written
     * @throws IllegalArgumentException if it is no Opus packet, or longer than 61,440 bytes
     */
    public void write(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (closed) {
            throw new IOException("the Ogg file is closed");
        }
        int samples = OpusPacket.samples(data, offset, length);
        if (samples < 0 || length > 61_440) {
            throw new IllegalArgumentException("these " + length + " bytes are no Opus packet");
        }
        if (segments + length / 255 + 1 > 255 || pageSamples + samples > PAGE_SAMPLES) {
            writePage(0);
        }
        add(data, offset, length);
        granule += samples;
        pageSamples += samples;
    }

    private void add(byte[] data, int offset, int length) {
        System.arraycopy(data, offset, body, bodyLength, length);
        bodyLength += length;
        int rest = length;
        while (rest >= 255) {
            lacing[segments++] = (byte) 255;
            rest -= 255;
        }
        lacing[segments++] = (byte) rest;
    }

    private void writePage(int flags) throws IOException {
        byte[] header = new byte[HEADER + segments];
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        fields.put("OggS".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) flags);
        fields.putLong(granule).putInt(serial).putInt(pageNumber++).putInt(0).put((byte) segments);
        fields.put(lacing, 0, segments);
        int crc = OggCrc.update(OggCrc.update(0, header, 0, header.length), body, 0, bodyLength);
        fields.putInt(22, crc);
        out.write(header);
        out.write(body, 0, bodyLength);
        bodyLength = 0;
        segments = 0;
        pageSamples = 0;
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            writePage(4);
        }
    }
}
