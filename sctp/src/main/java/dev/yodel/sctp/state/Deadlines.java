package dev.yodel.sctp.state;

import dev.yodel.io.Time;
import java.util.Arrays;

/** When does which {@link Timer} expire? It does nothing when one does. */
@SuppressWarnings("EnumOrdinal") // an index into this object's own array
public final class Deadlines {
    private final long[] at = new long[Timer.values().length];

    public Deadlines() {
        clear();
    }

    public void clear() {
        Arrays.fill(at, Time.NEVER);
    }

    public void set(Timer timer, long deadline) {
        at[timer.ordinal()] = deadline;
    }

    public long get(Timer timer) {
        return at[timer.ordinal()];
    }

    public long next() {
        long next = Time.NEVER;
        for (long deadline : at) {
            next = Math.min(next, deadline);
        }
        return next;
    }
}
