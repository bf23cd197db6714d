package dev.yodel.io.loop;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * How long does a loop look for work before it sleeps? User code that got something mostly answers at once, from its
 * lane: a loop that is still awake then needs no wake-up, which costs more than the answer. So after a turn that gave
 * work to a lane it stays awake for up to {@link #LONGEST_NANOS} and yields its core meanwhile.
 *
 * <p>It pays for itself: what it waits in vain is taken from a credit, a wake-up that it saves adds to it, and without
 * credit it tries only now and then. So a program whose lanes do not answer, or late, pays next to nothing. Loop thread
 * only.
 */
final class Linger {
    static final long LONGEST_NANOS = 50_000;

    /** What a saved wake-up is worth: two system calls, two changes of threads, and the time until they are done. */
    static final long SAVED_NANOS = 30_000;

    static final long MOST_CREDIT_NANOS = 16 * LONGEST_NANOS;

    /** Without credit every so many turns that gave work to lanes are tried. */
    static final int PROBE_TURNS = 64;

    private final LongSupplier clock;
    private final BooleanSupplier found;
    private final Runnable yield;
    private long creditNanos = MOST_CREDIT_NANOS;
    private int turnsWithoutCredit;
    private boolean gaveWork;

    /**
     * A loop's.
     *
     * @param clock nanoseconds
     * @param found whether there is something to do
     * @param yield lets others run
     */
    Linger(LongSupplier clock, BooleanSupplier found, Runnable yield) {
        this.clock = clock;
        this.found = found;
        this.yield = yield;
    }

    /** In this turn a lane was given work. */
    void gaveWork() {
        gaveWork = true;
    }

    /** The turn is over: looks for work as long as that is worth it. */
    void await() {
        if (!gaveWork) {
            return;
        }
        gaveWork = false;
        if (found.getAsBoolean()) {
            return;
        }
        if (creditNanos <= 0 && ++turnsWithoutCredit % PROBE_TURNS != 0) {
            return;
        }
        long start = clock.getAsLong();
        long waited;
        boolean saved;
        do {
            yield.run();
            saved = found.getAsBoolean();
            waited = clock.getAsLong() - start;
        } while (!saved && waited < LONGEST_NANOS);
        creditNanos = Math.min(MOST_CREDIT_NANOS, Math.max(0, creditNanos) + (saved ? SAVED_NANOS - waited : -waited));
    }
}
