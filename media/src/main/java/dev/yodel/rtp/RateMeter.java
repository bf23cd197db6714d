package dev.yodel.rtp;

import dev.yodel.io.Time;
import java.util.Arrays;

/**
 * The bit rate of the last second or so in which something came, in ten parts. It starts high, so that what is new is
 * not taken for small, and a silence that is unusual does not count as time: who stalls and goes on costs what it
 * cost before, and no more either where what was kept back comes at once. It also remembers the dearest of the last
 * seconds: pictures that cost little for a moment will cost what they did soon.
 */
final class RateMeter {
    private static final long PART_NANOS = 100 * Time.MILLISECOND;
    private static final int PARTS = 10;
    /** How many seconds the dearest one is remembered. */
    private static final int SECONDS = 10;

    private final long[] bytes = new long[PARTS];
    /** The highest rate in each of the last seconds that counted. */
    private final long[] highest = new long[SECONDS];
    /** The highest of them, as of the last whole part. */
    private long dearest;

    private long part;
    private long startedPart = -PARTS;
    private long sum;
    private long lastNanos;

    /** The time that counts. */
    private long activeNanos;

    /** The longest gap of late, as far as it counted: twice as much is the most that the next one counts. */
    private long usualGapNanos = PART_NANOS / 2;

    /** What it cost before a silence: no more for a second after it, which may hold a burst. */
    private long heldBps;

    private long heldUntilPart = Long.MIN_VALUE;

    void reset(long now) {
        Arrays.fill(bytes, 0);
        Arrays.fill(highest, 0);
        dearest = 0;
        part = 0;
        startedPart = 0;
        sum = 0;
        lastNanos = now;
        activeNanos = 0;
        usualGapNanos = PART_NANOS / 2;
        heldUntilPart = Long.MIN_VALUE;
    }

    void add(int count, long now) {
        long gap = now - lastNanos;
        long counted = counted(gap);
        if (counted < gap && part >= heldUntilPart && part - startedPart >= PARTS && sum > 0) {
            heldBps = bps();
            heldUntilPart = part + PARTS + 3;
        }
        activeNanos += counted;
        lastNanos = now;
        long current = activeNanos / PART_NANOS;
        while (part < current) {
            note();
            part++;
            int slot = (int) (part % PARTS);
            sum -= bytes[slot];
            bytes[slot] = 0;
        }
        bytes[(int) (part % PARTS)] += count;
        sum += count;
    }

    /** A part is over: what a whole second before its end cost. */
    private void note() {
        int second = (int) (part / PARTS % SECONDS);
        if (part % PARTS == 0) {
            highest[second] = 0;
        }
        if (part - startedPart >= PARTS - 1) {
            highest[second] = Math.max(highest[second], bps());
        }
        dearest = 0;
        for (long each : highest) {
            dearest = Math.max(dearest, each);
        }
    }

    /** Pictures that come once a second are believed after a few; one second without any among thirty in each is not. */
    private long counted(long gap) {
        long counted = Math.max(0, Math.min(gap, 2 * usualGapNanos));
        long faded = usualGapNanos - usualGapNanos * Math.min(counted, Time.SECOND) / Time.SECOND;
        usualGapNanos = Math.min(Math.max(PART_NANOS / 2, Math.max(counted, faded)), Time.SECOND);
        return counted;
    }

    /** Bits per second. */
    long bps() {
        long parts = Math.max(1, Math.min(PARTS, part - startedPart + 1));
        long bps = sum * 8 * (Time.SECOND / PART_NANOS) / parts;
        return part < heldUntilPart ? Math.min(bps, heldBps) : bps;
    }

    /** Bits per second of the dearest of the last ten seconds. */
    long highestBps() {
        return Math.max(bps(), dearest);
    }
}
