package dev.yodel.rtp.extension;

import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * When something was captured, by the clock of who captured it
 * ({@code http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time}). Immutable.
 *
 * @param ntpTime 32.32 seconds since 1900, never to be trusted
 * @param clockOffset what the sender of the packet has to add to get its own clock's time, signed 32.32 seconds; null
 *     if it does not say
 */
public record AbsoluteCaptureTime(long ntpTime, @Nullable Long clockOffset) {
    private static final int SHORT = 8;
    private static final int LONG = 16;

    /**
     * Reads the extension's value.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return null if it has another length
     */
    public static @Nullable AbsoluteCaptureTime parse(byte[] data, int offset, int length) {
        if (length != SHORT && length != LONG) {
            return null;
        }
        Long clockOffset = length == LONG ? (Long) Bytes.i64(data, offset + SHORT) : null;
        return new AbsoluteCaptureTime(Bytes.i64(data, offset), clockOffset);
    }

    /**
     * Bytes of the extension's value.
     *
     * @return 8 or 16
     */
    public int size() {
        return clockOffset == null ? SHORT : LONG;
    }

    /**
     * Writes the extension's value.
     *
     * @param out has room for {@link #size}
     * @param offset where
     */
    public void write(byte[] out, int offset) {
        put64(out, offset, ntpTime);
        if (clockOffset != null) {
            put64(out, offset + SHORT, clockOffset);
        }
    }

    private static void put64(byte[] out, int at, long value) {
        Bytes.put32(out, at, (int) (value >>> 32));
        Bytes.put32(out, at + 4, (int) value);
    }
}
