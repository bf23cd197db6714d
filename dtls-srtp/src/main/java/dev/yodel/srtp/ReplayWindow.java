package dev.yodel.srtp;

import java.util.Arrays;

/**
 * Which of the last indices were seen (RFC 3711 3.3.2). Checking and committing are apart, so that an index counts as
 * seen only once its packet is authenticated. Not thread-safe.
 */
final class ReplayWindow {
    private final long[] seen;
    private final int mask;
    private long highest = -1;

    /**
     * An empty window.
     *
     * @param size how many indices it covers, a power of two, 64 or more
     */
    ReplayWindow(int size) {
        if (size < 64 || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("the size must be a power of two and 64 or more, was " + size);
        }
        seen = new long[size / 64];
        mask = size - 1;
    }

    /** The highest committed index, -1 if there is none. */
    long highest() {
        return highest;
    }

    /** {@link SrtpResult#OK}, {@link SrtpResult#REPLAYED} or {@link SrtpResult#TOO_OLD} for an index of 0 or more. */
    SrtpResult check(long index) {
        if (index > highest) {
            return SrtpResult.OK;
        }
        if (highest - index > mask) {
            return SrtpResult.TOO_OLD;
        }
        int bit = (int) index & mask;
        return (seen[bit >>> 6] >>> bit & 1) == 0 ? SrtpResult.OK : SrtpResult.REPLAYED;
    }

    /** Marks an index that {@link #check} accepted as seen. */
    void commit(long index) {
        if (index > highest) {
            if (index - highest > mask) {
                Arrays.fill(seen, 0);
            } else {
                for (long i = highest + 1; i < index; i++) {
                    int bit = (int) i & mask;
                    seen[bit >>> 6] &= ~(1L << bit);
                }
            }
            highest = index;
        }
        int bit = (int) index & mask;
        seen[bit >>> 6] |= 1L << bit;
    }
}
