package dev.yodel.io.loop;

import dev.yodel.io.Diagnostics;
import java.util.List;

/**
 * One thread that looks once a second for what the loops cannot see themselves: a turn that does not end, a lane that is
 * blocked, an interface that came or went. It repairs nothing.
 */
final class LoopWatchdog implements Runnable {
    static final long LANE_LIMIT_NANOS = 5_000_000_000L;
    private static final long STUCK_TURN_NANOS = 1_000_000_000L;
    private static final long TICK_MILLIS = 1_000;
    private static final int TICKS_PER_INTERFACE_POLL = 2;

    private final List<EventLoop> loops;
    private final LanePool lanes;
    private final NetworkInterfaces interfaces;
    private final Diagnostics diagnostics;
    private final long[] toldTurnStart;
    private final Thread thread;
    private boolean closed;

    LoopWatchdog(
            String name, List<EventLoop> loops, LanePool lanes, NetworkInterfaces interfaces, Diagnostics diagnostics) {
        this.loops = loops;
        this.lanes = lanes;
        this.interfaces = interfaces;
        this.diagnostics = diagnostics;
        this.toldTurnStart = new long[loops.size()];
        this.thread = new Thread(null, this, name, 256 * 1024);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private synchronized boolean awaitTick() {
        long deadline = System.nanoTime() + TICK_MILLIS * 1_000_000;
        while (!closed) {
            long wait = (deadline - System.nanoTime()) / 1_000_000;
            if (wait <= 0) {
                return true;
            }
            try {
                wait(wait);
            } catch (InterruptedException e) {
                // Nobody interrupts this thread for a reason; only close() ends it.
            }
        }
        return false;
    }

    @Override
    public void run() {
        int tick = 0;
        while (awaitTick()) {
            try {
                for (int i = 0; i < loops.size(); i++) {
                    checkTurn(i, loops.get(i));
                }
                lanes.checkBlocked(System.nanoTime(), LANE_LIMIT_NANOS);
                if (++tick % TICKS_PER_INTERFACE_POLL == 0 && interfaces.isWatched()) {
                    interfaces.poll();
                }
            } catch (Throwable e) {
                report(e);
            }
        }
    }

    private void report(Throwable error) {
        try {
            diagnostics.onError(thread.getName(), error);
        } catch (Throwable inDiagnostics) {
            // There is nobody left to tell; the watch goes on.
            return;
        }
    }

    private void checkTurn(int index, EventLoop loop) {
        long start = loop.counters().turnStart();
        if (start == Long.MIN_VALUE || toldTurnStart[index] == start) {
            return;
        }
        long took = loop.now() - start;
        if (took < STUCK_TURN_NANOS) {
            return;
        }
        toldTurnStart[index] = start;
        StringBuilder text = new StringBuilder("still running:");
        for (StackTraceElement element : loop.thread().getStackTrace()) {
            text.append("\n    at ").append(element);
        }
        diagnostics.onSlowTurn(loop.name(), text.toString(), took);
    }
}
