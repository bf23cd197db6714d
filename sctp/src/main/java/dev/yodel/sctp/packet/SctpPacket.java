package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.Crc32c;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed packet: all chunks or, when a length or a count lies anywhere, none. It judges no state. RFC 9260
 * 3.
 */
public record SctpPacket(int verificationTag, List<Chunk> chunks) {
    public static final int HEADER_BYTES = 12;

    /** Whether the checksum is right. RFC 9260 6.8. */
    public static boolean isChecksumRight(byte[] in, int offset, int length) {
        return length >= HEADER_BYTES + Chunk.HEADER_BYTES
                && Bytes.i32(in, offset + 8) == Crc32c.ofSctpPacket(in, offset, length);
    }

    /** Whether a packet has no checksum but zero in its place. RFC 9653 3. */
    public static boolean isChecksumZero(byte[] in, int offset, int length) {
        return length >= HEADER_BYTES + Chunk.HEADER_BYTES && Bytes.i32(in, offset + 8) == 0;
    }

    /**
     * Parses a packet whose checksum was checked.
     *
     * @return null if it is malformed
     */
    public static @Nullable SctpPacket parse(byte[] in, int offset, int length) {
        if (length < HEADER_BYTES + Chunk.HEADER_BYTES) {
            return null;
        }
        List<Chunk> chunks = new ArrayList<>(4);
        int end = offset + length;
        int at = offset + HEADER_BYTES;
        while (at < end) {
            if (end - at < Chunk.HEADER_BYTES) {
                return null;
            }
            int size = Bytes.u16(in, at + 2);
            // C01: RFC 9260 3.2: the length counts the header, so 0 to 3 cannot be.
            if (size < Chunk.HEADER_BYTES || size > end - at) {
                return null;
            }
            Chunk chunk = parseChunk(in, at, size);
            if (chunk == null) {
                return null;
            }
            chunks.add(chunk);
            at = Math.min(end, at + ((size + 3) & ~3));
        }
        return new SctpPacket(Bytes.i32(in, offset + 4), chunks);
    }

    /** Whether it has a chunk that RFC 9653 5.2 wants protected by a checksum. */
    public boolean opensAssociation() {
        for (Chunk chunk : chunks) {
            if (chunk instanceof InitChunk || chunk.type() == ChunkType.COOKIE_ECHO) {
                return true;
            }
        }
        return false;
    }

    /** A chunk's bytes without padding. */
    public static byte[] bytes(Chunk chunk) {
        ByteWriter out = new ByteWriter(chunk.sizeBytes());
        chunk.write(out);
        return out.toByteArray();
    }

    private static @Nullable Chunk parseChunk(byte[] in, int at, int size) {
        int type = Bytes.u8(in, at);
        int flags = Bytes.u8(in, at + 1);
        return switch (type) {
            case ChunkType.DATA -> DataChunk.parse(in, at, size, flags);
            case ChunkType.I_DATA -> DataChunk.parseInterleaved(in, at, size, flags);
            case ChunkType.INIT, ChunkType.INIT_ACK -> InitChunk.parse(in, at, size, type == ChunkType.INIT_ACK);
            case ChunkType.SACK -> SackChunk.parse(in, at, size);
            case ChunkType.HEARTBEAT,
                    ChunkType.HEARTBEAT_ACK,
                    ChunkType.ABORT,
                    ChunkType.ERROR,
                    ChunkType.COOKIE_ECHO -> OpaqueChunk.parse(in, at, size, type, flags);
            case ChunkType.SHUTDOWN -> size == 8 ? new ShutdownChunk(Bytes.i32(in, at + 4)) : null;
            case ChunkType.SHUTDOWN_ACK, ChunkType.COOKIE_ACK, ChunkType.SHUTDOWN_COMPLETE ->
                size == Chunk.HEADER_BYTES ? new SignalChunk(type, flags) : null;
            case ChunkType.FORWARD_TSN -> ForwardTsnChunk.parse(in, at, size);
            case ChunkType.I_FORWARD_TSN -> InterleavedForwardChunk.parse(in, at, size);
            case ChunkType.PAD -> new PadChunk(size);
            case ChunkType.RE_CONFIG -> ReConfigChunk.parse(in, at, size);
            default -> UnknownChunk.parse(in, at, size, type, flags);
        };
    }

    /** Whether the verification tag is the one that such chunks must carry; a tag of 0 is not known yet. RFC 9260 8.5. */
    public boolean hasRightTag(int localTag, int peerTag) {
        for (Chunk chunk : chunks) {
            if (chunk.type() == ChunkType.INIT) {
                return verificationTag == 0 && chunks.size() == 1;
            }
        }
        Chunk first = chunks.get(0);
        if (first.type() == ChunkType.COOKIE_ECHO) {
            return verificationTag != 0;
        }
        boolean reflected =
                (first instanceof OpaqueChunk abort && abort.type() == ChunkType.ABORT && abort.isTagReflected())
                        || (first instanceof SignalChunk signal
                                && signal.type() == ChunkType.SHUTDOWN_COMPLETE
                                && signal.isTagReflected());
        int expected = reflected ? peerTag : localTag;
        return expected != 0 && verificationTag == expected;
    }

    /** Begins a packet: ports and tag, with room for the checksum. */
    public static void writeHeader(ByteWriter out, int localPort, int remotePort, int verificationTag) {
        out.put16(localPort).put16(remotePort).put32(verificationTag).put32(0);
    }

    /** Writes the checksum of a finished packet. */
    public static void seal(byte[] packet, int offset, int length) {
        Bytes.put32(packet, offset + 8, Crc32c.ofSctpPacket(packet, offset, length));
    }
}
