package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a user message. RFC 9260 3.3.1.
 *
 * <pre>
 * | type 0 | res I U B E | length |
 * | TSN                           |
 * | stream id    | SSN            |
 * | payload protocol id           |
 * | data ...                      |
 * </pre>
 *
 * <p>A parsed chunk is a view of the packet; it is valid while the packet is.
 */
@SuppressWarnings("ArrayRecordComponent")
public record DataChunk(int flags, int tsn, int streamId, int ssn, int ppid, byte[] data, int offset, int length)
        implements Chunk {
    public static final int OVERHEAD_BYTES = 16;
    public static final int FLAG_END = 1;
    public static final int FLAG_BEGIN = 2;
    public static final int FLAG_UNORDERED = 4;
    public static final int FLAG_IMMEDIATE = 8;

    static @Nullable DataChunk parse(byte[] in, int at, int length, int flags) {
        // RFC 9260 3.3.1: a DATA chunk without user data is an error.
        if (length <= OVERHEAD_BYTES) {
            return null;
        }
        return new DataChunk(
                flags,
                Bytes.i32(in, at + 4),
                Bytes.u16(in, at + 8),
                Bytes.u16(in, at + 10),
                Bytes.i32(in, at + 12),
                in,
                at + OVERHEAD_BYTES,
                length - OVERHEAD_BYTES);
    }

    public boolean isBegin() {
        return (flags & FLAG_BEGIN) != 0;
    }

    public boolean isEnd() {
        return (flags & FLAG_END) != 0;
    }

    public boolean isUnordered() {
        return (flags & FLAG_UNORDERED) != 0;
    }

    public boolean isImmediate() {
        return (flags & FLAG_IMMEDIATE) != 0;
    }

    @Override
    public int type() {
        return ChunkType.DATA;
    }

    @Override
    public int sizeBytes() {
        return OVERHEAD_BYTES + length;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, flags);
        out.put32(tsn).put16(streamId).put16(ssn).put32(ppid).put(data, offset, length);
    }

    @Override
    public String toString() {
        return "DATA tsn=" + Integer.toUnsignedString(tsn) + " sid=" + streamId + " ssn=" + ssn + " ppid=" + ppid
                + " flags=" + flags + " length=" + length;
    }
}
