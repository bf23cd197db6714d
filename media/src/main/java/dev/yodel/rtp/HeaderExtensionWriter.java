package dev.yodel.rtp;

import dev.yodel.io.Bytes;

/**
 * Writes a header extension element by element (RFC 8285 4.2, 4.3). The caller chooses the form before the first element.
 * Not for sharing between threads.
 */
public final class HeaderExtensionWriter {
    private byte[] data = Bytes.EMPTY;
    private int start;
    private int position;
    private boolean twoByte;

    /** A writer without a target. */
    public HeaderExtensionWriter() {}

    /**
     * Whether an element fits the one-byte form.
     *
     * @param id local identifier
     * @param length bytes of the value
     * @return false if the two-byte form is needed
     */
    public static boolean fitsOneByte(int id, int length) {
        return id >= 1 && id <= 14 && length >= 1 && length <= 16;
    }

    /**
     * Begins an extension.
     *
     * @param target written to, kept until {@link #finish}
     * @param at index of the "defined by profile" field
     * @param twoByteForm which form
     */
    public void begin(byte[] target, int at, boolean twoByteForm) {
        if (data != target) {
            data = target;
        }
        start = at;
        position = at + 4;
        twoByte = twoByteForm;
        Bytes.put16(target, at, twoByteForm ? HeaderExtensionReader.TWO_BYTE : HeaderExtensionReader.ONE_BYTE);
    }

    /**
     * Appends the head of an element; the caller fills the value.
     *
     * @param id local identifier
     * @param length bytes of the value
     * @return index of the first byte of the value
     * @throws IllegalArgumentException if it does not fit the chosen form
     */
    public int element(int id, int length) {
        if (twoByte) {
            if (id < 1 || id > 255 || length < 0 || length > 255) {
                throw new IllegalArgumentException("element " + id + " of " + length + " bytes fits no form");
            }
            data[position++] = (byte) id;
            data[position++] = (byte) length;
        } else {
            if (!fitsOneByte(id, length)) {
                throw new IllegalArgumentException(
                        "element " + id + " of " + length + " bytes needs the two-byte form");
            }
            data[position++] = (byte) (id << 4 | (length - 1));
        }
        int at = position;
        position += length;
        return at;
    }

    /**
     * Appends an element.
     *
     * @param id local identifier
     * @param value copied
     * @throws IllegalArgumentException if it does not fit the chosen form
     */
    public void element(int id, byte[] value) {
        int at = element(id, value.length);
        System.arraycopy(value, 0, data, at, value.length);
    }

    /**
     * Pads to a multiple of four bytes and writes the length.
     *
     * @return bytes from the profile field to the end; 0 if there was no element, then nothing counts as written
     */
    public int finish() {
        if (position == start + 4) {
            return 0;
        }
        while ((position - start & 3) != 0) {
            data[position++] = 0;
        }
        Bytes.put16(data, start + 2, (position - start - 4) / 4);
        return position - start;
    }
}
