package dev.yodel.webrtc.internal;

import dev.yodel.io.Lane;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A lane over an executor of the application, which runs one task at a time: a UI thread, for example. */
final class ExecutorLane implements Lane {
    private final Executor executor;
    private volatile @Nullable Thread running;

    ExecutorLane(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(() -> {
            Thread before = running;
            running = Thread.currentThread();
            try {
                task.run();
            } finally {
                running = before;
            }
        });
    }

    @Override
    public boolean inLane() {
        return Thread.currentThread().equals(running);
    }
}
