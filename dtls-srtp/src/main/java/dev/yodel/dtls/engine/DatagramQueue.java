package dev.yodel.dtls.engine;

import java.util.ArrayDeque;

/** Datagrams that wait to be sent, in arrays that are used again: sealing a record in steady state allocates none. */
final class DatagramQueue {
    /** More than this are refused. */
    static final int MAX_DATAGRAMS = 512;

    private static final int MAX_SPARE = 2;
    private static final int USUAL_BYTES = 1280;

    /** A buffer and how much of it is used. */
    static final class Entry {
        byte[] data;
        int length;

        Entry(int capacity) {
            this.data = new byte[capacity];
        }
    }

    private final ArrayDeque<Entry> waiting = new ArrayDeque<>(4);
    private final ArrayDeque<Entry> spare = new ArrayDeque<>(MAX_SPARE);

    boolean isFull() {
        return waiting.size() >= MAX_DATAGRAMS;
    }

    /** An empty buffer with room for {@code capacity} bytes, to be given to {@link #add}. */
    Entry acquire(int capacity) {
        Entry entry = spare.poll();
        if (entry == null) {
            return new Entry(Math.max(capacity, USUAL_BYTES));
        }
        if (entry.data.length < capacity) {
            entry.data = new byte[capacity];
        }
        entry.length = 0;
        return entry;
    }

    void add(Entry entry) {
        waiting.add(entry);
    }

    /** Copies the next datagram out. */
    int poll(byte[] into, int offset) {
        Entry entry = waiting.peek();
        if (entry == null) {
            return 0;
        }
        if (into.length - offset < entry.length) {
            throw new IllegalArgumentException(
                    "the next datagram has " + entry.length + " bytes, there is room for " + (into.length - offset));
        }
        waiting.poll();
        System.arraycopy(entry.data, 0, into, offset, entry.length);
        int length = entry.length;
        if (spare.size() < MAX_SPARE) {
            spare.add(entry);
        }
        return length;
    }
}
