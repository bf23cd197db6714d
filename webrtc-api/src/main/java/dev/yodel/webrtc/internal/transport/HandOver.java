package dev.yodel.webrtc.internal.transport;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A queue between two threads, one that adds and one that takes, without locks and without garbage. What was added is
 * seen by the other once it was published, many items together, so that the two seldom touch the same line of memory.
 * It cannot overflow: it is for a fixed set of items that go round, no more than its capacity, each in it at most
 * once.
 */
final class HandOver<T> {
    private final @Nullable Object[] slots;
    private final AtomicInteger published = new AtomicInteger();

    // Of the thread that adds.
    private int added;

    // Of the thread that takes.
    private int taken;
    private int seen;

    /** A queue for a power of two of items. */
    HandOver(int capacity) {
        slots = new Object[capacity];
    }

    void add(T item) {
        slots[added++ & slots.length - 1] = item;
    }

    /** Lets the other thread see what was added; what it wrote before it is asked next is seen here. */
    void publish() {
        if (published.get() != added) {
            published.set(added);
        }
    }

    /** The oldest item that was published, or null. */
    @Nullable
    T poll() {
        if (isEmpty()) {
            return null;
        }
        @SuppressWarnings("unchecked")
        T item = (T) slots[taken++ & slots.length - 1];
        return item;
    }

    /** Whether nothing is published that was not taken; for the thread that takes. */
    boolean isEmpty() {
        if (taken != seen) {
            return false;
        }
        seen = published.get();
        return taken == seen;
    }
}
