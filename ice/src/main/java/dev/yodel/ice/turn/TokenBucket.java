package dev.yodel.ice.turn;

import dev.yodel.io.Time;

/**
 * Is there still room at this rate? Lets half a second's worth through at once, 64 KiB at least. One thread only.
 */
final class TokenBucket {
    private static final long LEAST_BURST_BYTES = 65_536;

    private final long bytesPerSecond;
    private final long burstBytes;
    private long bytes;
    private long filledAt;
    private boolean started;

    /** A rate of 0 lets everything through. */
    TokenBucket(long bitsPerSecond) {
        bytesPerSecond = bitsPerSecond == 0 ? 0 : Math.max(1, bitsPerSecond / 8);
        burstBytes = Math.max(LEAST_BURST_BYTES, bytesPerSecond / 2);
    }

    boolean take(int count, long now) {
        if (bytesPerSecond == 0) {
            return true;
        }
        if (!started) {
            started = true;
            bytes = burstBytes;
            filledAt = now;
        }
        double gained = (double) (now - filledAt) / Time.SECOND * bytesPerSecond;
        if (gained >= 1) {
            bytes = Math.min(burstBytes, bytes + (long) Math.min(gained, (double) burstBytes));
            filledAt = now;
        }
        if (bytes < count) {
            return false;
        }
        bytes -= count;
        return true;
    }
}
