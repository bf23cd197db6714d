package dev.yodel.sctp.packet;

/**
 * A set of unwrapped TSNs above a base that moves up, as bits in a ring. It stays small while its TSNs lie close together;
 * its user bounds how far they may lie apart.
 */
public final class TsnSet {
    private long[] words = new long[4];
    private long base;
    private long highest;
    private int size;

    /** An empty set of TSNs above a base. */
    public TsnSet(long base) {
        this.base = base;
        this.highest = base;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public int size() {
        return size;
    }

    /** The highest TSN that was ever added, or the base if that is higher. */
    public long highest() {
        return highest;
    }

    private int at(long tsn) {
        return (int) (tsn >>> 6) & (words.length - 1);
    }

    public boolean contains(long tsn) {
        return tsn > base && tsn <= highest && ((words[at(tsn)] >>> (int) tsn) & 1) != 0;
    }

    /** Adds a TSN above the base; whether it is new. */
    public boolean add(long tsn) {
        if (tsn > highest) {
            reserve(tsn);
            highest = tsn;
        }
        int at = at(tsn);
        long bit = 1L << (int) tsn;
        if ((words[at] & bit) != 0) {
            return false;
        }
        words[at] |= bit;
        size++;
        return true;
    }

    private void reserve(long tsn) {
        long spanWords = (tsn >>> 6) - ((base + 1) >>> 6) + 1;
        if (spanWords <= words.length) {
            return;
        }
        long[] larger = new long[Math.toIntExact(Long.highestOneBit(spanWords - 1) << 1)];
        for (long word = (base + 1) >>> 6; word <= highest >>> 6; word++) {
            larger[(int) word & (larger.length - 1)] = words[(int) word & (words.length - 1)];
        }
        words = larger;
    }

    public void remove(long tsn) {
        if (contains(tsn)) {
            words[at(tsn)] &= ~(1L << (int) tsn);
            size--;
        }
    }

    /** Moves the base up and forgets what is not above it. */
    public void advance(long newBase) {
        if (size > 0) {
            long end = Math.min(newBase, highest);
            for (long tsn = base + 1; tsn <= end; tsn = (tsn | 63) + 1) {
                int at = at(tsn);
                long mask = -1L << (int) tsn;
                if ((tsn | 63) > end) {
                    mask &= -1L >>> (63 - (int) (end & 63));
                }
                size -= Long.bitCount(words[at] & mask);
                words[at] &= ~mask;
            }
        }
        base = newBase;
        highest = Math.max(highest, newBase);
    }

    /** The first TSN of the set from one on; {@code Long.MAX_VALUE} if there is none. */
    public long nextPresent(long from) {
        for (long tsn = Math.max(from, base + 1); tsn <= highest; tsn = (tsn | 63) + 1) {
            long word = words[at(tsn)] >>> (int) tsn;
            if (word != 0) {
                return tsn + Long.numberOfTrailingZeros(word);
            }
        }
        return Long.MAX_VALUE;
    }

    /** The first TSN that is not in the set from one above the base on. */
    public long nextAbsent(long from) {
        for (long tsn = from; tsn <= highest; tsn = (tsn | 63) + 1) {
            long absent = ~words[at(tsn)] >>> (int) tsn;
            if (absent != 0) {
                return tsn + Long.numberOfTrailingZeros(absent);
            }
        }
        return Math.max(from, highest + 1);
    }
}
