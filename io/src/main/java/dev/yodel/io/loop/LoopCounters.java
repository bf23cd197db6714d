package dev.yodel.io.loop;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one loop has done so far. The fields are written by the loop thread; {@link #snapshot()} is published once a
 * turn and may be read from any thread.
 */
final class LoopCounters {
    long turns;
    long slowTurns;
    long errors;
    long datagramsReceived;
    long datagramsSent;
    long datagramsBatched;
    long datagramsPreferred;
    long sendsFull;
    long sendsRefused;
    long receiveErrors;
    int openPorts;

    private volatile LoopStats snapshot = new LoopStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private volatile int publishedPorts;
    private final AtomicInteger assigned = new AtomicInteger();
    /** When the current turn began; Long.MIN_VALUE while the loop waits. */
    private final AtomicLong turnStart = new AtomicLong(Long.MIN_VALUE);

    private long publishedTurns = -1;

    void turnStarted(long now) {
        turnStart.setOpaque(now);
    }

    void turnEnded(int openTimers) {
        turnStart.setOpaque(Long.MIN_VALUE);
        LoopStats last = snapshot;
        if (turns - publishedTurns >= 64 || last.openPorts() != openPorts || last.openTimers() != openTimers) {
            publish(openTimers);
        }
    }

    private void publish(int openTimers) {
        publishedTurns = turns;
        if (publishedPorts != openPorts) {
            // What was assigned has opened its sockets, or will soon.
            assigned.set(0);
        }
        publishedPorts = openPorts;
        snapshot = new LoopStats(
                turns,
                slowTurns,
                errors,
                datagramsReceived,
                datagramsSent,
                datagramsBatched,
                datagramsPreferred,
                sendsFull,
                sendsRefused,
                receiveErrors,
                openPorts,
                openTimers);
    }

    LoopStats snapshot() {
        return snapshot;
    }

    /** Open sockets, and connections that were given to this loop since their count last changed. From any thread. */
    int load() {
        return publishedPorts + assigned.get();
    }

    void assign() {
        assigned.incrementAndGet();
    }

    long turnStart() {
        return turnStart.getOpaque();
    }
}
