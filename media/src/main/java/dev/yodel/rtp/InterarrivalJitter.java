package dev.yodel.rtp;

import dev.yodel.io.Time;

/**
 * The interarrival jitter of one source (RFC 3550 6.4.1, A.8), kept times 16 in units of the RTP clock. A step of more
 * than 5 s is a new timeline and not jitter, and so is another clock rate.
 */
final class InterarrivalJitter {
    private boolean started;
    private int clockRate;
    private int lastTimestamp;
    private long lastArrival;
    private long scaled;

    void update(int timestamp, int rate, long arrival) {
        if (started && rate == clockRate) {
            long difference = Math.abs(toUnits(arrival - lastArrival, rate) - (timestamp - lastTimestamp));
            if (difference <= 5L * rate) {
                scaled += difference - ((scaled + 8) >> 4);
            }
        } else if (started) {
            // Another clock: the same jitter in the new unit.
            scaled = scaled * rate / clockRate;
        }
        started = true;
        clockRate = rate;
        lastTimestamp = timestamp;
        lastArrival = arrival;
    }

    /** Nanoseconds in units of a clock, without overflow. */
    static long toUnits(long nanos, int rate) {
        return nanos / Time.SECOND * rate + nanos % Time.SECOND * rate / Time.SECOND;
    }

    /** In units of the RTP clock, as a report block carries it. */
    long units() {
        return scaled >> 4;
    }

    double seconds() {
        return clockRate == 0 ? 0 : scaled / 16.0 / clockRate;
    }
}
