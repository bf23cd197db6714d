package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Daemon threads that come when there is work and go when there is none. An idle thread is used before a new one is made;
 * above the cap tasks wait. It keeps no order. Any thread.
 */
final class ElasticPool implements Executor {
    private static final long IDLE_MILLIS = 5_000;

    private final String name;
    private final int cap;
    private final long stackBytes;
    private final Diagnostics diagnostics;
    private final Object lock = new Object();
    // All of these under the lock.
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private final Set<Thread> threads = new HashSet<>();
    // Threads that have said goodbye and may not be quite gone.
    private final Set<Thread> leaving = new HashSet<>();
    private int idle;
    private long started;
    private boolean closed;

    ElasticPool(String name, int cap, long stackBytes, Diagnostics diagnostics) {
        this.name = name;
        this.cap = cap;
        this.stackBytes = stackBytes;
        this.diagnostics = diagnostics;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            if (closed) {
                throw new RejectedExecutionException("the environment is closed; give it no more work");
            }
            queue.add(task);
            if (queue.size() <= idle) {
                // Only idle threads wait before close(), so one is enough.
                lock.notify();
            } else if (threads.size() < cap) {
                startThread();
            }
        }
    }

    private void startThread() {
        Thread thread = new Thread(null, this::work, name + "-" + started++, stackBytes);
        thread.setDaemon(true);
        leaving.removeIf(left -> !left.isAlive());
        threads.add(thread);
        try {
            thread.start();
        } catch (Throwable noMemoryForThread) {
            threads.remove(thread);
            if (threads.isEmpty()) {
                queue.clear();
                throw new RejectedExecutionException("cannot start a thread", noMemoryForThread);
            }
        }
    }

    private void work() {
        try {
            Runnable task;
            while ((task = next()) != null) {
                try {
                    task.run();
                } catch (Throwable e) {
                    report(task, e);
                }
            }
        } finally {
            synchronized (lock) {
                threads.remove(Thread.currentThread());
                leaving.add(Thread.currentThread());
                lock.notifyAll();
            }
        }
    }

    private void report(Runnable task, Throwable error) {
        try {
            diagnostics.onError(Thread.currentThread().getName() + ": task " + task, error);
        } catch (Throwable inDiagnostics) {
            // There is nobody left to tell; the thread goes on.
            return;
        }
    }

    private @Nullable Runnable next() {
        synchronized (lock) {
            long deadline = System.nanoTime() + IDLE_MILLIS * 1_000_000;
            idle++;
            try {
                while (queue.isEmpty()) {
                    long wait = (deadline - System.nanoTime()) / 1_000_000;
                    if (closed || wait <= 0) {
                        return null;
                    }
                    try {
                        lock.wait(wait);
                    } catch (InterruptedException e) {
                        // A left-over of the last task, or the call to end: the loop looks again.
                    }
                }
                // An interrupt meant for the last task must not hit the next one.
                Thread.interrupted();
                return queue.poll();
            } finally {
                idle--;
            }
        }
    }

    /** Refuses new tasks; those given still run. Threads end when nothing is left. Returns at once. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }

    /** Forgets the tasks that wait and interrupts those that run. Returns at once. */
    void interrupt() {
        synchronized (lock) {
            closed = true;
            queue.clear();
            for (Thread thread : threads) {
                if (thread != Thread.currentThread()) {
                    thread.interrupt();
                }
            }
            lock.notifyAll();
        }
    }

    /**
     * Waits until all threads but the caller's own are gone.
     *
     * @return false if the deadline (System.nanoTime) passed
     */
    boolean awaitEnd(long deadlineNanos) throws InterruptedException {
        List<Thread> left;
        synchronized (lock) {
            while (threads.size() > (threads.contains(Thread.currentThread()) ? 1 : 0)) {
                long wait = deadlineNanos - System.nanoTime();
                if (wait <= 0) {
                    return false;
                }
                lock.wait(wait / 1_000_000 + 1);
            }
            left = List.copyOf(leaving);
        }
        for (Thread thread : left) {
            if (thread != Thread.currentThread()) {
                thread.join(Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000));
            }
        }
        return true;
    }

    boolean isOwnThread() {
        synchronized (lock) {
            return threads.contains(Thread.currentThread());
        }
    }

    int idleCount() {
        synchronized (lock) {
            return idle;
        }
    }

    int threadCount() {
        synchronized (lock) {
            return threads.size();
        }
    }
}
