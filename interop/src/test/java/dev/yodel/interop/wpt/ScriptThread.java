package dev.yodel.interop.wpt;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A page's event loop: one thread, tasks in the order in which they came, timers. It is the single lane of the factory
 * under test, so that the library's events and the page's timers are tasks of one queue, as in a browser.
 */
final class ScriptThread implements Executor, AutoCloseable {
    private final ScheduledThreadPoolExecutor executor;
    private final Map<Integer, Future<?>> timers = new HashMap<>();
    private volatile @Nullable Thread thread;
    private int lastTimer;

    ScriptThread(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(null, task, "wpt " + name, 8 << 20);
            made.setDaemon(true);
            thread = made;
            return made;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    boolean current() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** Runs a task and waits until it is done; false if that takes too long. */
    boolean runAndWait(Runnable task, long timeoutMillis) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        try {
            executor.execute(() -> {
                try {
                    task.run();
                } finally {
                    done.countDown();
                }
            });
        } catch (RejectedExecutionException e) {
            return false;
        }
        return done.await(timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /** On the thread: a timer as HTML's setTimeout or setInterval makes it. */
    int timer(Runnable work, double delayMillis, boolean repeat) {
        int id = ++lastTimer;
        long nanos = (long) (Math.min(delayMillis, 1e9) * 1e6);
        Future<?> timer = repeat
                ? executor.scheduleWithFixedDelay(work, nanos, nanos, TimeUnit.NANOSECONDS)
                : executor.schedule(
                        () -> {
                            timers.remove(id);
                            work.run();
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
        timers.put(id, timer);
        return id;
    }

    void clearTimer(int id) {
        Future<?> timer = timers.remove(id);
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
