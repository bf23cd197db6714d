package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;

/**
 * What do the losses allow? More than a tenth lost means too much was sent, less than a fiftieth that there may be room
 * (draft-ietf-rmcat-gcc-02 6). The share that is lost at every rate, as on a bad radio link, is told apart: the least of
 * the last ten seconds does not count. So a link that loses a tenth at random is still used.
 */
final class LossControl {
    private static final int MIN_PACKETS = 20;
    private static final int MEMORY = 10;
    private static final double LOW = 0.02;
    private static final double HIGH = 0.1;

    private final double[] seconds = new double[MEMORY];
    private int remembered;
    private int nextSecond;
    private long secondBegan = Time.NEVER;
    private int secondLost;
    private int secondPackets;
    private int lost;
    private int packets;
    private double fraction;
    private long decreasedNanos = Long.MIN_VALUE / 2;
    private long updatedNanos = Time.NEVER;

    /** The share lost lately. */
    double fraction() {
        return fraction;
    }

    /**
     * Takes what became of packets, and changes a rate.
     *
     * @return the new rate, the same, or a lower or higher one
     */
    long update(int newPackets, int newlyLost, long bps, long roundTripNanos, long now) {
        packets += newPackets;
        lost += newlyLost;
        remember(newPackets, newlyLost, now);
        if (packets < MIN_PACKETS) {
            return bps;
        }
        fraction = 0.5 * fraction + 0.5 * Math.max(0, (double) lost / packets);
        packets = 0;
        lost = 0;
        long elapsed = updatedNanos == Time.NEVER ? 0 : Math.min(now - updatedNanos, Time.SECOND);
        updatedNanos = now;
        double excess = fraction - floor();
        if (excess > HIGH) {
            if (now - decreasedNanos < roundTripNanos + 300 * Time.MILLISECOND) {
                return bps;
            }
            decreasedNanos = now;
            return (long) (bps * (1 - 0.5 * excess));
        }
        if (excess < LOW) {
            return bps + (long) (bps * 0.08 * elapsed / Time.SECOND) + elapsed * 1_000 / Time.SECOND;
        }
        return bps;
    }

    private void remember(int newPackets, int newlyLost, long now) {
        if (secondBegan == Time.NEVER) {
            secondBegan = now;
        }
        secondPackets += newPackets;
        secondLost += newlyLost;
        if (now - secondBegan >= Time.SECOND && secondPackets >= MIN_PACKETS) {
            seconds[nextSecond] = Math.max(0, (double) secondLost / secondPackets);
            nextSecond = (nextSecond + 1) % MEMORY;
            remembered = Math.min(remembered + 1, MEMORY);
            secondBegan = now;
            secondPackets = 0;
            secondLost = 0;
        }
    }

    private double floor() {
        if (remembered == 0) {
            return 0;
        }
        double least = 1;
        for (int i = 0; i < remembered; i++) {
            least = Math.min(least, seconds[i]);
        }
        return least;
    }
}
