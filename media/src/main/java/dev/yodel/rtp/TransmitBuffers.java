package dev.yodel.rtp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of packets that leave, used again, the last one first. All sessions of one thread may share one: where a
 * packet leaves as soon as it is written, as a forwarder's does, all of them write into the same few arrays, which
 * stay in the processor's cache. It holds no packet that waits. For one thread, that of its sessions.
 */
public final class TransmitBuffers {
    /** Most that are kept: those of a burst to many. */
    private static final int MAX_FREE = 1_024;

    private static final int FIRST_CAPACITY = 16;

    /** The first of them are free; behind them stand those that were. */
    private TransmitQueue.@Nullable Buffer[] free = new TransmitQueue.Buffer[FIRST_CAPACITY];

    private int count;
    private int allocated;

    /** Empty until it is used. */
    public TransmitBuffers() {}

    TransmitQueue.Buffer take() {
        TransmitQueue.Buffer buffer = count > 0 ? free[--count] : null;
        if (buffer == null) {
            buffer = new TransmitQueue.Buffer();
            allocated++;
        }
        buffer.sendTimeAt = -1;
        buffer.transportNumberAt = -1;
        buffer.stream = null;
        return buffer;
    }

    @SuppressWarnings("ReferenceEquality") // meant: whether there is anything to write
    void release(TransmitQueue.Buffer buffer) {
        buffer.stream = null;
        if (count == MAX_FREE) {
            return;
        }
        if (count == free.length) {
            free = Arrays.copyOf(free, 2 * count);
        }
        // A reference is written only where another one stands: the collector's barrier waits for all that was written.
        if (free[count] != buffer) {
            free[count] = buffer;
        }
        count++;
    }

    /** Buffers made so far: constant in a steady state. */
    int allocated() {
        return allocated;
    }
}
