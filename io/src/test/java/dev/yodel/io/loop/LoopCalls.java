package dev.yodel.io.loop;

import dev.yodel.io.Loop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Work that a test has done on a loop. */
final class LoopCalls {
    private LoopCalls() {}

    /** Waits for the result; what the work throws is the cause of what this throws. */
    static <T> T on(Loop loop, Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }
}
