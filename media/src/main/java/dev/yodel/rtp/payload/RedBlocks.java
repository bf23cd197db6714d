package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * Reads one payload of redundant audio (RFC 2198 3): the blocks in it, oldest first, the primary one last. It copies
 * nothing and knows no codec. Not for sharing between threads.
 *
 * <pre>
 *  0                   1                    2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3  4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |F|   block PT  |  timestamp offset         |   block length    |  F=1, repeated
 * |0|   block PT  |                                                  the primary one
 * </pre>
 */
public final class RedBlocks {
    /** Most blocks of a payload; one with more is refused. */
    public static final int MAX_BLOCKS = 16;

    private static final int HEADER = 4;

    private final int[] payloadTypes = new int[MAX_BLOCKS];
    private final int[] timestampOffsets = new int[MAX_BLOCKS];
    private final int[] offsets = new int[MAX_BLOCKS];
    private final int[] lengths = new int[MAX_BLOCKS];
    private int count;

    /** No blocks. */
    public RedBlocks() {}

    /**
     * Reads a payload.
     *
     * @param payload borrowed; the offsets below point into it
     * @param offset first byte
     * @param length count of bytes
     * @return false if a length overruns it, the primary block is empty, or there are too many blocks; then there are none
     */
    public boolean wrap(byte[] payload, int offset, int length) {
        count = 0;
        int at = offset;
        int end = offset + length;
        int blocks = 0;
        while (at < end && (payload[at] & 0x80) != 0) {
            if (end - at < HEADER || blocks == MAX_BLOCKS - 1) {
                return false;
            }
            payloadTypes[blocks] = payload[at] & 0x7f;
            timestampOffsets[blocks] = Bytes.u16(payload, at + 1) >> 2;
            lengths[blocks] = Bytes.u16(payload, at + 2) & 0x3ff;
            blocks++;
            at += HEADER;
        }
        if (at >= end) {
            return false;
        }
        payloadTypes[blocks] = payload[at] & 0x7f;
        timestampOffsets[blocks] = 0;
        at++;
        for (int i = 0; i < blocks; i++) {
            offsets[i] = at;
            if (lengths[i] > end - at) {
                return false;
            }
            at += lengths[i];
        }
        if (at >= end) {
            return false;
        }
        offsets[blocks] = at;
        lengths[blocks] = end - at;
        count = blocks + 1;
        return true;
    }

    /**
     * Count of blocks.
     *
     * @return 1 and more after a {@link #wrap} that took the payload, else 0
     */
    public int count() {
        return count;
    }

    /**
     * What a block holds.
     *
     * @param index 0 to {@code count() - 1}
     * @return 0 to 127
     */
    public int payloadType(int index) {
        return payloadTypes[index];
    }

    /**
     * How much older a block is than the packet's timestamp.
     *
     * @param index 0 to {@code count() - 1}
     * @return 0 to 16383 units of the clock
     */
    public int timestampOffset(int index) {
        return timestampOffsets[index];
    }

    /**
     * Where a block begins.
     *
     * @param index 0 to {@code count() - 1}
     * @return an index into the payload's array
     */
    public int offset(int index) {
        return offsets[index];
    }

    /**
     * Size of a block.
     *
     * @param index 0 to {@code count() - 1}
     * @return bytes; 0 is possible for redundant ones
     */
    public int length(int index) {
        return lengths[index];
    }
}
