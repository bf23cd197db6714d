package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * Where the NAL units of an access unit lie: with start codes (Annex B) or behind lengths of four bytes (AVCC). Bounded:
 * {@link #MAX_UNITS}. The arrays are borrowed.
 */
final class NalUnits {
    static final int MAX_UNITS = 2048;

    private byte[][] arrays = new byte[16][];
    private int[] offsets = new int[16];
    private int[] lengths = new int[16];
    private int count;

    int count() {
        return count;
    }

    byte[] data(int index) {
        return arrays[index];
    }

    int offset(int index) {
        return offsets[index];
    }

    int length(int index) {
        return lengths[index];
    }

    void clear() {
        Arrays.fill(arrays, 0, count, Bytes.EMPTY);
        count = 0;
    }

    /** Adds a unit; false if there are too many. Empty ones are passed over. */
    boolean add(byte[] data, int offset, int length) {
        if (length <= 0) {
            return true;
        }
        if (count == MAX_UNITS) {
            return false;
        }
        if (count == offsets.length) {
            arrays = Arrays.copyOf(arrays, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        arrays[count] = data;
        offsets[count] = offset;
        lengths[count] = length;
        count++;
        return true;
    }

    /** Finds the units of an access unit; false if it is neither of the two forms or has too many units. */
    boolean find(byte[] data, int offset, int length) {
        return startCode(data, offset, offset + length) == offset
                ? findByStartCodes(data, offset, offset + length)
                : findByLengths(data, offset, offset + length);
    }

    private boolean findByStartCodes(byte[] data, int offset, int end) {
        int code = offset;
        while (code < end) {
            int start = code;
            while (start < end && data[start] == 0) {
                start++;
            }
            start++;
            int next = startCode(data, Math.min(start, end), end);
            int last = next;
            // Zeros behind a unit belong to the next start code or are trailing_zero_8bits (H.264 B.1).
            while (last > start && data[last - 1] == 0) {
                last--;
            }
            if (!add(data, start, last - start)) {
                return false;
            }
            code = next;
        }
        return count > 0;
    }

    /** The first of the zeros of the next start code, at or behind a place; the end if there is none. */
    private static int startCode(byte[] data, int from, int end) {
        int zeros = 0;
        for (int at = from; at < end; at++) {
            if (data[at] == 0) {
                zeros++;
            } else if (data[at] == 1 && zeros >= 2) {
                return at - zeros;
            } else {
                zeros = 0;
            }
        }
        return end;
    }

    private boolean findByLengths(byte[] data, int offset, int end) {
        int at = offset;
        while (at < end) {
            if (end - at < 4) {
                return false;
            }
            long length = Bytes.u32(data, at);
            at += 4;
            if (length > end - at || !add(data, at, (int) length)) {
                return false;
            }
            at += (int) length;
        }
        return count > 0;
    }
}
