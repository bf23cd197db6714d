package dev.yodel.media;

import dev.yodel.io.Time;
import java.util.Arrays;

/**
 * How long one has to wait for nearly all packets: a forgetful histogram of how much later than the fastest packet of the
 * last two seconds each one came, and its 97th percentile. It knows nothing of playout. Not thread-safe.
 */
final class JitterEstimate {
    private static final long BUCKET = 10 * Time.MILLISECOND;
    private static final int BUCKETS = 200;
    private static final double QUANTILE = 0.97;
    /** Weight of the past per packet: half of it is forgotten after 140 packets. */
    private static final double FORGET = 0.995;

    private static final long WINDOW_PART = 500 * Time.MILLISECOND;
    private static final int WINDOW_PARTS = 4;

    private final double[] histogram = new double[BUCKETS];
    private final long[] fastest = new long[WINDOW_PARTS];
    private long part = Long.MIN_VALUE;
    private long packets;

    JitterEstimate() {
        forgetPath();
    }

    /** The path or the sender's clock is another one: what is "fast" has to be learned anew. */
    void forgetPath() {
        Arrays.fill(fastest, Long.MAX_VALUE);
        part = Long.MIN_VALUE;
    }

    /**
     * A packet came.
     *
     * @param arrivalNanos when
     * @param mediaNanos its timestamp as nanoseconds
     */
    void add(long arrivalNanos, long mediaNanos) {
        long transit = arrivalNanos - mediaNanos;
        long now = Math.floorDiv(arrivalNanos, WINDOW_PART);
        if (part == Long.MIN_VALUE || now - part >= WINDOW_PARTS) {
            Arrays.fill(fastest, Long.MAX_VALUE);
            part = now;
        }
        while (part < now) {
            part++;
            fastest[(int) Math.floorMod(part, (long) WINDOW_PARTS)] = Long.MAX_VALUE;
        }
        int slot = (int) Math.floorMod(part, (long) WINDOW_PARTS);
        fastest[slot] = Math.min(fastest[slot], transit);

        int bucket = (int) Math.min(BUCKETS - 1, (transit - base()) / BUCKET);
        packets++;
        // At first all packets weigh the same.
        double keep = Math.min(FORGET, 1 - 1.0 / packets);
        for (int i = 0; i < BUCKETS; i++) {
            histogram[i] *= keep;
        }
        histogram[bucket] += 1 - keep;
    }

    /** Arrival minus media time of the fastest recent packet. */
    long base() {
        long least = Long.MAX_VALUE;
        for (long transit : fastest) {
            least = Math.min(least, transit);
        }
        return least;
    }

    /** How long after the fastest nearly all packets are there, in nanoseconds. */
    long spread() {
        double sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            sum += histogram[i];
            if (sum >= QUANTILE) {
                return (i + 1) * BUCKET;
            }
        }
        return packets == 0 ? BUCKET : BUCKETS * BUCKET;
    }
}
