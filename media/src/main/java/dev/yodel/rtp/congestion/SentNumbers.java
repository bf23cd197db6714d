package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;
import java.util.Arrays;

/**
 * Which packets, by transport-wide number, were sent when, and what became of them? It holds those of the last
 * {@link #HORIZON_NANOS}, and at most {@link #MOST}: a voice needs a sixteenth of what video does. It judges nothing.
 */
final class SentNumbers {
    static final int MOST = 1 << 13;
    static final int FIRST = 1 << 8;

    /** No report of use is older. */
    static final long HORIZON_NANOS = 10 * Time.SECOND;

    /** What a packet's fate is. */
    enum Fate {
        UNKNOWN,
        LOST,
        RECEIVED
    }

    private long[] numbers = {};
    private long[] sentNanos = {};
    private int[] bytes = {};
    private int[] probes = {};
    private Fate[] fates = {};
    private long highest = -1;
    private long inFlightBytes;

    SentNumbers() {
        hold(FIRST);
    }

    private int slot(long number) {
        return (int) number & (numbers.length - 1);
    }

    /** Makes room for more, and keeps what there is. */
    private void hold(int count) {
        long[] oldNumbers = numbers;
        long[] oldSent = sentNanos;
        int[] oldBytes = bytes;
        int[] oldProbes = probes;
        Fate[] oldFates = fates;
        numbers = new long[count];
        sentNanos = new long[count];
        bytes = new int[count];
        probes = new int[count];
        fates = new Fate[count];
        Arrays.fill(numbers, -1);
        Arrays.fill(sentNanos, Time.NEVER);
        Arrays.fill(fates, Fate.RECEIVED);
        for (int old = 0; old < oldNumbers.length; old++) {
            if (oldNumbers[old] >= 0) {
                int slot = slot(oldNumbers[old]);
                numbers[slot] = oldNumbers[old];
                sentNanos[slot] = oldSent[old];
                bytes[slot] = oldBytes[old];
                probes[slot] = oldProbes[old];
                fates[slot] = oldFates[old];
            }
        }
    }

    /** Packets that it has room for. */
    int capacity() {
        return numbers.length;
    }

    void onSent(long number, int size, int probe, long now) {
        int slot = slot(number);
        if (numbers[slot] >= 0 && now - sentNanos[slot] < HORIZON_NANOS && numbers.length < MOST) {
            hold(2 * numbers.length);
            slot = slot(number);
        }
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

    /** The latest that was sent, or -1. */
    long highest() {
        return highest;
    }

    /** Nothing before it is known. */
    long oldest() {
        return Math.max(0, highest - numbers.length + 1);
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
