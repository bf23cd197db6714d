package dev.yodel.sctp.rx;

import dev.yodel.sctp.packet.Chunk;
import dev.yodel.sctp.packet.SackChunk;
import dev.yodel.sctp.packet.Serial;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Which TSNs have come? It does not hold any data. RFC 9260 6.2. */
final class DataTracker {
    /** A gap block counts in 16 bits from the cumulative TSN, so nothing farther can be acknowledged. */
    private static final int MAX_AHEAD = 0xffff;

    private static final int MAX_DUPLICATES = 20;

    private long cumulative;
    /** First to last TSN of every range beyond the cumulative one. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    private final int[] duplicates = new int[MAX_DUPLICATES];
    private int duplicateCount;

    DataTracker(int initialTsn) {
        cumulative = Serial.first(initialTsn) - 1;
    }

    long unwrap(int tsn) {
        return Serial.near32(cumulative, tsn);
    }

    long cumulative() {
        return cumulative;
    }

    boolean hasGaps() {
        return !ranges.isEmpty();
    }

    boolean isTooFar(long tsn) {
        return tsn > cumulative + MAX_AHEAD;
    }

    boolean isKnown(long tsn) {
        if (tsn <= cumulative) {
            return true;
        }
        Map.Entry<Long, Long> range = ranges.floorEntry(tsn);
        return range != null && tsn <= range.getValue();
    }

    /** Notes a TSN that came again, to be reported once. */
    void duplicate(long tsn) {
        if (duplicateCount < MAX_DUPLICATES) {
            duplicates[duplicateCount++] = (int) tsn;
        }
    }

    /** Notes a TSN that is new. */
    void received(long tsn) {
        if (tsn == cumulative + 1) {
            advanceTo(tsn);
            return;
        }
        long first = tsn;
        long last = tsn;
        Map.Entry<Long, Long> before = ranges.floorEntry(tsn);
        if (before != null && before.getValue() == tsn - 1) {
            first = before.getKey();
        }
        Long after = ranges.get(tsn + 1);
        if (after != null) {
            last = after;
            ranges.remove(tsn + 1);
        }
        ranges.put(first, last);
    }

    /** Moves the cumulative TSN on, over what the peer gave up and what is there behind it. */
    void advanceTo(long tsn) {
        cumulative = Math.max(cumulative, tsn);
        while (!ranges.isEmpty() && ranges.firstKey() <= cumulative + 1) {
            cumulative = Math.max(cumulative, ranges.pollFirstEntry().getValue());
        }
    }

    /** What is to be reported now; duplicates are reported once. */
    SackChunk sack(int windowBytes, int roomBytes) {
        int room = Math.max(0, (roomBytes - SackChunk.FIXED_BYTES - Chunk.HEADER_BYTES) / 4);
        int gapCount = Math.min(ranges.size(), room);
        int[] gaps = new int[2 * gapCount];
        int at = 0;
        for (Map.Entry<Long, Long> range : ranges.entrySet()) {
            if (at == gaps.length) {
                break;
            }
            gaps[at++] = (int) (range.getKey() - cumulative);
            gaps[at++] = (int) Math.min(MAX_AHEAD, range.getValue() - cumulative);
        }
        int[] again = Arrays.copyOf(duplicates, Math.min(duplicateCount, room - gapCount));
        duplicateCount = 0;
        return new SackChunk((int) cumulative, windowBytes, gaps, again);
    }
}
