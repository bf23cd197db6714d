package dev.yodel.rtp.payload;

import java.util.Arrays;

/** The bytes of a frame while it is put together: grows as needed up to a limit, and says when that was not enough. */
public final class FrameBytes {
    private static final int FIRST_BYTES = 4096;

    private final int limit;
    private byte[] data = new byte[FIRST_BYTES];
    private int length;
    private boolean overflowed;

    /**
     * An empty frame.
     *
     * @param limit most bytes
     */
    public FrameBytes(int limit) {
        this.limit = limit;
    }

    /** Begins anew; the array is used again. */
    void clear() {
        length = 0;
        overflowed = false;
    }

    /**
     * Adds bytes; beyond the limit they are left out and {@link #overflowed} says so.
     *
     * @param from copied
     * @param offset first byte
     * @param count how many
     */
    void put(byte[] from, int offset, int count) {
        if (room(count)) {
            System.arraycopy(from, offset, data, length, count);
            length += count;
        }
    }

    /**
     * Adds one byte.
     *
     * @param value the low eight bits count
     */
    void put(int value) {
        if (room(1)) {
            data[length++] = (byte) value;
        }
    }

    private boolean room(int count) {
        if (overflowed || count > limit - length) {
            overflowed = true;
            return false;
        }
        if (count > data.length - length) {
            data = Arrays.copyOf(data, (int) Math.min(limit, Math.max(2L * data.length, (long) length + count)));
        }
        return true;
    }

    /** Most bytes. */
    int limit() {
        return limit;
    }

    boolean overflowed() {
        return overflowed;
    }

    int length() {
        return length;
    }

    /** A fresh array of what is there. An array that grew for a large frame is not kept for small ones. */
    byte[] take() {
        byte[] result = Arrays.copyOf(data, length);
        if (data.length > 8 * Math.max(FIRST_BYTES, length)) {
            data = new byte[FIRST_BYTES];
        }
        clear();
        return result;
    }
}
