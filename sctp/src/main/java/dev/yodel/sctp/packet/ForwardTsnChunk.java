package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/** FORWARD TSN: what the sender gave up; pairs of stream id and the last stream sequence number skipped. RFC 3758 3.2. */
@SuppressWarnings("ArrayRecordComponent")
public record ForwardTsnChunk(int newCumulativeTsn, int[] skipped) implements Chunk {
    static @Nullable ForwardTsnChunk parse(byte[] in, int at, int length) {
        if (length < 8 || (length & 3) != 0) {
            return null;
        }
        int[] skipped = new int[(length - 8) / 2];
        for (int i = 0; i < skipped.length; i++) {
            skipped[i] = Bytes.u16(in, at + 8 + 2 * i);
        }
        return new ForwardTsnChunk(Bytes.i32(in, at + 4), skipped);
    }

    @Override
    public int type() {
        return ChunkType.FORWARD_TSN;
    }

    @Override
    public int sizeBytes() {
        return 8 + 2 * skipped.length;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.put32(newCumulativeTsn);
        for (int value : skipped) {
            out.put16(value);
        }
    }
}
