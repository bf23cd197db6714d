package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;

/** A packet that is being written: header, chunks with their padding, checksum. It chooses no chunks. RFC 9260 3. */
public final class PacketBuilder {
    private final int localPort;
    private final int remotePort;
    private final int maxBytes;
    private ByteWriter out = new ByteWriter(0);
    private boolean needsChecksum;

    public PacketBuilder(int localPort, int remotePort, int maxBytes) {
        this.localPort = localPort;
        this.remotePort = remotePort;
        this.maxBytes = maxBytes & ~3;
    }

    /** Begins a packet of the usual size. */
    public PacketBuilder begin(byte[] into, int offset, int verificationTag) {
        return begin(into, offset, verificationTag, maxBytes);
    }

    /** Begins a packet of up to so many bytes, a multiple of four, at a place of an array with room for them. */
    public PacketBuilder begin(byte[] into, int offset, int verificationTag, int mostBytes) {
        out = new ByteWriter(into, offset, mostBytes);
        SctpPacket.writeHeader(out, localPort, remotePort, verificationTag);
        needsChecksum = false;
        return this;
    }

    /** Adds a chunk that fits. */
    public PacketBuilder put(Chunk chunk) {
        // RFC 9653 5.2: what opens an association is protected, whatever the peer accepts.
        needsChecksum |= chunk instanceof InitChunk || chunk.type() == ChunkType.COOKIE_ECHO;
        chunk.write(out);
        out.padTo(4);
        return this;
    }

    /** Room left, a multiple of four. */
    public int remaining() {
        return out.remaining();
    }

    /** Bytes written. */
    public int length() {
        return out.length();
    }

    public boolean isEmpty() {
        return out.length() == SctpPacket.HEADER_BYTES;
    }

    /** Whether the peer may be given a zero in place of the checksum, if it accepts that at all. */
    public boolean mayHaveZeroChecksum() {
        return !needsChecksum;
    }

    /** Ends the packet without a checksum; its length. */
    public int finishWithZeroChecksum() {
        return out.length();
    }

    /** Ends the packet; its length. */
    public int finish() {
        int length = out.length();
        SctpPacket.seal(out.array(), out.position() - length, length);
        return length;
    }
}
