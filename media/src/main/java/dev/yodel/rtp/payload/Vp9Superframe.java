package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;

/**
 * Where the frames of a VP9 superframe lie (VP9 bitstream specification, annex B). A re-usable view, which keeps
 * nothing of the bytes.
 */
final class Vp9Superframe {
    private static final int MAX_FRAMES = 8;

    private final int[] offsets = new int[MAX_FRAMES];
    private final int[] lengths = new int[MAX_FRAMES];
    private int count;

    /** Finds the frames; what has no index, or one that does not fit, is one frame. */
    void find(byte[] data, int offset, int length) {
        count = 1;
        offsets[0] = offset;
        lengths[0] = length;
        int marker = Bytes.u8(data, offset + length - 1);
        if ((marker & 0xe0) != 0xc0) {
            return;
        }
        int frames = (marker & 7) + 1;
        int bytes = (marker >> 3 & 3) + 1;
        int index = 2 + bytes * frames;
        if (index > length || Bytes.u8(data, offset + length - index) != marker) {
            return;
        }
        int at = offset + length - index + 1;
        int from = offset;
        int left = length - index;
        int found = 0;
        for (int i = 0; i < frames; i++) {
            long size = 0;
            for (int b = 0; b < bytes; b++) {
                size |= (long) Bytes.u8(data, at++) << (8 * b);
            }
            if (size > left) {
                return;
            }
            if (size > 0) {
                offsets[found] = from;
                lengths[found++] = (int) size;
            }
            from += (int) size;
            left -= (int) size;
        }
        count = Math.max(1, found);
    }

    int count() {
        return count;
    }

    int offset(int index) {
        return offsets[index];
    }

    int length(int index) {
        return lengths[index];
    }
}
