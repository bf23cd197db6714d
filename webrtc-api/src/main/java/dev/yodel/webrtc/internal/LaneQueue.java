package dev.yodel.webrtc.internal;

import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.Registration;
import dev.yodel.io.Time;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loop that W3C's algorithms speak of, for one connection: tasks on its lane, and after each task (and each
 * event) the microtasks that are due, which are the reactions of futures. Any thread; tasks run on the lane.
 */
final class LaneQueue implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger("dev.yodel.webrtc");

    private final Lane lane;
    private final Loop loop;
    // Confined to the lane.
    private final ArrayDeque<Runnable> microtasks = new ArrayDeque<>();
    private int depth;

    LaneQueue(Lane lane, Loop loop) {
        this.lane = lane;
        this.loop = loop;
    }

    Lane lane() {
        return lane;
    }

    boolean inLane() {
        return lane.inLane();
    }

    /** Runs a task on the lane; after the environment has been closed it runs at once, so that futures still settle. */
    void post(Runnable task) {
        try {
            lane.execute(() -> run(task));
        } catch (RejectedExecutionException closed) {
            runClosed(task);
        }
    }

    private synchronized void runClosed(Runnable task) {
        task.run();
    }

    private void run(Runnable task) {
        depth++;
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a task of a connection's lane failed; the connection goes on", e);
        } finally {
            try {
                drain();
            } finally {
                depth--;
            }
        }
    }

    /** A reaction: it runs when the present listener or task is through, else as a task of its own. */
    @Override
    public void execute(Runnable microtask) {
        if (lane.inLane() && depth > 0) {
            microtasks.add(microtask);
        } else {
            post(microtask);
        }
    }

    /** Runs the microtasks that are due; W3C does this after each callback. On the lane. */
    void drain() {
        Runnable next = microtasks.poll();
        while (next != null) {
            try {
                next.run();
            } catch (RuntimeException | Error e) {
                LOG.error("a reaction of a future threw; the connection goes on", e);
            }
            next = microtasks.poll();
        }
    }

    /** Runs something on the lane some time later, unless that is called off before. */
    Registration later(long delayNanos, Runnable task) {
        // Confined to the loop.
        LoopTimer[] timer = new LoopTimer[1];
        try {
            loop.execute(() -> {
                timer[0] = loop.newTimer(() -> {
                    timer[0].close();
                    post(task);
                });
                timer[0].set(Time.after(loop.now(), delayNanos));
            });
        } catch (RejectedExecutionException closed) {
            post(task);
        }
        return () -> {
            try {
                loop.execute(() -> timer[0].close());
            } catch (RejectedExecutionException closed) {
                // All timers are gone.
            }
        };
    }
}
