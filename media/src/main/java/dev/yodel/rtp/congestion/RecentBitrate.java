package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/** How much passed in the last half second, by one clock: that of the peer for what arrived, ours for what was sent. */
final class RecentBitrate {
    private static final int SLOTS = 50;
    private static final long SLOT_MICROS = 10_000;
    private static final long MIN_SPAN_MICROS = 150_000;

    private final long[] bytes = new long[SLOTS];
    private long firstSlot = Long.MIN_VALUE;
    private long lastSlot = Long.MIN_VALUE;

    void add(long micros, int size) {
        long slot = Math.floorDiv(micros, SLOT_MICROS);
        if (lastSlot == Long.MIN_VALUE || slot - lastSlot > 2L * SLOTS) {
            java.util.Arrays.fill(bytes, 0);
            firstSlot = slot;
            lastSlot = slot;
        }
        moveTo(slot);
        if (slot > lastSlot - SLOTS) {
            bytes[(int) Math.floorMod(slot, (long) SLOTS)] += size;
        }
    }

    private void moveTo(long slot) {
        while (lastSlot < slot) {
            lastSlot++;
            bytes[(int) Math.floorMod(lastSlot, (long) SLOTS)] = 0;
        }
        firstSlot = Math.max(firstSlot, lastSlot - SLOTS + 1);
    }

    /** Bits per second, or -1 before enough has passed. */
    long bps() {
        if (lastSlot == Long.MIN_VALUE) {
            return -1;
        }
        long span = (lastSlot - firstSlot + 1) * SLOT_MICROS;
        if (span < MIN_SPAN_MICROS) {
            return -1;
        }
        long sum = 0;
        for (long each : bytes) {
            sum += each;
        }
        return sum * 8 * (Time.SECOND / 1000) / span;
    }
}
