package dev.yodel.webrtc.internal.transport;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the loop has for a channel's listeners, in order. One lane task empties all that is there, and the loop hands over
 * once a turn. It is bounded by the receive window: what waits here counts against it. Any thread.
 */
final class Inbox {
    /** Events of one lane task at most, so that other tasks of a shared lane get their turn. */
    private static final int BATCH = 256;

    private final Consumer<Runnable> lane;
    private final Consumer<Object> consumer;
    private final Runnable task = this::deliver;
    private final ArrayDeque<Object> events = new ArrayDeque<>(2);
    private boolean started;
    private boolean scheduled;

    /** Events are kept until {@link #start}. */
    Inbox(Consumer<Runnable> lane, Consumer<Object> consumer) {
        this.lane = lane;
        this.consumer = consumer;
    }

    void add(Object event) {
        synchronized (events) {
            events.add(event);
        }
    }

    /** Lets the lane have what is there. */
    void handOver() {
        synchronized (events) {
            if (!started || scheduled || events.isEmpty()) {
                return;
            }
            scheduled = true;
        }
        lane.accept(task);
    }

    void start() {
        synchronized (events) {
            started = true;
        }
        handOver();
    }

    private void deliver() {
        for (int budget = BATCH; budget > 0; budget--) {
            Object event = next();
            if (event == null) {
                return;
            }
            consumer.accept(event);
        }
        lane.accept(task);
    }

    private @Nullable Object next() {
        synchronized (events) {
            Object event = events.poll();
            if (event == null) {
                scheduled = false;
            }
            return event;
        }
    }
}
