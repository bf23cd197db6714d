package dev.yodel.sctp.packet;

import dev.yodel.io.ByteWriter;
import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What the receiver has. The gaps are pairs of first and last offset from the cumulative TSN. RFC 9260 3.3.4.
 *
 * <pre>
 * | cumulative TSN ack                       |
 * | advertised receiver window               |
 * | count of gap blocks | count of duplicates|
 * | gap start, gap end ...                   |
 * | duplicate TSN ...                        |
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent")
public record SackChunk(int cumulativeTsnAck, int windowBytes, int[] gaps, int[] duplicates) implements Chunk {
    public static final int FIXED_BYTES = 16;

    static @Nullable SackChunk parse(byte[] in, int at, int length) {
        if (length < FIXED_BYTES) {
            return null;
        }
        int gapCount = Bytes.u16(in, at + 12);
        int duplicateCount = Bytes.u16(in, at + 14);
        // C02: the counts must be what the length says, exactly.
        if (FIXED_BYTES + 4 * (gapCount + duplicateCount) != length) {
            return null;
        }
        int[] gaps = new int[2 * gapCount];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = Bytes.u16(in, at + FIXED_BYTES + 2 * i);
        }
        int[] duplicates = new int[duplicateCount];
        for (int i = 0; i < duplicateCount; i++) {
            duplicates[i] = Bytes.i32(in, at + FIXED_BYTES + 4 * (gapCount + i));
        }
        return new SackChunk(Bytes.i32(in, at + 4), Bytes.i32(in, at + 8), gaps, duplicates);
    }

    @Override
    public int type() {
        return ChunkType.SACK;
    }

    @Override
    public int sizeBytes() {
        return FIXED_BYTES + 2 * gaps.length + 4 * duplicates.length;
    }

    @Override
    public void write(ByteWriter out) {
        writeHeader(out, 0);
        out.put32(cumulativeTsnAck).put32(windowBytes).put16(gaps.length / 2).put16(duplicates.length);
        for (int gap : gaps) {
            out.put16(gap);
        }
        for (int duplicate : duplicates) {
            out.put32(duplicate);
        }
    }
}
