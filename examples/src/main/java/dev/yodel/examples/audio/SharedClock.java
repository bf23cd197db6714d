package dev.yodel.examples.audio;

import java.time.Instant;

/**
 * One clock for the JVMs of one machine: microseconds since 1970. It is the monotonic clock of this JVM, tied once, at
 * start, to the machine's wall clock: of 20 readings of the wall clock, each between two of the monotonic one, the one
 * with the narrowest bracket counts. So it never jumps while a call runs, and two JVMs started one after the other
 * agree to within the bracket (some microseconds) and what the wall clock was slewed in between.
 */
public final class SharedClock {
    private static final int READINGS = 20;

    private final long anchorNanos;
    private final long anchorMicros;
    private final long bracketNanos;

    /** Ties the clock. */
    public SharedClock() {
        long bestBracket = Long.MAX_VALUE;
        long bestNanos = 0;
        long bestMicros = 0;
        for (int i = 0; i < READINGS; i++) {
            final long before = System.nanoTime();
            final Instant wall = Instant.now();
            final long after = System.nanoTime();
            if (after - before < bestBracket) {
                bestBracket = after - before;
                bestNanos = before + bestBracket / 2;
                bestMicros = wall.getEpochSecond() * 1_000_000 + wall.getNano() / 1_000;
            }
        }
        anchorNanos = bestNanos;
        anchorMicros = bestMicros;
        bracketNanos = bestBracket;
    }

    /**
     * Now.
     *
     * @return microseconds since 1970-01-01T00:00Z
     */
    public long micros() {
        return microsOf(System.nanoTime());
    }

    /**
     * Turns a reading of the monotonic clock into this one.
     *
     * @param nanoTime what {@link System#nanoTime} gave in this JVM
     * @return microseconds since 1970-01-01T00:00Z
     */
    public long microsOf(long nanoTime) {
        return anchorMicros + Math.floorDiv(nanoTime - anchorNanos, 1_000);
    }

    /**
     * How exactly the two clocks were tied.
     *
     * @return nanoseconds between the monotonic readings around the wall clock's
     */
    public long bracketNanos() {
        return bracketNanos;
    }
}
