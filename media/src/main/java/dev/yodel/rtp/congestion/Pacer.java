package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/**
 * When may the next packet leave? What was sent is a debt that is paid off at the pacing rate; a little may always be owed,
 * so that timers need not be exact. It holds no packets.
 */
public final class Pacer {
    /** What leaves at once at most, as time at the pacing rate. */
    private static final long BURST_NANOS = 5 * Time.MILLISECOND;

    /** What waits must be gone in this time, however low the target is. */
    private static final long MAX_QUEUE_NANOS = Time.SECOND;

    private double debtBytes;
    private double bytesPerNano;
    private long updatedNanos = Time.NEVER;

    /** A pacer without debts. */
    public Pacer() {}

    /**
     * Sets the pace.
     *
     * @param bps bits per second
     * @param queuedBytes what waits
     * @param now the time
     */
    public void rate(long bps, long queuedBytes, long now) {
        settle(now);
        bytesPerNano = Math.max(bps / 8.0 / Time.SECOND, (double) queuedBytes / MAX_QUEUE_NANOS);
    }

    private void settle(long now) {
        if (updatedNanos != Time.NEVER && now > updatedNanos) {
            debtBytes = Math.max(0, debtBytes - bytesPerNano * (now - updatedNanos));
        }
        updatedNanos = updatedNanos == Time.NEVER ? now : Math.max(updatedNanos, now);
    }

    /**
     * Whether a packet may leave.
     *
     * @param now the time
     * @return true if what is owed is little enough
     */
    public boolean maySend(long now) {
        settle(now);
        return debtBytes <= bytesPerNano * BURST_NANOS;
    }

    /**
     * A packet left, paced or not.
     *
     * @param bytes its size
     * @param now the time
     */
    public void onSent(int bytes, long now) {
        settle(now);
        debtBytes += bytes;
    }

    /**
     * When {@link #maySend} becomes true.
     *
     * @param now the time
     * @return a time, not before now
     */
    public long nextTime(long now) {
        settle(now);
        double over = debtBytes - bytesPerNano * BURST_NANOS;
        return over <= 0 ? now : now + (long) Math.ceil(over / bytesPerNano);
    }
}
