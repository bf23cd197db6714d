package dev.yodel.io;

/** One re-settable deadline on a loop. Loop thread only. */
public interface LoopTimer {
    /**
     * Sets or moves the deadline. The callback runs once, on the loop, at or after it (a loop may be 20 ms late).
     *
     * @param deadline {@link Time}; {@link Time#NEVER} cancels
     */
    void set(long deadline);

    /** Forgets the deadline and releases the timer; {@link #set} must not be called again. */
    void close();
}
