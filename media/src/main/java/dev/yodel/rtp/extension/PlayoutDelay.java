package dev.yodel.rtp.extension;

import dev.yodel.io.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Between which bounds the sender wants pictures to be delayed
 * ({@code http://www.webrtc.org/experiments/rtp-hdrext/playout-delay}): none for a game, much for a film. Immutable.
 *
 * @param minMillis 0 to 40,950, in steps of 10
 * @param maxMillis {@code minMillis} to 40,950, in steps of 10
 */
public record PlayoutDelay(int minMillis, int maxMillis) {
    private static final int STEP = 10;
    private static final int MOST = 0xfff * STEP;
    private static final int SIZE = 3;

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if a bound is out of its range
     */
    public PlayoutDelay {
        if (minMillis < 0 || maxMillis < minMillis || maxMillis > MOST) {
            throw new IllegalArgumentException(
                    "a playout delay is 0 to " + MOST + " ms, the least first: " + minMillis + ", " + maxMillis);
        }
    }

    /**
     * Reads the extension's value.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return null if it has another length, or its bounds are the wrong way round
     */
    public static @Nullable PlayoutDelay parse(byte[] data, int offset, int length) {
        if (length != SIZE) {
            return null;
        }
        int both = Bytes.u24(data, offset);
        int least = both >> 12;
        int most = both & 0xfff;
        return most < least ? null : new PlayoutDelay(least * STEP, most * STEP);
    }

    /**
     * Bytes of the extension's value.
     *
     * @return 3
     */
    public int size() {
        return SIZE;
    }

    /**
     * Writes the extension's value.
     *
     * @param out has room for {@link #size}
     * @param offset where
     */
    public void write(byte[] out, int offset) {
        Bytes.put24(out, offset, (minMillis / STEP) << 12 | maxMillis / STEP);
    }
}
