package dev.yodel.media.loop;

import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one beat of all raw audio: every 10 ms it runs its tasks on the media threads, all of them in one wake-up, on at
 * most as many threads as there are cores. Without tasks it stands still. Ticks are not lost when a loop or a media
 * thread is late: they follow, up to 100 ms of them. Every method may be called from any thread.
 */
public final class MediaClock implements AutoCloseable {
    /** Time between two ticks. */
    public static final long TICK_NANOS = 10 * Time.MILLISECOND;

    private static final Logger LOG = LoggerFactory.getLogger(MediaClock.class);
    private static final int MAX_BEHIND = 10;

    /** Something that is done every 10 ms. */
    @FunctionalInterface
    public interface Task {
        /**
         * One tick; on a media thread, never two at a time for one task. It must not block.
         *
         * @param now the time for which this tick stands, {@link Time}
         */
        void onTick(long now);
    }

    /** Tasks that run one after the other. */
    private static final class Group implements Runnable {
        private final AtomicInteger due = new AtomicInteger();
        private volatile Entry[] tasks = {};
        private volatile long latest;

        void tick(int ticks, long now, Executor executor, AtomicLong skipped) {
            latest = now;
            int before = due.get();
            if (before + ticks > MAX_BEHIND) {
                skipped.addAndGet(ticks);
                return;
            }
            if (due.getAndAdd(ticks) == 0) {
                executor.execute(this);
            }
        }

        @Override
        public void run() {
            int taken = due.get();
            do {
                long now = latest;
                for (int i = taken - 1; i >= 0; i--) {
                    for (Entry entry : tasks) {
                        entry.run(now - i * TICK_NANOS);
                    }
                }
                taken = due.addAndGet(-taken);
            } while (taken > 0);
        }
    }

    private static final class Entry {
        private final Task task;
        private volatile boolean removed;
        private boolean complained;

        Entry(Task task) {
            this.task = task;
        }

        void run(long now) {
            if (removed) {
                return;
            }
            try {
                task.onTick(now);
            } catch (RuntimeException e) {
                if (!complained) {
                    complained = true;
                    LOG.warn("{} failed; it goes on, further failures are not logged", task, e);
                }
            }
        }
    }

    private final Environment environment;
    private final Loop loop;
    private final AtomicLong skipped = new AtomicLong();
    private final Object lock = new Object();
    // Guarded by lock.
    private final List<Group> groups = new ArrayList<>();
    private int tasks;
    private boolean closed;
    // Loop only.
    private @Nullable LoopTimer timer;
    private long nextTick = Time.NEVER;

    /**
     * A clock that stands still.
     *
     * @param environment gives the media threads
     * @param loop on which its timer runs
     */
    public MediaClock(Environment environment, Loop loop) {
        this.environment = environment;
        this.loop = loop;
    }

    /**
     * Adds a task; it gets its first tick within 10 ms.
     *
     * @param task what to do every 10 ms
     * @return closing it removes the task; one last tick may be under way then
     * @throws IllegalStateException if the clock is closed
     */
    public Registration add(Task task) {
        Entry entry = new Entry(task);
        Group home;
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("the media clock is closed, as is its factory");
            }
            home = leastBusy();
            Entry[] more = Arrays.copyOf(home.tasks, home.tasks.length + 1);
            more[more.length - 1] = entry;
            home.tasks = more;
            if (tasks++ == 0) {
                onLoop(this::start);
            }
        }
        return () -> remove(home, entry);
    }

    private Group leastBusy() {
        Group least = null;
        for (Group group : groups) {
            if (least == null || group.tasks.length < least.tasks.length) {
                least = group;
            }
        }
        if (least == null
                || (least.tasks.length > 0
                        && groups.size() < Runtime.getRuntime().availableProcessors())) {
            least = new Group();
            groups.add(least);
        }
        return least;
    }

    private void remove(Group home, Entry entry) {
        synchronized (lock) {
            if (entry.removed) {
                return;
            }
            entry.removed = true;
            List<Entry> rest = new ArrayList<>(List.of(home.tasks));
            rest.remove(entry);
            home.tasks = rest.toArray(new Entry[0]);
            if (--tasks == 0) {
                onLoop(this::stopIfIdle);
            }
        }
    }

    /**
     * How many ticks were left out because loop or media threads were more than 100 ms behind.
     *
     * @return a count since the clock was made
     */
    public long skippedTicks() {
        return skipped.get();
    }

    /**
     * Whether it ticks.
     *
     * @return false without tasks
     */
    public boolean isRunning() {
        synchronized (lock) {
            return tasks > 0 && !closed;
        }
    }

    private void start() {
        if (nextTick != Time.NEVER || !isRunning()) {
            return;
        }
        LoopTimer current = timer;
        if (current == null) {
            current = loop.newTimer(this::onDeadline);
            timer = current;
        }
        nextTick = loop.now() + TICK_NANOS;
        current.set(nextTick);
    }

    private void stopIfIdle() {
        LoopTimer current = timer;
        if (!isRunning() && current != null) {
            current.close();
            timer = null;
            nextTick = Time.NEVER;
        }
    }

    private void onDeadline() {
        LoopTimer current = timer;
        if (current == null) {
            return;
        }
        long now = loop.now();
        long ticks = Math.max(0, (now - nextTick) / TICK_NANOS + 1);
        nextTick += ticks * TICK_NANOS;
        if (ticks > MAX_BEHIND) {
            skipped.addAndGet(ticks - MAX_BEHIND);
            ticks = MAX_BEHIND;
        }
        List<Group> busy;
        synchronized (lock) {
            busy = List.copyOf(groups);
        }
        for (Group group : busy) {
            if (group.tasks.length > 0 && ticks > 0) {
                try {
                    group.tick((int) ticks, nextTick - TICK_NANOS, environment.mediaWorkers(), skipped);
                } catch (RejectedExecutionException e) {
                    LOG.debug("the media threads are gone", e);
                    return;
                }
            }
        }
        current.set(nextTick);
    }

    private void onLoop(Runnable command) {
        try {
            loop.execute(command);
        } catch (RejectedExecutionException e) {
            LOG.debug("the media clock's loop is closed", e);
        }
    }

    /** Stops for good. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        onLoop(this::stopIfIdle);
    }
}
