package dev.yodel.rtp;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Events that wait for {@link RtpSession#pollEvent}; packet events are re-used, and the queue is bounded. */
final class EventQueue {
    static final int MAX_WAITING = 4096;

    private final ArrayDeque<RtpEvent> waiting = new ArrayDeque<>();
    private final ArrayDeque<ReceivedPacket> free = new ArrayDeque<>();
    private final RtpCounters counters;
    private @Nullable ReceivedPacket lent;
    private int allocated;

    EventQueue(RtpCounters counters) {
        this.counters = counters;
    }

    ReceivedPacket takePacket() {
        ReceivedPacket packet = free.pollFirst();
        if (packet == null) {
            packet = new ReceivedPacket();
            allocated++;
        }
        return packet;
    }

    /** Packet events made so far: constant in a steady state. */
    int allocated() {
        return allocated;
    }

    void add(RtpEvent event) {
        if (waiting.size() == MAX_WAITING) {
            counters.count(RtpCounter.EVENTS_DROPPED);
            recycle(waiting.removeFirst());
        }
        waiting.addLast(event);
    }

    private void recycle(RtpEvent event) {
        if (event instanceof ReceivedPacket packet && free.size() < 128) {
            free.addFirst(packet);
        }
    }

    @Nullable
    RtpEvent poll() {
        if (lent != null) {
            recycle(lent);
            lent = null;
        }
        RtpEvent event = waiting.pollFirst();
        if (event instanceof ReceivedPacket packet) {
            lent = packet;
        }
        return event;
    }
}
