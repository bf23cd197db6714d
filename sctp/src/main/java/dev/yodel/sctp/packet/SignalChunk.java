package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;

/** A chunk without a value: COOKIE ACK, SHUTDOWN ACK, SHUTDOWN COMPLETE. RFC 9260 3.3.9, 3.3.12, 3.3.13. */
public record SignalChunk(int type, int flags) implements Chunk {
    public boolean isTagReflected() {
        return (flags & 1) != 0;
    }

    @Override
    public int sizeBytes() {
        return HEADER_BYTES;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, flags);
    }
}
