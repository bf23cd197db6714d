package dev.yodel.io.loop;

import java.util.Collection;

/**
 * When may lanes have one more thread? As many threads as cores may run at once; one counts as running unless its task
 * waits for something, or has not come back for so long that it may as well. It knows no thread and no clock.
 *
 * <p>So listeners that only compute share the cores, however many lanes there are, and listeners that block cost a
 * thread each, as they must.
 */
class CarrierLimit {
    /** How long a lane waits for a thread before another one is thought of. */
    static final long PATIENCE_NANOS = 2_000_000;

    /** A task that waits and has held its thread for so long no longer counts. */
    static final long BLOCKED_NANOS = 5_000_000;

    /** Nor does one that has held its thread for so long without waiting: it may be inside a system call. */
    static final long BUSY_NANOS = 200_000_000;

    private final int parallelism;
    private final int cap;

    /** What a thread is doing. */
    interface Carrier {
        /** When it began with the present lane. */
        long sinceNanos();

        /** Whether it waits: for a monitor, a lock, a time. What waits inside a system call is not known. */
        boolean isWaiting();
    }

    /**
     * @param parallelism threads that may compute at once
     * @param cap threads in all, at least as many
     */
    CarrierLimit(int parallelism, int cap) {
        this.parallelism = parallelism;
        this.cap = Math.max(cap, parallelism);
    }

    /** Whether another thread may be made without a look at those that are there. */
    boolean mayStart(int carriers) {
        return carriers < parallelism;
    }

    /** Whether there are more threads than may compute at once, so that an idle one can go soon. */
    boolean isSurplus(int carriers) {
        return carriers > parallelism;
    }

    boolean isReached(int carriers) {
        return carriers >= cap;
    }

    /**
     * Whether a lane that has waited so long gets one more thread.
     *
     * @param running the carriers that have a lane
     * @param carriers all that there are
     * @param waitedNanos how long the first lane of the queue has waited
     */
    boolean mayGrow(Collection<? extends Carrier> running, int carriers, long waitedNanos, long nowNanos) {
        if (waitedNanos < PATIENCE_NANOS || isReached(carriers)) {
            return false;
        }
        int computing = 0;
        for (Carrier carrier : running) {
            long held = nowNanos - carrier.sinceNanos();
            boolean gone = held >= BUSY_NANOS || (held >= BLOCKED_NANOS && carrier.isWaiting());
            if (!gone && ++computing >= parallelism) {
                return false;
            }
        }
        return true;
    }
}
