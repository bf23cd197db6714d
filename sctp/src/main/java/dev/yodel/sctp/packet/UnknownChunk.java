package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import java.util.Arrays;

/**
 * A chunk of a type that is not known here; its two highest bits say what to do with it. RFC 9260 3.2.
 *
 * @param value the chunk's bytes behind its header
 */
@SuppressWarnings("ArrayRecordComponent")
public record UnknownChunk(int type, int flags, byte[] value) implements Chunk {
    static UnknownChunk parse(byte[] in, int at, int length, int type, int flags) {
        return new UnknownChunk(type, flags, Arrays.copyOfRange(in, at + HEADER_BYTES, at + length));
    }

    /** Whether the chunks after it may still be processed. */
    public boolean maySkip() {
        return (type & 0x80) != 0;
    }

    /** Whether the sender wants to be told that it is not known. */
    public boolean wantsReport() {
        return (type & 0x40) != 0;
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
