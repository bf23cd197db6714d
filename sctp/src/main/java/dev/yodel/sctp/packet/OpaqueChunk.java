package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import java.util.Arrays;

/**
 * A chunk that is a type, flags and bytes: COOKIE ECHO, HEARTBEAT and its answer, ABORT, ERROR. RFC 9260 3.3.5 to
 * 3.3.11.
 */
@SuppressWarnings("ArrayRecordComponent")
public record OpaqueChunk(int type, int flags, byte[] value) implements Chunk {
    static OpaqueChunk parse(byte[] in, int at, int length, int type, int flags) {
        return new OpaqueChunk(type, flags, Arrays.copyOfRange(in, at + HEADER_BYTES, at + length));
    }

    /** Whether the T bit says that the sender's own tag was reflected. RFC 9260 8.5.1. */
    public boolean isTagReflected() {
        return (flags & 1) != 0;
    }

    @Override
    public int sizeBytes() {
        return HEADER_BYTES + value.length;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, flags);
        out.put(value);
    }
}
