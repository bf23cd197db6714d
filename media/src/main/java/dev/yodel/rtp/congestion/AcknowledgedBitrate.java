package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/** How much arrived in the last half second, by the peer's clock? */
final class AcknowledgedBitrate {
    private static final int SLOTS = 50;
    private static final long SLOT_MICROS = 10_000;
    private static final long MIN_SPAN_MICROS = 150_000;

    private final long[] bytes = new long[SLOTS];
    private long firstSlot = Long.MIN_VALUE;
    private long lastSlot = Long.MIN_VALUE;

    void add(long arrivalMicros, int size) {
        long slot = Math.floorDiv(arrivalMicros, SLOT_MICROS);
        if (lastSlot == Long.MIN_VALUE || slot - lastSlot > 2L * SLOTS) {
            java.util.Arrays.fill(bytes, 0);
            firstSlot = slot;
            lastSlot = slot;
        }
        while (lastSlot < slot) {
            lastSlot++;
            bytes[(int) Math.floorMod(lastSlot, (long) SLOTS)] = 0;
        }
        if (slot > lastSlot - SLOTS) {
            bytes[(int) Math.floorMod(slot, (long) SLOTS)] += size;
        }
        firstSlot = Math.max(firstSlot, lastSlot - SLOTS + 1);
    }

    /** Bits per second, or -1 before enough has arrived. */
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
