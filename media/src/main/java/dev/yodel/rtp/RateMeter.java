package dev.yodel.rtp;

import dev.yodel.io.Time;

/** The bit rate of the last second or so, in ten parts. It starts high, so that what is new is not taken for small. */
final class RateMeter {
    private static final long PART_NANOS = 100 * Time.MILLISECOND;
    private static final int PARTS = 10;

    private final long[] bytes = new long[PARTS];
    private long part;
    private long startedPart;
    private long sum;

    void reset(long now) {
        java.util.Arrays.fill(bytes, 0);
        part = now / PART_NANOS;
        startedPart = part;
        sum = 0;
    }

    void add(int count, long now) {
        long current = now / PART_NANOS;
        if (current - part >= PARTS) {
            java.util.Arrays.fill(bytes, 0);
            sum = 0;
            part = current;
        }
        while (part < current) {
            part++;
            int slot = (int) (part % PARTS);
            sum -= bytes[slot];
            bytes[slot] = 0;
        }
        bytes[(int) (part % PARTS)] += count;
        sum += count;
    }

    /** Bits per second. */
    long bps() {
        long parts = Math.max(1, Math.min(PARTS, part - startedPart + 1));
        return sum * 8 * (Time.SECOND / PART_NANOS) / parts;
    }
}
