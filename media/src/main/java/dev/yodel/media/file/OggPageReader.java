package dev.yodel.media.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts one logical Ogg stream into packets (RFC 3533). Pages of other streams are passed over; a page with a wrong
 * checksum ends the reading. Memory is bounded by the longest packet it is told to allow.
 */
final class OggPageReader {
    private static final int HEADER = 27;
    private static final int CONTINUED = 1;
    private static final int FIRST = 2;
    private static final int LAST = 4;
    /** Foreign pages in a row before it gives up: no real file interleaves that unevenly. */
    private static final int MAX_FOREIGN = 10_000;

    private final InputStream in;
    private final byte[] header = new byte[HEADER + 255];
    private final byte[] body = new byte[255 * 255];
    private byte[] packet = new byte[4096];
    private int packetLength;
    private boolean begun;
    private int serial;
    private int segments;
    private int segment;
    private int bodyAt;
    private boolean last;
    private boolean anyPage;
    private long granule = -1;

    OggPageReader(InputStream in) {
        this.in = in;
    }

    /** Granule position of the page that holds the end of the packet read last; -1 if it has none. */
    long granule() {
        return granule;
    }

    /** Whether the packet read last ended the last page of the stream. */
    boolean atEnd() {
        return last && segment == segments;
    }

    /** Bytes of the packet read last, valid until the next call. */
    byte[] packet() {
        return packet;
    }

    /**
     * Reads the next packet into {@link #packet()}.
     *
     * @param maxLength longer packets are passed over but for their first bytes
     * @return its length, maybe more than {@code maxLength}; -1 after the last one
     */
    int next(int maxLength) throws IOException {
        packetLength = 0;
        long total = 0;
        begun = false;
        while (true) {
            if (segment == segments) {
                if (last || !readPage()) {
                    if (begun) {
                        throw new MediaFileException("the Ogg stream ends within a packet");
                    }
                    return -1;
                }
                boolean continued = (header[5] & CONTINUED) != 0;
                if (continued && !begun) {
                    skipRestOfPacket();
                    continue;
                }
                if (!continued && begun) {
                    throw new MediaFileException("an Ogg page is missing within a packet");
                }
                continue;
            }
            int length = header[HEADER + segment++] & 0xff;
            begun = true;
            int kept = (int) Math.max(0, Math.min(length, maxLength - total));
            append(kept);
            bodyAt += length;
            total += length;
            if (total > 64L << 20) {
                throw new MediaFileException("an Ogg packet of more than 64 MiB");
            }
            if (length < 255) {
                return (int) total;
            }
        }
    }

    private void append(int count) {
        if (packet.length < packetLength + count) {
            packet = Arrays.copyOf(packet, Math.max(packet.length * 2, packetLength + count));
        }
        System.arraycopy(body, bodyAt, packet, packetLength, count);
        packetLength += count;
    }

    private void skipRestOfPacket() {
        int length = 255;
        while (segment < segments && length == 255) {
            length = header[HEADER + segment++] & 0xff;
            bodyAt += length;
        }
    }

    /** The next page of our stream; false at the end of the file. */
    private boolean readPage() throws IOException {
        for (int foreign = 0; foreign < MAX_FOREIGN; foreign++) {
            int got = in.readNBytes(header, 0, HEADER);
            if (got == 0) {
                return false;
            }
            if (got < HEADER) {
                throw new EOFException("the Ogg file ends in a page header");
            }
            if (header[0] != 'O' || header[1] != 'g' || header[2] != 'g' || header[3] != 'S' || header[4] != 0) {
                throw new MediaFileException(anyPage ? "something between Ogg pages" : "no Ogg file");
            }
            int count = header[26] & 0xff;
            if (in.readNBytes(header, HEADER, count) < count) {
                throw new EOFException("the Ogg file ends in a page header");
            }
            int length = 0;
            for (int i = 0; i < count; i++) {
                length += header[HEADER + i] & 0xff;
            }
            if (in.readNBytes(body, 0, length) < length) {
                throw new EOFException("the Ogg file ends in a page");
            }
            checkCrc(count, length);
            int pageSerial = littleEndian(14);
            boolean first = (header[5] & FIRST) != 0;
            if (!anyPage && first) {
                serial = pageSerial;
                anyPage = true;
            } else if (!anyPage || pageSerial != serial) {
                continue;
            }
            segments = count;
            segment = 0;
            bodyAt = 0;
            last = (header[5] & LAST) != 0;
            granule = (littleEndian(6) & 0xffff_ffffL) | ((long) littleEndian(10) << 32);
            return true;
        }
        throw new MediaFileException(MAX_FOREIGN + " Ogg pages in a row belong to other streams");
    }

    private void checkCrc(int count, int length) throws IOException {
        int expected = littleEndian(22);
        Arrays.fill(header, 22, 26, (byte) 0);
        int crc = OggCrc.update(0, header, 0, HEADER + count);
        if (OggCrc.update(crc, body, 0, length) != expected) {
            throw new MediaFileException("an Ogg page is damaged: its checksum is wrong");
        }
    }

    private int littleEndian(int at) {
        return (header[at] & 0xff)
                | ((header[at + 1] & 0xff) << 8)
                | ((header[at + 2] & 0xff) << 16)
                | ((header[at + 3] & 0xff) << 24);
    }
}
