package dev.yodel.sctp.rx;

import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.Serial;
import java.util.Arrays;

/** Which TSNs have come? It does not hold any data. RFC 9260 6.2. */
public final class DataTracker {
    /** A gap block counts in 16 bits from the cumulative TSN, so nothing farther can be acknowledged. */
    private static final int MAX_AHEAD = 0xffff;

    private static final int RING_BITS = 0x10000;
    private static final int MAX_DUPLICATES = 20;

    private long cumulative;
    private long highest;
    /** A bit for each TSN from the cumulative one to the highest, by its last 16 bits; the others are zero. */
    private long[] ring = {};

    private final int[] duplicates = new int[MAX_DUPLICATES];
    private int duplicateCount;

    public DataTracker(int initialTsn) {
        cumulative = Serial.first(initialTsn) - 1;
        highest = cumulative;
    }

    public long unwrap(int tsn) {
        return Serial.near32(cumulative, tsn);
    }

    public long cumulative() {
        return cumulative;
    }

    public boolean hasGaps() {
        return highest > cumulative;
    }

    public boolean isTooFar(long tsn) {
        return tsn > cumulative + MAX_AHEAD;
    }

    public boolean isKnown(long tsn) {
        return tsn <= cumulative || (tsn <= highest && isSet(tsn));
    }

    private boolean isSet(long tsn) {
        int bit = (int) tsn & 0xffff;
        return (ring[bit >> 6] & 1L << bit) != 0;
    }

    /** Notes a TSN that came again, to be reported once. */
    public void duplicate(long tsn) {
        if (duplicateCount < MAX_DUPLICATES) {
            duplicates[duplicateCount++] = (int) tsn;
        }
    }

    /** Notes a TSN that is new and not too far. */
    public void received(long tsn) {
        if (tsn == cumulative + 1) {
            advanceTo(tsn);
            return;
        }
        if (ring.length == 0) {
            ring = new long[RING_BITS / Long.SIZE];
        }
        int bit = (int) tsn & 0xffff;
        ring[bit >> 6] |= 1L << bit;
        highest = Math.max(highest, tsn);
    }

    /** Moves the cumulative TSN on, over what the peer gave up and what is there behind it. */
    public void advanceTo(long tsn) {
        clearTo(Math.min(tsn, highest));
        cumulative = Math.max(cumulative, tsn);
        if (cumulative < highest) {
            long hole = next(cumulative + 1, false);
            clearTo(hole - 1);
            cumulative = hole - 1;
        }
        highest = Math.max(highest, cumulative);
    }

    private void clearTo(long last) {
        long tsn = cumulative + 1;
        while (tsn <= last) {
            int bit = (int) tsn & 0xffff;
            int count = (int) Math.min(Long.SIZE - (bit & 63), last - tsn + 1);
            long mask = (count == Long.SIZE ? -1L : (1L << count) - 1) << bit;
            ring[bit >> 6] &= ~mask;
            tsn += count;
        }
    }

    /** The first TSN from one on whose bit is as wanted; the one behind the highest if there is none. */
    private long next(long from, boolean wanted) {
        long tsn = from;
        while (tsn <= highest) {
            int bit = (int) tsn & 0xffff;
            long word = (wanted ? ring[bit >> 6] : ~ring[bit >> 6]) >>> bit;
            if (word != 0) {
                return Math.min(highest + 1, tsn + Long.numberOfTrailingZeros(word));
            }
            tsn += Long.SIZE - (bit & 63);
        }
        return highest + 1;
    }

    /** What is to be reported now; duplicates are reported once. */
    public SackChunk sack(int windowBytes, int roomBytes) {
        int room = Math.max(0, (roomBytes - SackChunk.FIXED_BYTES - Chunk.HEADER_BYTES) / 4);
        int[] gaps = new int[hasGaps() ? 2 * room : 0];
        int count = 0;
        long first = next(cumulative + 1, true);
        while (count < gaps.length && first <= highest) {
            long end = next(first, false);
            gaps[count++] = (int) (first - cumulative);
            gaps[count++] = (int) (end - 1 - cumulative);
            first = next(end, true);
        }
        int[] again = Arrays.copyOf(duplicates, Math.min(duplicateCount, room - count / 2));
        duplicateCount = 0;
        return new SackChunk((int) cumulative, windowBytes, Arrays.copyOf(gaps, count), again);
    }
}
