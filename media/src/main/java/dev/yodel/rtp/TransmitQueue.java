package dev.yodel.rtp;

import org.jspecify.annotations.Nullable;

/**
 * Packets that wait for {@link RtpSession#pollTransmit}, the urgent ones apart from those that are paced; bounded,
 * drops the oldest.
 */
final class TransmitQueue {
    /** Most bytes of one packet. */
    static final int MAX_PACKET = 1500;

    static final int MAX_WAITING = 1024;

    /** What goes first. */
    enum Priority {
        /** RTCP: leaves at once, and no estimate counts it. */
        CONTROL,
        /** Audio: leaves at once. */
        AUDIO,
        /** What was asked for again, and padding. */
        REPAIR,
        /** Everything else. */
        VIDEO
    }

    /** One packet in an array of its own, with room before and behind. */
    static final class Buffer {
        final byte[] data = new byte[RtpTransmit.HEADROOM + MAX_PACKET + RtpTransmit.TAILROOM];
        int length;
        Priority priority = Priority.CONTROL;

        /** Whose packet it is, if it is one of media, and since when it waits. */
        @Nullable
        SendStream stream;

        long queuedNanos;

        /** Where the absolute send time and the transport-wide number stand, or -1. */
        int sendTimeAt = -1;

        int transportNumberAt = -1;
    }

    private final WaitingPackets urgent = new WaitingPackets();
    private final WaitingPackets repairs = new WaitingPackets();
    private final WaitingPackets video = new WaitingPackets();
    private long pacedBytes;
    private final RtpCounters counters;
    private final TransmitBuffers buffers;

    TransmitQueue(RtpCounters counters, TransmitBuffers buffers) {
        this.counters = counters;
        this.buffers = buffers;
    }

    /** A buffer to fill from {@link RtpTransmit#HEADROOM} on. */
    Buffer take() {
        return buffers.take();
    }

    void add(Buffer buffer, int length, Priority priority) {
        buffer.length = length;
        if (buffer.priority != priority) {
            buffer.priority = priority;
        }
        WaitingPackets queue =
                switch (priority) {
                    case CONTROL, AUDIO -> urgent;
                    case REPAIR -> repairs;
                    case VIDEO -> video;
                };
        queue.add(buffer);
        if (queue != urgent) {
            pacedBytes += length;
        }
        if (queue.size() > MAX_WAITING) {
            counters.count(RtpCounter.TRANSMITS_DROPPED);
            Buffer dropped = queue.poll();
            if (dropped != null) {
                if (queue != urgent) {
                    pacedBytes -= dropped.length;
                }
                release(dropped);
            }
        }
    }

    void release(Buffer buffer) {
        buffers.release(buffer);
    }

    /** Bytes of the packets that are paced. */
    long pacedBytes() {
        return pacedBytes;
    }

    @Nullable
    Buffer pollUrgent() {
        return urgent.poll();
    }

    @Nullable
    Buffer pollPaced() {
        Buffer buffer = repairs.poll();
        if (buffer == null) {
            buffer = video.poll();
        }
        if (buffer != null) {
            pacedBytes -= buffer.length;
        }
        return buffer;
    }
}
