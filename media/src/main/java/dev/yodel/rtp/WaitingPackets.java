package dev.yodel.rtp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packets in the order in which they leave: a ring that grows. It bounds nothing and drops nothing. Its first places keep
 * their references until other packets need them, and an empty ring begins at the first again: where each packet leaves
 * before the next one comes, as a forwarder's does, one place has the same buffer for ever, and no reference is written,
 * for each of which the collector's barrier waits until all that was written before has left the processor. For one
 * thread.
 */
final class WaitingPackets {
    private static final int FIRST_CAPACITY = 4;

    /** Places that keep what has left. */
    static final int MOST_KEPT = FIRST_CAPACITY;

    /** Null where no packet has stood yet. */
    private TransmitQueue.@Nullable Buffer[] ring = new TransmitQueue.Buffer[FIRST_CAPACITY];

    private int head;
    private int size;

    int size() {
        return size;
    }

    @SuppressWarnings("ReferenceEquality") // meant: whether there is anything to write
    void add(TransmitQueue.Buffer buffer) {
        if (size == ring.length) {
            TransmitQueue.@Nullable Buffer[] more = Arrays.copyOf(ring, 2 * size);
            for (int i = 0; i < size; i++) {
                more[i] = ring[(head + i) & (size - 1)];
            }
            ring = more;
            head = 0;
        }
        int at = (head + size++) & (ring.length - 1);
        if (ring[at] != buffer) {
            ring[at] = buffer;
        }
    }

    /** The one that has waited longest, which waits no more; null if there is none. */
    TransmitQueue.@Nullable Buffer poll() {
        if (size == 0) {
            return null;
        }
        TransmitQueue.Buffer first = ring[head];
        if (head >= MOST_KEPT) {
            ring[head] = null;
        }
        head = --size == 0 ? 0 : (head + 1) & (ring.length - 1);
        return first;
    }

    /** Places that have a reference, waiting or not. */
    int references() {
        int count = 0;
        for (TransmitQueue.Buffer buffer : ring) {
            count += buffer == null ? 0 : 1;
        }
        return count;
    }
}
