package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;

/** A chunk of a type that is not known here; its two highest bits say what to do with it. RFC 9260 3.2. */
public record UnknownChunk(int type, int sizeBytes) implements Chunk {
    /** Whether the chunks after it may still be processed. */
    public boolean maySkip() {
        return (type & 0x80) != 0;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.zeros(sizeBytes - HEADER_BYTES);
    }
}
