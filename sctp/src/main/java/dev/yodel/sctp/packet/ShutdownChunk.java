package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;

/** SHUTDOWN: the sender will send no more user data. RFC 9260 3.3.8. */
public record ShutdownChunk(int cumulativeTsnAck) implements Chunk {
    @Override
    public int type() {
        return ChunkType.SHUTDOWN;
    }

    @Override
    public int sizeBytes() {
        return 8;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.put32(cumulativeTsnAck);
    }
}
