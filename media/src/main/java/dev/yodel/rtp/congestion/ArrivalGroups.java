package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/**
 * How much longer was a group of packets under way than the one before? Packets sent within 5 ms are one group, and so is
 * what a queue released in one burst (draft-ietf-rmcat-gcc-02 5.2).
 */
final class ArrivalGroups {
    private static final long GROUP_NANOS = 5 * Time.MILLISECOND;
    private static final long MAX_BURST_NANOS = 100 * Time.MILLISECOND;

    private static final class Group {
        boolean empty = true;
        long firstSentNanos;
        long sentNanos;
        long firstArrivalMicros;
        long arrivalMicros;

        void set(Group other) {
            empty = other.empty;
            firstSentNanos = other.firstSentNanos;
            sentNanos = other.sentNanos;
            firstArrivalMicros = other.firstArrivalMicros;
            arrivalMicros = other.arrivalMicros;
        }

        void begin(long sent, long arrival) {
            empty = false;
            firstSentNanos = sent;
            sentNanos = sent;
            firstArrivalMicros = arrival;
            arrivalMicros = arrival;
        }
    }

    private final Group current = new Group();
    private final Group previous = new Group();
    private double sentDeltaMillis;
    private double arrivalDeltaMillis;

    /** Takes a packet, in the order of arrival; true if a group is complete and the deltas are right. */
    boolean add(long sentNanos, long arrivalMicros) {
        if (current.empty) {
            current.begin(sentNanos, arrivalMicros);
            return false;
        }
        if (sentNanos < current.firstSentNanos) {
            // Sent before this group: late, and of no use.
            return false;
        }
        if (belongs(sentNanos, arrivalMicros)) {
            current.sentNanos = Math.max(current.sentNanos, sentNanos);
            current.arrivalMicros = Math.max(current.arrivalMicros, arrivalMicros);
            return false;
        }
        boolean complete = !previous.empty;
        if (complete) {
            sentDeltaMillis = (current.sentNanos - previous.sentNanos) / 1e6;
            arrivalDeltaMillis = (current.arrivalMicros - previous.arrivalMicros) / 1e3;
        }
        previous.set(current);
        current.begin(sentNanos, arrivalMicros);
        return complete;
    }

    private boolean belongs(long sentNanos, long arrivalMicros) {
        if (sentNanos - current.firstSentNanos <= GROUP_NANOS) {
            return true;
        }
        long arrivalDelta = (arrivalMicros - current.arrivalMicros) * 1000;
        long propagation = arrivalDelta - (sentNanos - current.sentNanos);
        return propagation < 0
                && arrivalDelta <= GROUP_NANOS
                && (arrivalMicros - current.firstArrivalMicros) * 1000 < MAX_BURST_NANOS;
    }

    double sentDeltaMillis() {
        return sentDeltaMillis;
    }

    double arrivalDeltaMillis() {
        return arrivalDeltaMillis;
    }

    void reset() {
        current.empty = true;
        previous.empty = true;
    }
}
