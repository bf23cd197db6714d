package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The platform threads that lanes run on: as many as cores, more only for lanes whose tasks block ({@link CarrierLimit}),
 * none when there is nothing to do. The thread that went idle last is used first, so that those which are not needed any
 * more find out. It keeps no order between lanes. Any thread.
 *
 * <p>While lanes wait and all threads are busy, one thread more, the spare, watches how long they wait; when the limit
 * allows it, it becomes a carrier itself.
 */
final class LaneCarriers implements Executor {
    static final long IDLE_NANOS = 5_000_000_000L;

    /** Threads above the usual number go after this part of the idle time. */
    private static final int SURPLUS_SHARE = 5;

    private final String name;
    private final CarrierLimit limit;
    private final long idleNanos;
    private final Diagnostics diagnostics;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    // All of these under the lock.
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final ArrayDeque<Carrier> idle = new ArrayDeque<>();
    private final Set<Carrier> running = new HashSet<>();
    private final Set<Carrier> all = new HashSet<>();
    private final Set<Thread> leaving = new HashSet<>();
    private @Nullable Carrier spare;
    private long started;
    private boolean closed;

    private record Waiting(Runnable task, long sinceNanos) {}

    LaneCarriers(String name, CarrierLimit limit, long idleNanos, Diagnostics diagnostics) {
        this.name = name;
        this.limit = limit;
        this.idleNanos = idleNanos;
        this.diagnostics = diagnostics;
    }

    /** One thread. */
    private final class Carrier implements Runnable, CarrierLimit.Carrier {
        final Thread thread;
        final Condition woken = lock.newCondition();
        private volatile long sinceNanos;
        // False while it is between two tasks, where it may wait for the lock without being blocked.
        private volatile boolean inTask;
        // Under the lock: whether it stands among the idle ones; as the spare, whether it waits for the next task.
        private boolean resting;

        Carrier(long number) {
            thread = new Thread(null, this, name + "-" + number);
            thread.setDaemon(true);
        }

        @Override
        public long sinceNanos() {
            return sinceNanos;
        }

        @Override
        public boolean isWaiting() {
            Thread.State state = thread.getState();
            return inTask && state != Thread.State.RUNNABLE && state != Thread.State.NEW;
        }

        @Override
        public void run() {
            try {
                Runnable task;
                while ((task = next(this)) != null) {
                    // An interrupt meant for the last task must not hit the next one.
                    Thread.interrupted();
                    inTask = true;
                    try {
                        task.run();
                    } catch (Throwable e) {
                        report(task, e);
                    } finally {
                        inTask = false;
                    }
                }
            } finally {
                end(this);
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException("the environment is closed; give it no more work");
            }
            queue.add(new Waiting(task, System.nanoTime()));
            Carrier free = idle.pollLast();
            if (free != null) {
                free.resting = false;
                markRunning(free);
                free.woken.signal();
            } else if (limit.mayStart(carriers())) {
                start(false);
            } else {
                watch();
            }
        } finally {
            lock.unlock();
        }
    }

    private int carriers() {
        return all.size() - (spare == null ? 0 : 1);
    }

    private void markRunning(Carrier carrier) {
        carrier.sinceNanos = System.nanoTime();
        running.add(carrier);
    }

    private void watch() {
        Carrier watching = spare;
        if (watching == null) {
            if (!limit.isReached(carriers())) {
                start(true);
            }
        } else if (watching.resting) {
            watching.resting = false;
            watching.woken.signal();
        }
    }

    private void start(boolean asSpare) {
        Carrier carrier = new Carrier(started++);
        leaving.removeIf(left -> !left.isAlive());
        all.add(carrier);
        if (asSpare) {
            spare = carrier;
        } else {
            markRunning(carrier);
        }
        try {
            carrier.thread.start();
        } catch (Throwable noMemoryForThread) {
            forget(carrier);
            if (all.isEmpty()) {
                queue.clear();
                throw new RejectedExecutionException("cannot start a thread", noMemoryForThread);
            }
        }
    }

    private void forget(Carrier carrier) {
        all.remove(carrier);
        running.remove(carrier);
        idle.remove(carrier);
        if (spare == carrier) {
            spare = null;
        }
    }

    private void end(Carrier carrier) {
        lock.lock();
        try {
            forget(carrier);
            leaving.add(carrier.thread);
            ended.signalAll();
        } finally {
            lock.unlock();
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

    /** What this thread does next; null: it ends. */
    private @Nullable Runnable next(Carrier carrier) {
        lock.lock();
        try {
            if (carrier == spare && !awaitPromotion(carrier)) {
                return null;
            }
            Waiting first;
            while ((first = queue.poll()) == null) {
                running.remove(carrier);
                if (closed || !awaitWork(carrier)) {
                    return null;
                }
            }
            markRunning(carrier);
            return first.task();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for work; false: there was none for so long that this thread is not needed. */
    private boolean awaitWork(Carrier carrier) {
        idle.addLast(carrier);
        carrier.resting = true;
        long left = limit.isSurplus(carriers()) ? idleNanos / SURPLUS_SHARE : idleNanos;
        while (carrier.resting) {
            if (closed || left <= 0) {
                carrier.resting = false;
                idle.remove(carrier);
                return closed;
            }
            left = await(carrier, left);
        }
        return true;
    }

    /** Watches the queue until the limit lets the spare become a carrier; false: it is not needed. */
    private boolean awaitPromotion(Carrier carrier) {
        long left = idleNanos;
        while (true) {
            Waiting first = queue.peek();
            long now = System.nanoTime();
            if (first == null) {
                if (closed || left <= 0) {
                    return false;
                }
                carrier.resting = true;
                left = await(carrier, left);
                carrier.resting = false;
            } else if (limit.mayGrow(running, carriers(), now - first.sinceNanos(), now)) {
                spare = null;
                markRunning(carrier);
                if (queue.size() > 1) {
                    watch();
                }
                return true;
            } else {
                left = idleNanos;
                await(carrier, CarrierLimit.PATIENCE_NANOS);
            }
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Both callers loop.
    private static long await(Carrier carrier, long nanos) {
        try {
            return carrier.woken.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // A left-over of the last task, or the call to end: the caller looks again.
            return nanos;
        }
    }

    /** Refuses new tasks; those given still run. Threads end when nothing is left. Returns at once. */
    void close() {
        lock.lock();
        try {
            closed = true;
            all.forEach(carrier -> carrier.woken.signal());
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the tasks that wait and interrupts those that run. Returns at once. */
    void interrupt() {
        lock.lock();
        try {
            closed = true;
            queue.clear();
            for (Carrier carrier : all) {
                carrier.woken.signal();
                if (carrier.thread != Thread.currentThread()) {
                    carrier.thread.interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all threads but the caller's own are gone.
     *
     * @return false if the deadline (System.nanoTime) passed
     */
    boolean awaitEnd(long deadlineNanos) throws InterruptedException {
        List<Thread> left;
        lock.lock();
        try {
            while (all.size() > (isOwnThread() ? 1 : 0)) {
                long wait = deadlineNanos - System.nanoTime();
                if (wait <= 0) {
                    return false;
                }
                ended.awaitNanos(wait);
            }
            left = new ArrayList<>(leaving);
        } finally {
            lock.unlock();
        }
        for (Thread thread : left) {
            if (thread != Thread.currentThread()) {
                thread.join(Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000));
            }
        }
        return true;
    }

    boolean isOwnThread() {
        lock.lock();
        try {
            for (Carrier carrier : all) {
                if (carrier.thread == Thread.currentThread()) {
                    return true;
                }
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Threads that exist now, the spare included. */
    int threadCount() {
        lock.lock();
        try {
            return all.size();
        } finally {
            lock.unlock();
        }
    }
}
