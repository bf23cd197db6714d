package dev.yodel.media.file;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Writes packets into a capture file (pcap 2.4, microseconds, raw IPv4) behind made-up IP and UDP headers, for Wireshark,
 * tshark and tcpdump. Addresses are of the blocks for documentation and benchmarks (RFC 5737, RFC 2544). For one
 * thread at a time.
 */
public final class PcapWriter implements Closeable {
    /** The most that fits an IP packet. */
    public static final int MAX_PAYLOAD_BYTES = 65_535 - 28;

    private static final int LINKTYPE_RAW = 101;
    private static final int HEADERS = 28;
    /** 192.0.2.1, which stands for us. */
    private static final int LOCAL = 0xc000_0201;
    /** 198.18.0.0/15, in which each peer has an address. */
    private static final int REMOTES = 0xc612_0000;

    private final OutputStream out;
    private final ByteBuffer header = ByteBuffer.allocate(16 + HEADERS);
    private final ByteBuffer little = ByteBuffer.wrap(header.array()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    private boolean closed;
    private long packets;

    /**
     * Creates or overwrites a file.
     *
     * @param file to write
     * @return a writer
     * @throws IOException if the file cannot be written
     */
    public static PcapWriter create(Path file) throws IOException {
        return new PcapWriter(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
    }

    /**
     * Writes the header.
     *
     * @param out gets the file, closed by {@link #close()}
     * @throws IOException if it cannot be written
     */
    public PcapWriter(OutputStream out) throws IOException {
        this.out = out;
        ByteBuffer file = ByteBuffer.allocate(24).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        file.putInt(0xa1b2_c3d4).putShort((short) 2).putShort((short) 4);
        file.putInt(0).putInt(0).putInt(65_535).putInt(LINKTYPE_RAW);
        out.write(file.array());
    }

    /**
     * Appends a packet.
     *
     * @param outgoing whether we sent it, else the peer
     * @param peer number of the peer, from 1 to 131,070, which its address tells
     * @param port UDP port of both ends, which tells the protocol
     * @param data holds the packet; copied
     * @param offset first byte
     * @param length count of bytes, at most {@link #MAX_PAYLOAD_BYTES}
     * @param timeNanos wall-clock time since 1970
     * @throws IOException if the file cannot be written
     */
    public void write(boolean outgoing, int peer, int port, byte[] data, int offset, int length, long timeNanos)
            throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length > MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("a packet has at most " + MAX_PAYLOAD_BYTES + " bytes, not " + length);
        }
        if (closed) {
            throw new IOException("the capture file is closed");
        }
        int total = HEADERS + length;
        little.clear();
        little.putInt((int) (timeNanos / 1_000_000_000)).putInt((int) (timeNanos / 1_000 % 1_000_000));
        little.putInt(total).putInt(total);
        int remote = REMOTES | (peer & 0x1_ffff);
        header.clear().position(16);
        header.putShort((short) 0x4500).putShort((short) total);
        header.putShort((short) packets).putShort((short) 0x4000);
        header.put((byte) 64).put((byte) 17).putShort((short) 0);
        header.putInt(outgoing ? LOCAL : remote).putInt(outgoing ? remote : LOCAL);
        header.putShort(26, (short) checksum());
        // RFC 768: a checksum of zero says that there is none.
        header.putShort((short) port).putShort((short) port);
        header.putShort((short) (8 + length)).putShort((short) 0);
        out.write(header.array());
        out.write(data, offset, length);
        packets++;
    }

    /** RFC 791 3.1. */
    private int checksum() {
        int sum = 0;
        for (int at = 16; at < 36; at += 2) {
            sum += header.getShort(at) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        return ~sum & 0xffff;
    }

    /**
     * Packets in the file.
     *
     * @return a count so far
     */
    public long packets() {
        return packets;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            out.close();
        }
    }
}
