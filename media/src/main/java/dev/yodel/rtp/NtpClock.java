package dev.yodel.rtp;

import dev.yodel.io.Time;

/**
 * Turns monotonic time into NTP time by one anchor taken at the beginning, so that a jump of the wall clock never reaches
 * a report (RFC 3550 4). The 32-bit seconds wrap in 2036, as the format wants it.
 */
final class NtpClock {
    private static final long SECONDS_1900_TO_1970 = 2_208_988_800L;

    private final long anchorNanos;
    private final long anchorWallMillis;

    NtpClock(long wallClockMillis, long now) {
        anchorNanos = now;
        anchorWallMillis = wallClockMillis;
    }

    /** 32.32 seconds since 1900. */
    long at(long now) {
        long elapsed = now - anchorNanos;
        long millis = anchorWallMillis + elapsed / Time.MILLISECOND;
        long nanosOfMilli = elapsed % Time.MILLISECOND;
        long seconds = Math.floorDiv(millis, 1000L) + SECONDS_1900_TO_1970;
        long nanosOfSecond = Math.floorMod(millis, 1000L) * Time.MILLISECOND + nanosOfMilli;
        return seconds << 32 | (nanosOfSecond << 32) / Time.SECOND;
    }

    /** The middle 32 bits: 16.16 seconds. */
    static int compact(long ntpTime) {
        return (int) (ntpTime >>> 16);
    }

    /** 16.16 seconds in nanoseconds. */
    static long compactToNanos(long compact) {
        return (compact * Time.SECOND) >> 16;
    }

    /** Nanoseconds in 16.16 seconds, saturated to 32 bits. */
    static long nanosToCompact(long nanos) {
        if (nanos >= 65_536L * Time.SECOND) {
            return 0xffff_ffffL;
        }
        return ((nanos / Time.SECOND) << 16) + ((nanos % Time.SECOND) << 16) / Time.SECOND;
    }
}
