package dev.yodel.rtp.congestion;

import dev.yodel.io.Time;
import java.util.Arrays;

/**
 * What do the losses allow? More than a tenth lost means too much was sent, less than a fiftieth that there may be room
 * (draft-ietf-rmcat-gcc-02 6). The share that is lost at every rate, as on a bad radio link, is told apart: what was
 * lost in the better ones of the last ten seconds does not count, unless a queue stood then, and neither does what
 * chance adds to it. So a link that loses a tenth at random is still used.
 */
final class LossControl {
    private static final int MIN_PACKETS = 20;
    private static final int MEMORY = 10;
    private static final double LOW = 0.02;
    private static final double HIGH = 0.1;

    /** Of the seconds that are remembered the one that three tenths were better than. */
    private static final double BETTER = 0.3;

    /** Smoothing leaves this of the deviation of a count. */
    private static final double SMOOTHED_DEVIATION = 0.58;

    private static final double DEVIATIONS = 1.5;

    private final double[] seconds = new double[MEMORY];
    private final double[] sorted = new double[MEMORY];
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
     * @param queued whether a queue stands on the way: then nothing is lost at random
     * @return the new rate, the same, or a lower or higher one
     */
    long update(int newPackets, int newlyLost, boolean queued, long bps, long roundTripNanos, long now) {
        packets += newPackets;
        lost += newlyLost;
        remember(newPackets, newlyLost, queued, now);
        if (packets < MIN_PACKETS) {
            return bps;
        }
        fraction = 0.5 * fraction + 0.5 * Math.max(0, (double) lost / packets);
        double floor = floor();
        double chance = DEVIATIONS * SMOOTHED_DEVIATION * Math.sqrt(floor * (1 - floor) / packets);
        packets = 0;
        lost = 0;
        long elapsed = updatedNanos == Time.NEVER ? 0 : Math.min(now - updatedNanos, Time.SECOND);
        updatedNanos = now;
        double excess = fraction - floor - chance;
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

    private void remember(int newPackets, int newlyLost, boolean queued, long now) {
        if (secondBegan == Time.NEVER || queued) {
            secondBegan = now;
            secondPackets = 0;
            secondLost = 0;
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
        System.arraycopy(seconds, 0, sorted, 0, remembered);
        Arrays.sort(sorted, 0, remembered);
        return sorted[(int) (remembered * BETTER)];
    }
}
