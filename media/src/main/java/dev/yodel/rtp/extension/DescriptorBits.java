package dev.yodel.rtp.extension;

import dev.yodel.io.Bytes;

/** Reads numbers of any width, high bits first; what lies behind the end is zero and is remembered as missing. */
final class DescriptorBits {
    private byte[] data = Bytes.EMPTY;
    private int position;
    private int end;
    private boolean missing;

    void wrap(byte[] bytes, int offset, int length) {
        data = bytes;
        position = 8 * offset;
        end = 8 * (offset + length);
        missing = false;
    }

    int take(int count) {
        if (count > end - position) {
            missing = true;
            position = end;
            return 0;
        }
        int value = 0;
        for (int i = 0; i < count; i++, position++) {
            value = value << 1 | ((data[position >> 3] >> (7 - (position & 7))) & 1);
        }
        return value;
    }

    boolean flag() {
        return take(1) != 0;
    }

    /** A number below {@code count} in as few bits as possible (AV1 4.10.7). */
    int below(int count) {
        int width = 32 - Integer.numberOfLeadingZeros(count);
        int least = (1 << width) - count;
        int value = take(width - 1);
        return value < least ? value : (value << 1) - least + take(1);
    }

    /** Whether something was asked for that is not there. */
    boolean missing() {
        return missing;
    }
}
