package dev.yodel.sctp.state;

import dev.yodel.io.Time;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** When does which {@link Timer} expire? It does nothing when one does. */
@SuppressWarnings("EnumOrdinal") // an index into this object's own array
public final class Deadlines {
    private static final Timer[] TIMERS = Timer.values();

    private final long[] at = new long[TIMERS.length];

    public Deadlines() {
        clear();
    }

    public void clear() {
        Arrays.fill(at, Time.NEVER);
    }

    public void clear(Timer... timers) {
        for (Timer timer : timers) {
            set(timer, Time.NEVER);
        }
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

    /** The next timer that is due, which is off then; null if there is none. */
    public @Nullable Timer takeDue(long now) {
        for (Timer timer : TIMERS) {
            if (now >= at[timer.ordinal()]) {
                at[timer.ordinal()] = Time.NEVER;
                return timer;
            }
        }
        return null;
    }
}
