package dev.yodel.simulator;

/**
 * What does a host's own clock say at a moment of the simulation? A monotonic clock that may run fast or slow and stops
 * while the host is suspended, and a wall clock that may jump.
 */
final class HostClock {
    private static final long MILLION = 1_000_000;

    /** The clocks agree at this moment of the simulation ... */
    private long simulatedBase;
    /** ... and this one of the host; from there on the host's goes at its rate. */
    private long hostBase;

    private long ratePpm;
    private long wallOffsetMillis;

    HostClock(long start) {
        simulatedBase = start;
        hostBase = start;
    }

    long monotonicAt(long simulated) {
        // While suspended, the base lies in the future and the clock stands still.
        long passed = Math.max(0, simulated - simulatedBase);
        return hostBase + passed + passed / MILLION * ratePpm + passed % MILLION * ratePpm / MILLION;
    }

    /** The first moment of the simulation at which the host's clock has reached a deadline. */
    long simulatedAt(long monotonic) {
        long passed = monotonic - hostBase;
        if (passed <= 0) {
            return simulatedBase;
        }
        long divisor = MILLION + ratePpm;
        long guess = simulatedBase + passed / divisor * MILLION + passed % divisor * MILLION / divisor;
        if (guess < simulatedBase) {
            return Long.MAX_VALUE;
        }
        while (monotonicAt(guess) < monotonic) {
            guess++;
        }
        return guess;
    }

    void rate(long now, long newRatePpm) {
        long host = monotonicAt(now);
        simulatedBase = Math.max(now, simulatedBase);
        hostBase = host;
        ratePpm = newRatePpm;
    }

    void stopUntil(long now, long end) {
        long host = monotonicAt(now);
        simulatedBase = Math.max(end, simulatedBase);
        hostBase = host;
    }

    void jumpWall(long millis) {
        wallOffsetMillis += millis;
    }

    long wallOffsetMillis() {
        return wallOffsetMillis;
    }
}
