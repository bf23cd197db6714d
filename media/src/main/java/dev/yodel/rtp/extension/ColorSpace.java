package dev.yodel.rtp.extension;

import dev.yodel.io.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which colours a picture's numbers mean ({@code http://www.webrtc.org/experiments/rtp-hdrext/color-space}); codes as
 * in ITU-T H.273. Immutable.
 */
public final class ColorSpace {
    private static final int SIZE = 4;
    private static final int HDR_SIZE = 28;

    private final byte[] bytes;

    private ColorSpace(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * A colour space.
     *
     * @param primaries H.273 table 2, 0 to 255
     * @param transfer H.273 table 3, 0 to 255
     * @param matrix H.273 table 4, 0 to 255
     * @param range 0 not known, 1 limited, 2 full, 3 derived
     * @return the colour space
     */
    public static ColorSpace of(int primaries, int transfer, int matrix, int range) {
        return new ColorSpace(new byte[] {(byte) primaries, (byte) transfer, (byte) matrix, (byte) ((range & 3) << 4)});
    }

    /**
     * The same with the metadata of pictures of high dynamic range (SMPTE ST 2086, CTA-861.3).
     *
     * @param metadata 24 bytes as on the wire: greatest and least luminance, three primaries and white, greatest and
     *     mean light
     * @return a changed copy
     * @throws IllegalArgumentException if it has another length
     */
    public ColorSpace withHdrMetadata(byte[] metadata) {
        if (metadata.length != HDR_SIZE - SIZE) {
            throw new IllegalArgumentException("HDR metadata has 24 bytes, was " + metadata.length);
        }
        byte[] all = Arrays.copyOf(bytes, HDR_SIZE);
        System.arraycopy(metadata, 0, all, SIZE, metadata.length);
        return new ColorSpace(all);
    }

    /**
     * Reads the extension's value.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return null if it has another length
     */
    public static @Nullable ColorSpace parse(byte[] data, int offset, int length) {
        return length == SIZE || length == HDR_SIZE
                ? new ColorSpace(Arrays.copyOfRange(data, offset, offset + length))
                : null;
    }

    /**
     * Bytes of the extension's value.
     *
     * @return 4, or 28 with HDR metadata
     */
    public int size() {
        return bytes.length;
    }

    /**
     * Writes the extension's value.
     *
     * @param out has room for {@link #size}
     * @param offset where
     */
    public void write(byte[] out, int offset) {
        System.arraycopy(bytes, 0, out, offset, bytes.length);
    }

    /**
     * H.273 table 2.
     *
     * @return 0 to 255
     */
    public int primaries() {
        return Bytes.u8(bytes, 0);
    }

    /**
     * H.273 table 3.
     *
     * @return 0 to 255
     */
    public int transfer() {
        return Bytes.u8(bytes, 1);
    }

    /**
     * H.273 table 4.
     *
     * @return 0 to 255
     */
    public int matrix() {
        return Bytes.u8(bytes, 2);
    }

    /**
     * Which of the numbers are used.
     *
     * @return 0 not known, 1 limited, 2 full, 3 derived
     */
    public int range() {
        return bytes[3] >> 4 & 3;
    }

    /**
     * Whether there is metadata of high dynamic range.
     *
     * @return true for 28 bytes
     */
    public boolean hasHdrMetadata() {
        return bytes.length == HDR_SIZE;
    }

    /**
     * The greatest luminance of the mastering display.
     *
     * @return candela per square metre, or 0 without metadata
     */
    public int maxLuminance() {
        return hasHdrMetadata() ? Bytes.u16(bytes, SIZE) : 0;
    }

    /**
     * The greatest light of any picture.
     *
     * @return candela per square metre, or 0 without metadata
     */
    public int maxContentLight() {
        return hasHdrMetadata() ? Bytes.u16(bytes, HDR_SIZE - 4) : 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ColorSpace that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "ColorSpace " + primaries() + "/" + transfer() + "/" + matrix() + " range " + range()
                + (hasHdrMetadata() ? ", HDR" : "");
    }
}
