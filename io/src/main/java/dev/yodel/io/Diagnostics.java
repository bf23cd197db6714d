package dev.yodel.io;

/**
 * Told about what went wrong inside an {@link Environment} without harming it: thrown exceptions, slow turns, blocked
 * lanes. It decides nothing. Called from any thread, also from loops: it must not block. Secrets never appear in the
 * texts.
 */
@FunctionalInterface
public interface Diagnostics {
    /**
     * A handler, command, timer or task threw; whatever it belonged to goes on.
     *
     * @param where what ran, in words
     * @param error what it threw
     */
    void onError(String where, Throwable error);

    /**
     * A turn of a loop took longer than 50 ms.
     *
     * @param loop the loop's name
     * @param stage the longest step of the turn, in words
     * @param turnNanos how long the whole turn took
     */
    default void onSlowTurn(String loop, String stage, long turnNanos) {}

    /**
     * A task of a lane has run for 5 s or more; told once per task.
     *
     * @param task the task, in words
     * @param blockedNanos how long it has run so far
     */
    default void onLaneBlocked(String task, long blockedNanos) {}
}
