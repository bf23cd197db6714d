package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;

/**
 * Which frames must be left out so that a stream keeps below a bit rate? A frame may leave while earlier ones have not
 * used the rate up (W3C maxBitrate: "frames may be dropped until bitrate is low enough", so that a limit of zero lets one
 * frame through). All packets of one timestamp share its fate. Loop thread only.
 */
final class RateGate {
    /** What a pause saves up at most. */
    private static final long BURST_NANOS = Time.SECOND / 4;

    private long limitBps = SendLimits.NO_LIMIT;
    private double creditBits;
    private long creditedNanos;
    private boolean begun;
    private boolean open;
    private long timestamp;

    /** Changes the limit; what was sent before counts. */
    void limit(long bitsPerSecond, long now) {
        if (bitsPerSecond != limitBps) {
            credit(now);
            if (limitBps == SendLimits.NO_LIMIT) {
                creditBits = 1;
                begun = false;
            }
            limitBps = bitsPerSecond;
        }
    }

    /** Whether a packet may leave; it counts if it may. */
    boolean pass(long rtpTimestamp, int bytes, long now) {
        if (limitBps == SendLimits.NO_LIMIT) {
            return true;
        }
        credit(now);
        if (!begun || rtpTimestamp != timestamp) {
            begun = true;
            timestamp = rtpTimestamp;
            open = creditBits > 0;
        }
        if (open) {
            creditBits -= bytes * 8.0;
        }
        return open;
    }

    private void credit(long now) {
        if (limitBps != SendLimits.NO_LIMIT) {
            double most = Math.max(1, limitBps * (double) BURST_NANOS / Time.SECOND);
            creditBits = Math.min(most, creditBits + limitBps * (double) (now - creditedNanos) / Time.SECOND);
        }
        creditedNanos = now;
    }
}
