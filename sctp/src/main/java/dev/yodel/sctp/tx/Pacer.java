package dev.yodel.sctp.tx;

import dev.yodel.io.Time;

/**
 * How many bytes have become due, so that a window goes out over its round trip and not in one burst? A bucket that fills
 * at the pace of the window; it does not know what is sent.
 */
final class Pacer {
    /** The longest time whose bytes may go out together: timers are a millisecond coarse, and late. */
    private static final long BURST_NANOS = 5 * Time.MILLISECOND;

    private static final int BURST_PACKETS = 16;

    private final int packetBytes;
    private double bytesPerNano = Double.POSITIVE_INFINITY;
    private double due;
    private long filledAt;

    Pacer(int packetBytes) {
        this.packetBytes = packetBytes;
        this.due = (double) BURST_PACKETS * packetBytes;
    }

    /** Sets the pace: a window in a round trip, and somewhat more so that the window is what limits. */
    void pace(long windowBytes, long roundTripNanos, boolean isSlowStart) {
        if (roundTripNanos <= 0) {
            bytesPerNano = Double.POSITIVE_INFINITY;
        } else {
            bytesPerNano = (isSlowStart ? 2.0 : 1.25) * windowBytes / roundTripNanos;
        }
    }

    /** When a packet is due: now or later. */
    long dueAt(long now) {
        if (bytesPerNano == Double.POSITIVE_INFINITY) {
            return now;
        }
        double most = Math.max((double) BURST_PACKETS * packetBytes, bytesPerNano * BURST_NANOS);
        due = Math.min(most, due + bytesPerNano * Math.max(0, now - filledAt));
        filledAt = now;
        if (due > 0) {
            return now;
        }
        return now + 1 + (long) Math.min(Time.SECOND, (packetBytes - due) / bytesPerNano);
    }

    void sent(int bytes) {
        if (bytesPerNano != Double.POSITIVE_INFINITY) {
            due -= bytes;
        }
    }
}
