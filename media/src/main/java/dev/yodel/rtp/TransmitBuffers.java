package dev.yodel.rtp;

import java.util.ArrayDeque;

/**
 * Arrays of packets that leave, used again, the last one first. All sessions of one thread may share one: where a
 * packet leaves as soon as it is written, as a forwarder's does, all of them write into the same few arrays, which
 * stay in the processor's cache. It holds no packet that waits. For one thread, that of its sessions.
 */
public final class TransmitBuffers {
    /** Most that are kept: those of a burst to many. */
    private static final int MAX_FREE = 1_024;

    private final ArrayDeque<TransmitQueue.Buffer> free = new ArrayDeque<>();
    private int allocated;

    /** Empty until it is used. */
    public TransmitBuffers() {}

    TransmitQueue.Buffer take() {
        TransmitQueue.Buffer buffer = free.pollFirst();
        if (buffer == null) {
            buffer = new TransmitQueue.Buffer();
            allocated++;
        }
        buffer.sendTimeAt = -1;
        buffer.transportNumberAt = -1;
        buffer.stream = null;
        return buffer;
    }

    void release(TransmitQueue.Buffer buffer) {
        if (free.size() < MAX_FREE) {
            buffer.stream = null;
            free.addFirst(buffer);
        }
    }

    /** Buffers made so far: constant in a steady state. */
    int allocated() {
        return allocated;
    }
}
