package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import dev.yodel.io.Lane;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One serial lane on a shared pool: what runs next, and is it blocked? It holds a thread only while it has tasks, and
 * gives it back after a while so that other lanes get their turn. Any thread.
 */
final class SerialLane implements Lane, Runnable {
    /** After so long a lane with more tasks stands in line again. */
    private static final long SLICE_NANOS = 500_000;

    private final Executor pool;
    private final Set<SerialLane> running;
    private final Diagnostics diagnostics;
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    /** Whether the pool has this lane; guarded by the queue. */
    private boolean scheduled;

    private volatile @Nullable Thread runner;
    // For the watch: which task, since when, and was it told already?
    private volatile @Nullable Runnable task;
    private volatile long taskStartNanos;
    private volatile boolean told;

    SerialLane(Executor pool, Set<SerialLane> running, Diagnostics diagnostics) {
        this.pool = pool;
        this.running = running;
        this.diagnostics = diagnostics;
    }

    @Override
    public void execute(Runnable newTask) {
        synchronized (queue) {
            queue.add(newTask);
            if (scheduled) {
                return;
            }
            try {
                pool.execute(this);
                scheduled = true;
                LoopThread.gaveWork();
            } catch (RejectedExecutionException e) {
                queue.removeLast();
                throw e;
            }
        }
    }

    @Override
    public boolean inLane() {
        return Thread.currentThread() == runner;
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        running.add(this);
        long start = System.nanoTime();
        Runnable next;
        while ((next = next()) != null) {
            runTask(next);
            if (System.nanoTime() - start >= SLICE_NANOS && giveTurn()) {
                return;
            }
        }
    }

    /** Stands in line again if there is more to do; false: it goes on here. */
    private boolean giveTurn() {
        synchronized (queue) {
            if (queue.isEmpty()) {
                return false;
            }
            leave();
            try {
                pool.execute(this);
                return true;
            } catch (RejectedExecutionException closed) {
                // What was given before the end is still done, by this thread.
                runner = Thread.currentThread();
                running.add(this);
                return false;
            }
        }
    }

    private @Nullable Runnable next() {
        synchronized (queue) {
            Runnable next = queue.poll();
            if (next == null) {
                leave();
                scheduled = false;
            }
            return next;
        }
    }

    /** Before another thread can run this lane, or this thread would undo what that one has noted. */
    private void leave() {
        running.remove(this);
        runner = null;
    }

    private void runTask(Runnable next) {
        taskStartNanos = System.nanoTime();
        told = false;
        task = next;
        try {
            next.run();
        } catch (Throwable e) {
            report("lane task " + next, e);
        } finally {
            task = null;
        }
    }

    private void report(String where, Throwable error) {
        try {
            diagnostics.onError(where, error);
        } catch (Throwable inDiagnostics) {
            // There is nobody left to tell; the lane goes on.
            return;
        }
    }

    /** Reports the current task if it has run too long; called by the watch. */
    void checkBlocked(long nowNanos, long limitNanos) {
        Runnable current = task;
        long blocked = nowNanos - taskStartNanos;
        if (current == null || told || blocked < limitNanos || current != task) {
            return;
        }
        told = true;
        StringBuilder text = new StringBuilder().append(current);
        Thread thread = runner;
        if (thread != null) {
            for (StackTraceElement element : thread.getStackTrace()) {
                text.append("\n    at ").append(element);
            }
        }
        try {
            diagnostics.onLaneBlocked(text.toString(), blocked);
        } catch (Throwable e) {
            report("diagnostics", e);
        }
    }
}
