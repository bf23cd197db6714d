package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/**
 * When is it worth while to send faster for a moment, how fast, and what did that show? A probe is a cluster of packets
 * sent at a higher rate; what arrives of it, and how fast, bounds the capacity from below. It sends nothing itself.
 */
final class Probes {
    static final int NONE = 0;

    private static final long CLUSTER_NANOS = 20 * Time.MILLISECOND;
    private static final int MIN_PACKETS = 5;
    private static final long INTERVAL_NANOS = 3 * Time.SECOND;
    /** Between probes while more is wanted than was looked for. */
    private static final long EAGER_INTERVAL_NANOS = 500 * Time.MILLISECOND;

    private static final long TIMEOUT_NANOS = Time.SECOND;

    private long bps;
    private int id = NONE;
    private int lastId = NONE;
    private long bytesLeft;
    private int packetsLeft;
    private boolean waiting;
    private long waitingSince;
    private long begunNanos = Long.MIN_VALUE / 2;
    private long queuedBps = -1;

    // What came of the cluster that is waited for.
    private int arrived;
    private long arrivedBytes;
    private long firstSent;
    private long lastSent;
    private int lastBytes;
    private long firstArrival;
    private long lastArrival;
    private int firstArrivedBytes;

    /** Plans a probe, and another one that follows when the first showed that there is room. */
    void plan(long first, long second, long now) {
        if (id == NONE && !waiting) {
            begin(first, now);
            queuedBps = second;
        }
    }

    private void begin(long rate, long now) {
        bps = rate;
        id = ++lastId;
        bytesLeft = rate * CLUSTER_NANOS / (8 * Time.SECOND);
        packetsLeft = MIN_PACKETS;
        begunNanos = now;
        arrived = 0;
        arrivedBytes = 0;
    }

    /** The cluster that the next packet belongs to, or {@link #NONE}. */
    int current() {
        return id;
    }

    /** The rate of the current cluster. */
    long bps() {
        return bps;
    }

    /** A packet of the current cluster left. */
    void onSent(int size, long now) {
        bytesLeft -= size;
        packetsLeft--;
        if (bytesLeft <= 0 && packetsLeft <= 0) {
            id = NONE;
            waiting = true;
            waitingSince = now;
        }
    }

    /** Whether the next probe may be planned; sooner when more is wanted than when the last one was. */
    boolean isDue(boolean eager, long now) {
        expire(now);
        return id == NONE && !waiting && now - begunNanos >= (eager ? EAGER_INTERVAL_NANOS : INTERVAL_NANOS);
    }

    /** The time of the next look, when nothing else happens. */
    private void expire(long now) {
        if (waiting && now - waitingSince > TIMEOUT_NANOS) {
            waiting = false;
            queuedBps = -1;
        }
        if (id != NONE && now - begunNanos > TIMEOUT_NANOS) {
            // Nothing that could have been sent: no probe.
            id = NONE;
            queuedBps = -1;
        }
    }

    /**
     * A packet of a cluster arrived.
     *
     * @return the capacity that the cluster shows, or -1 while that is open
     */
    long onArrival(int cluster, long sentNanos, long arrivalMicros, int size, long now) {
        expire(now);
        if (cluster != lastId || (id == NONE && !waiting)) {
            return -1;
        }
        if (arrived == 0 || sentNanos < firstSent) {
            firstSent = sentNanos;
        }
        if (arrived == 0 || sentNanos >= lastSent) {
            lastSent = sentNanos;
            lastBytes = size;
        }
        if (arrived == 0 || arrivalMicros < firstArrival) {
            firstArrival = arrivalMicros;
            firstArrivedBytes = size;
        }
        lastArrival = arrived == 0 ? arrivalMicros : Math.max(lastArrival, arrivalMicros);
        arrived++;
        arrivedBytes += size;
        if (!waiting
                || arrived < MIN_PACKETS * 4 / 5
                || arrivedBytes < bps * CLUSTER_NANOS / (8 * Time.SECOND) * 4 / 5) {
            return -1;
        }
        return result(now);
    }

    private long result(long now) {
        long sending = lastSent - firstSent;
        long arriving = (lastArrival - firstArrival) * 1000;
        if (sending <= 0 || arriving <= 0) {
            return -1;
        }
        long sentBps = (arrivedBytes - lastBytes) * 8 * Time.SECOND / sending;
        long arrivedBps = (arrivedBytes - firstArrivedBytes) * 8 * Time.SECOND / arriving;
        if (arrivedBps > 2 * sentBps) {
            return -1;
        }
        waiting = false;
        long shown = Math.min(sentBps, arrivedBps);
        boolean saturated = arrivedBps < sentBps * 9 / 10;
        if (saturated) {
            // The queue was filled: a little less keeps it from growing.
            shown = arrivedBps * 95 / 100;
        }
        long follow = queuedBps;
        queuedBps = -1;
        if (follow > 0 && !saturated && shown > bps * 7 / 10) {
            begin(follow, now);
        }
        return shown;
    }
}
