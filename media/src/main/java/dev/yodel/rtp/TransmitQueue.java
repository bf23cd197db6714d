package dev.yodel.rtp;

import java.util.ArrayDeque;

/** Packets that wait for {@link RtpSession#pollTransmit}, with their own free list; bounded, drops the oldest. */
final class TransmitQueue {
    /** Most bytes of one packet. */
    static final int MAX_PACKET = 1500;

    static final int MAX_WAITING = 1024;
    private static final int MAX_FREE = 128;

    /** One packet in an array of its own, with room before and behind. */
    static final class Buffer {
        final byte[] data = new byte[RtpTransmit.HEADROOM + MAX_PACKET + RtpTransmit.TAILROOM];
        int length;
        boolean rtcp;
    }

    private final ArrayDeque<Buffer> waiting = new ArrayDeque<>();
    private final ArrayDeque<Buffer> free = new ArrayDeque<>();
    private final RtpCounters counters;
    private int allocated;

    TransmitQueue(RtpCounters counters) {
        this.counters = counters;
    }

    /** A buffer to fill from {@link RtpTransmit#HEADROOM} on. */
    Buffer take() {
        Buffer buffer = free.pollFirst();
        if (buffer == null) {
            buffer = new Buffer();
            allocated++;
        }
        return buffer;
    }

    /** Buffers made so far: constant in a steady state. */
    int allocated() {
        return allocated;
    }

    void add(Buffer buffer, int length, boolean rtcp) {
        buffer.length = length;
        buffer.rtcp = rtcp;
        waiting.addLast(buffer);
        if (waiting.size() > MAX_WAITING) {
            counters.count(RtpCounter.TRANSMITS_DROPPED);
            release(waiting.removeFirst());
        }
    }

    void release(Buffer buffer) {
        if (free.size() < MAX_FREE) {
            free.addFirst(buffer);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    @org.jspecify.annotations.Nullable
    Buffer poll() {
        return waiting.pollFirst();
    }
}
