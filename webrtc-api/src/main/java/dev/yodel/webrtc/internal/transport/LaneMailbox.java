package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Lane;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of media towards user code: when the user is slow the oldest is dropped and counted, and the loop
 * never waits. One lane task empties all that is there. Any thread.
 *
 * @param <T> what is handed over
 */
final class LaneMailbox<T> {
    private final Lane lane;
    private final int capacity;
    private final Consumer<T> consumer;
    private final ArrayDeque<T> queue = new ArrayDeque<>();
    private boolean scheduled;
    private long dropped;

    LaneMailbox(Lane lane, int capacity, Consumer<T> consumer) {
        this.lane = lane;
        this.capacity = capacity;
        this.consumer = consumer;
    }

    void offer(T item) {
        synchronized (queue) {
            if (queue.size() == capacity) {
                queue.removeFirst();
                dropped++;
            }
            queue.addLast(item);
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        try {
            lane.execute(this::deliver);
        } catch (RejectedExecutionException closed) {
            // The environment is closed: nobody will read any more.
            synchronized (queue) {
                dropped += queue.size();
                queue.clear();
            }
        }
    }

    long dropped() {
        synchronized (queue) {
            return dropped;
        }
    }

    private void deliver() {
        // At most what stood in the queue at the start, so that other tasks of the lane get their turn.
        for (int budget = capacity; budget > 0; budget--) {
            T item = next();
            if (item == null) {
                return;
            }
            consumer.accept(item);
        }
        try {
            lane.execute(this::deliver);
        } catch (RejectedExecutionException closed) {
            synchronized (queue) {
                queue.clear();
            }
        }
    }

    private @Nullable T next() {
        synchronized (queue) {
            T item = queue.pollFirst();
            if (item == null) {
                scheduled = false;
            }
            return item;
        }
    }
}
