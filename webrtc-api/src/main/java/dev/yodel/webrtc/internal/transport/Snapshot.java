package dev.yodel.webrtc.internal.transport;

import java.util.ArrayList;
import java.util.List;

/**
 * A few things that are gone through with every packet and seldom change: readers go through an immutable list by
 * index, which makes no garbage. Any thread.
 */
final class Snapshot<T> {
    private volatile List<T> items = List.of();

    /** Those of now, in the order in which they were added. */
    List<T> get() {
        return items;
    }

    synchronized void add(T item) {
        if (!items.contains(item)) {
            List<T> more = new ArrayList<>(items);
            more.add(item);
            items = List.copyOf(more);
        }
    }

    synchronized void remove(T item) {
        List<T> fewer = new ArrayList<>(items);
        fewer.remove(item);
        items = List.copyOf(fewer);
    }
}
