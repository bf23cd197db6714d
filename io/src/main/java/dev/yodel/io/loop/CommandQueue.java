package dev.yodel.io.loop;

import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Commands from any thread to one loop: which come next, and does the loop have to be woken? It does not run them. A
 * burst of commands costs one wake-up: the first after the loop took the last batch.
 */
final class CommandQueue {
    private final Object lock = new Object();
    private ArrayDeque<Runnable> incoming = new ArrayDeque<>();
    private boolean closed;
    /** Set while commands wait, so that the loop need not take the lock in a turn without any. */
    private volatile boolean pending;
    /** The batch being run. Loop thread only. */
    private ArrayDeque<Runnable> batch = new ArrayDeque<>();

    /**
     * Appends a command.
     *
     * @return true if the loop has to be woken
     */
    boolean offer(Runnable command) {
        synchronized (lock) {
            if (closed) {
                throw new RejectedExecutionException("the environment is closed; give no more commands to its loops");
            }
            incoming.add(command);
            if (pending) {
                return false;
            }
            pending = true;
            return true;
        }
    }

    /** Whether commands wait. */
    boolean isPending() {
        return pending;
    }

    /** Moves everything that waits into the batch. Loop thread only. */
    void takeBatch() {
        if (!pending || !batch.isEmpty()) {
            return;
        }
        synchronized (lock) {
            ArrayDeque<Runnable> empty = batch;
            batch = incoming;
            incoming = empty;
            pending = false;
        }
    }

    /** The next command of the batch. Loop thread only. */
    @Nullable
    Runnable poll() {
        return batch.poll();
    }

    /** Refuses commands from now on; those that wait may still be taken. */
    void close() {
        synchronized (lock) {
            closed = true;
        }
    }
}
