package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/**
 * Which packets, by transport-wide number, were sent when, and what became of them? It holds the last
 * {@link #CAPACITY}. It judges nothing.
 */
final class SentNumbers {
    static final int CAPACITY = 1 << 13;

    /** What a packet's fate is. */
    enum Fate {
        UNKNOWN,
        LOST,
        RECEIVED
    }

    private final long[] numbers = new long[CAPACITY];
    private final long[] sentNanos = new long[CAPACITY];
    private final int[] bytes = new int[CAPACITY];
    private final int[] probes = new int[CAPACITY];
    private final Fate[] fates = new Fate[CAPACITY];
    private long highest = -1;
    private long inFlightBytes;

    SentNumbers() {
        java.util.Arrays.fill(numbers, -1);
        java.util.Arrays.fill(sentNanos, Time.NEVER);
        java.util.Arrays.fill(fates, Fate.RECEIVED);
    }

    private static int slot(long number) {
        return (int) number & (CAPACITY - 1);
    }

    void onSent(long number, int size, int probe, long now) {
        int slot = slot(number);
        if (fates[slot] == Fate.UNKNOWN) {
            inFlightBytes -= bytes[slot];
        }
        numbers[slot] = number;
        sentNanos[slot] = now;
        bytes[slot] = size;
        probes[slot] = probe;
        fates[slot] = Fate.UNKNOWN;
        inFlightBytes += size;
        highest = number;
    }

    /** The full number that a 16-bit one stands for: the latest that was sent. */
    long unwrap(int wire) {
        long number = (highest & ~0xffffL) | wire;
        return number > highest ? number - 0x1_0000 : number;
    }

    boolean knows(long number) {
        return number >= 0 && numbers[slot(number)] == number;
    }

    Fate fate(long number) {
        return fates[slot(number)];
    }

    long sentNanos(long number) {
        return sentNanos[slot(number)];
    }

    int bytes(long number) {
        return bytes[slot(number)];
    }

    int probe(long number) {
        return probes[slot(number)];
    }

    void settle(long number, Fate fate) {
        int slot = slot(number);
        if (fates[slot] == Fate.UNKNOWN) {
            inFlightBytes -= bytes[slot];
        }
        fates[slot] = fate;
    }

    /** Bytes sent that nothing was reported about. */
    long inFlightBytes() {
        return inFlightBytes;
    }
}
