package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;

/** Padding, which makes a packet as long as is wanted and says nothing. RFC 4820 3. */
public record PadChunk(int sizeBytes) implements Chunk {
    @Override
    public int type() {
        return ChunkType.PAD;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.zeros(sizeBytes - HEADER_BYTES);
    }
}
