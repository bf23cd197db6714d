package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a user message: DATA, or I-DATA where both sides can interleave messages. RFC 9260 3.3.1, RFC 8260 2.1.
 *
 * <pre>
 * | type 0 | res I U B E | length |    | type 64 | res I U B E | length |
 * | TSN                           |    | TSN                            |
 * | stream id    | SSN            |    | stream id    | reserved        |
 * | payload protocol id           |    | message id                     |
 * | data ...                      |    | payload protocol id or FSN     |
 *                                      | data ...                       |
 * </pre>
 *
 * <p>Of I-DATA, the first piece carries the payload protocol identifier and has fragment number 0; the others carry their
 * fragment number and no identifier. A parsed chunk is a view of the packet; it is valid while the packet is.
 *
 * @param interleaved whether it is I-DATA
 * @param messageNumber the stream sequence number of DATA, the message identifier of I-DATA
 * @param fragment the fragment sequence number of I-DATA, 0 for DATA
 */
@SuppressWarnings("ArrayRecordComponent")
public record DataChunk(
        boolean interleaved,
        int flags,
        int tsn,
        int streamId,
        int messageNumber,
        int fragment,
        int ppid,
        byte[] data,
        int offset,
        int length)
        implements Chunk {
    public static final int OVERHEAD_BYTES = 16;
    public static final int INTERLEAVED_OVERHEAD_BYTES = 20;
    public static final int FLAG_END = 1;
    public static final int FLAG_BEGIN = 2;
    public static final int FLAG_UNORDERED = 4;
    public static final int FLAG_IMMEDIATE = 8;

    /** A DATA chunk. */
    public DataChunk(int flags, int tsn, int streamId, int ssn, int ppid, byte[] data, int offset, int length) {
        this(false, flags, tsn, streamId, ssn, 0, ppid, data, offset, length);
    }

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

    static @Nullable DataChunk parseInterleaved(byte[] in, int at, int length, int flags) {
        if (length <= INTERLEAVED_OVERHEAD_BYTES) {
            return null;
        }
        boolean isBegin = (flags & FLAG_BEGIN) != 0;
        int identifierOrFragment = Bytes.i32(in, at + 16);
        return new DataChunk(
                true,
                flags,
                Bytes.i32(in, at + 4),
                Bytes.u16(in, at + 8),
                Bytes.i32(in, at + 12),
                isBegin ? 0 : identifierOrFragment,
                isBegin ? identifierOrFragment : 0,
                in,
                at + INTERLEAVED_OVERHEAD_BYTES,
                length - INTERLEAVED_OVERHEAD_BYTES);
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

    /** The stream sequence number of DATA. */
    public int ssn() {
        return messageNumber;
    }

    @Override
    public int type() {
        return interleaved ? ChunkType.I_DATA : ChunkType.DATA;
    }

    @Override
    public int sizeBytes() {
        return (interleaved ? INTERLEAVED_OVERHEAD_BYTES : OVERHEAD_BYTES) + length;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, flags);
        out.put32(tsn).put16(streamId);
        if (interleaved) {
            out.put16(0).put32(messageNumber).put32(isBegin() ? ppid : fragment);
        } else {
            out.put16(messageNumber).put32(ppid);
        }
        out.put(data, offset, length);
    }

    @Override
    public String toString() {
        return (interleaved ? "I-DATA" : "DATA") + " tsn=" + Integer.toUnsignedString(tsn) + " sid=" + streamId
                + " number="
                + Integer.toUnsignedString(messageNumber) + " fragment=" + Integer.toUnsignedString(fragment) + " ppid="
                + ppid + " flags=" + flags + " length=" + length;
    }
}
