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
    /** On a lane that others share, an event must not overtake theirs: each is a task of its own, as in a browser. */
    private final boolean oneByOne;

    private boolean started;
    private int scheduled;

    /** Events are kept until {@link #start}. */
    Inbox(Consumer<Runnable> lane, boolean oneByOne, Consumer<Object> consumer) {
        this.lane = lane;
        this.oneByOne = oneByOne;
        this.consumer = consumer;
    }

    void add(Object event) {
        synchronized (events) {
            events.add(event);
        }
    }

    /** Lets the lane have what is there. */
    void handOver() {
        int tasks;
        synchronized (events) {
            if (!started) {
                return;
            }
            tasks = (oneByOne ? events.size() : Math.min(1, events.size())) - scheduled;
            scheduled += Math.max(0, tasks);
        }
        for (; tasks > 0; tasks--) {
            lane.accept(task);
        }
    }

    void start() {
        synchronized (events) {
            started = true;
        }
        handOver();
    }

    private void deliver() {
        if (oneByOne) {
            Object event = next();
            if (event != null) {
                consumer.accept(event);
            }
            return;
        }
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
            if (oneByOne || event == null) {
                scheduled--;
            }
            return event;
        }
    }
}
