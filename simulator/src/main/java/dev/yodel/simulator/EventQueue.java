package dev.yodel.simulator;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What happens next? Events in the order of their time, those of one time in the order they were added. */
final class EventQueue {
    /** One thing that happens at one time. */
    static final class Event implements Comparable<Event> {
        final long time;
        private final long order;
        private @Nullable Runnable action;

        private Event(long time, long order, Runnable action) {
            this.time = time;
            this.order = order;
            this.action = action;
        }

        void cancel() {
            action = null;
        }

        @Nullable
        Runnable take() {
            Runnable taken = action;
            action = null;
            return taken;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private long nextOrder;

    Event add(long time, Runnable action) {
        Event event = new Event(time, nextOrder++, action);
        queue.add(event);
        return event;
    }

    /** The next event that is not cancelled, left in the queue; null if none. */
    @Nullable
    Event peek() {
        Event first = queue.peek();
        while (first != null && first.action == null) {
            queue.poll();
            first = queue.peek();
        }
        return first;
    }

    @Nullable
    Event poll() {
        Event first = peek();
        if (first != null) {
            queue.poll();
        }
        return first;
    }
}
