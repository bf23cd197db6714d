package dev.yodel.simulator;

import dev.yodel.io.Lane;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;

/** A serial lane of a simulated host: each task is an event of its own. */
final class SimulatedLane implements Lane {
    private final SimulatedHost host;
    private final Simulator simulator;
    private final String name;
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private boolean scheduled;
    private long busyUntil;

    SimulatedLane(SimulatedHost host, String name) {
        this.host = host;
        this.simulator = host.simulator();
        this.name = name;
    }

    @Override
    public void execute(Runnable task) {
        simulator.checkThread();
        if (host.hasEnded() && queue.isEmpty() && !inLane()) {
            throw new RejectedExecutionException("the environment is closed; give its lanes no more work");
        }
        queue.add(task);
        schedule();
    }

    private void schedule() {
        if (!scheduled && !queue.isEmpty()) {
            scheduled = true;
            long at = Math.max(simulator.now() + simulator.handOffDelay(), busyUntil);
            simulator.at(host.notStalled(at), this::runOne);
        }
    }

    private void runOne() {
        scheduled = false;
        long now = simulator.now();
        if (host.notStalled(now) > now || busyUntil > now) {
            schedule();
            return;
        }
        Runnable task = queue.poll();
        if (task != null) {
            simulator.enter(this, () -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    host.report(name + " task " + task, e);
                }
            });
            simulator.countEvent();
        }
        schedule();
    }

    /** The task that runs now "takes" this long: the next one waits. */
    void occupy(long nanos) {
        busyUntil = simulator.now() + nanos;
    }

    int waiting() {
        return queue.size();
    }

    @Override
    public boolean inLane() {
        return simulator.current() == this;
    }

    @Override
    public String toString() {
        return name;
    }
}
