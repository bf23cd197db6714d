package dev.yodel.rtp.extension;

import org.jspecify.annotations.Nullable;

/**
 * How a picture has to be turned for showing ({@code urn:3gpp:video-orientation}, 3GPP TS 26.114 7.4.5). Immutable.
 *
 * @param rotationDegrees clockwise: 0, 90, 180 or 270
 * @param flipped whether it is mirrored left to right, before it is turned
 * @param backCamera whether the camera looks away from the user
 */
public record VideoOrientation(int rotationDegrees, boolean flipped, boolean backCamera) {
    /** As it is. */
    public static final VideoOrientation UPRIGHT = new VideoOrientation(0, false, false);

    private static final int SIZE = 1;
    private static final int QUARTER = 90;

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the rotation is no quarter of a turn
     */
    public VideoOrientation {
        if (rotationDegrees < 0 || rotationDegrees >= 360 || rotationDegrees % QUARTER != 0) {
            throw new IllegalArgumentException("a rotation is 0, 90, 180 or 270 degrees, was " + rotationDegrees);
        }
    }

    /**
     * Reads the extension's value.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return null if it has another length
     */
    public static @Nullable VideoOrientation parse(byte[] data, int offset, int length) {
        if (length != SIZE) {
            return null;
        }
        int bits = data[offset];
        return new VideoOrientation((bits & 3) * QUARTER, (bits & 4) != 0, (bits & 8) != 0);
    }

    /**
     * Bytes of the extension's value.
     *
     * @return 1
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
        out[offset] = (byte) (rotationDegrees / QUARTER | (flipped ? 4 : 0) | (backCamera ? 8 : 0));
    }
}
