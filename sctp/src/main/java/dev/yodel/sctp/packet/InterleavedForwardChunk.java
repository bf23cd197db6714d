package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * I-FORWARD-TSN: what the sender gave up where messages are interleaved. RFC 8260 2.3.1.
 *
 * <pre>
 * | type 194 | 0    | length |
 * | new cumulative TSN       |
 * | stream id | reserved | U |
 * | message id               | ...
 * </pre>
 */
public record InterleavedForwardChunk(int newCumulativeTsn, List<Skip> skipped) implements Chunk {
    /** The bytes of the chunk without any {@link Skip}. */
    public static final int FIXED_BYTES = 8;

    /** The bytes of a {@link Skip}. */
    public static final int SKIP_BYTES = 8;

    /** The last message of a stream that was given up, of those that are ordered or those that are not. */
    public record Skip(int streamId, boolean unordered, int messageId) {}

    static @Nullable InterleavedForwardChunk parse(byte[] in, int at, int length) {
        if (length < FIXED_BYTES || (length - FIXED_BYTES) % SKIP_BYTES != 0) {
            return null;
        }
        Skip[] skipped = new Skip[(length - FIXED_BYTES) / SKIP_BYTES];
        for (int i = 0; i < skipped.length; i++) {
            int skip = at + FIXED_BYTES + SKIP_BYTES * i;
            skipped[i] = new Skip(Bytes.u16(in, skip), (Bytes.u16(in, skip + 2) & 1) != 0, Bytes.i32(in, skip + 4));
        }
        return new InterleavedForwardChunk(Bytes.i32(in, at + 4), List.of(skipped));
    }

    @Override
    public int type() {
        return ChunkType.I_FORWARD_TSN;
    }

    @Override
    public int sizeBytes() {
        return FIXED_BYTES + SKIP_BYTES * skipped.size();
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.put32(newCumulativeTsn);
        for (Skip skip : skipped) {
            out.put16(skip.streamId).put16(skip.unordered ? 1 : 0).put32(skip.messageId);
        }
    }
}
