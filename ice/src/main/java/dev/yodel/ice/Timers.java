package dev.yodel.ice;

import dev.yodel.io.Time;
import java.util.Arrays;

/** The deadlines of one agent or session, one per {@link Timer}. */
@SuppressWarnings("EnumOrdinal") // the index of an array in memory, never written anywhere
final class Timers {
    private static final Timer[] ALL = Timer.values();

    private final long[] deadlines = new long[ALL.length];

    Timers() {
        clear();
    }

    void set(Timer timer, long deadline) {
        deadlines[timer.ordinal()] = deadline;
    }

    long get(Timer timer) {
        return deadlines[timer.ordinal()];
    }

    boolean isDue(Timer timer, long now) {
        return deadlines[timer.ordinal()] <= now;
    }

    void clear() {
        Arrays.fill(deadlines, Time.NEVER);
    }

    long next() {
        long next = Time.NEVER;
        for (long deadline : deadlines) {
            next = Math.min(next, deadline);
        }
        return next;
    }

    /** The timer that fires next, for the watchdog. */
    Timer reason() {
        Timer first = Timer.PACE;
        for (Timer timer : ALL) {
            if (get(timer) < get(first)) {
                first = timer;
            }
        }
        return first;
    }
}
