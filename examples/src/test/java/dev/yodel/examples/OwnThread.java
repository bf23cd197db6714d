package dev.yodel.examples;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Runs what waits on a thread of its own. On two processors the common pool has one thread, and from JDK 25 on the JDK's
 * WebSocket client stands still while that one waits.
 */
public final class OwnThread {
    private OwnThread() {}

    /**
     * Begins something.
     *
     * @param task what may wait
     * @param <T> what it gives
     * @return its result
     */
    public static <T> CompletableFuture<T> call(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, command -> new Thread(command, "own-thread").start());
    }
}
