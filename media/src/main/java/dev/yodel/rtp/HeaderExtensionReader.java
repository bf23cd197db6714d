package dev.yodel.rtp;

import dev.yodel.io.Bytes;

/**
 * Walks over the elements of a header extension in the one-byte and the two-byte form (RFC 8285 4.2, 4.3). It copies
 * nothing and knows no meaning. Not for sharing between threads.
 */
public final class HeaderExtensionReader {
    /** The profile value of the one-byte form. */
    public static final int ONE_BYTE = 0xbede;

    /** The profile value of the two-byte form; the low four bits are the application's. */
    public static final int TWO_BYTE = 0x1000;

    private byte[] data = Bytes.EMPTY;
    private int position;
    private int end;
    private boolean oneByte;
    private int id;
    private int offset;
    private int length;

    /** A reader of nothing. */
    public HeaderExtensionReader() {}

    /**
     * Starts at the first element of a packet's extension.
     *
     * @param packet a packet that was wrapped successfully
     */
    public void wrap(RtpPacket packet) {
        wrap(packet.extensionProfile(), packet.data(), packet.extensionOffset(), packet.extensionLength());
    }

    /**
     * Starts at the first element. A profile of neither form has no elements.
     *
     * @param profile the "defined by profile" field, or -1 without an extension
     * @param bytes borrowed
     * @param at first byte behind the length field
     * @param count bytes of the extension
     */
    public void wrap(int profile, byte[] bytes, int at, int count) {
        data = bytes;
        position = at;
        oneByte = profile == ONE_BYTE;
        end = oneByte || (profile & 0xfffff0) == TWO_BYTE ? at + count : at;
    }

    /**
     * Moves to the next element.
     *
     * @return false at the end, at an element that overruns the extension, and where RFC 8285 says to stop
     */
    public boolean next() {
        while (position < end) {
            int first = Bytes.u8(data, position++);
            if (first == 0) {
                // A zero byte is padding in both forms.
                continue;
            }
            int count;
            if (oneByte) {
                id = first >> 4;
                count = (first & 0x0f) + 1;
                if (id == 0 || id == 15) {
                    // RFC 8285 4.2: 15 is reserved, 0 with a length is wrong: the rest must not be looked at.
                    break;
                }
            } else {
                id = first;
                if (position == end) {
                    break;
                }
                count = Bytes.u8(data, position++);
            }
            if (count > end - position) {
                break;
            }
            offset = position;
            length = count;
            position += count;
            return true;
        }
        position = end;
        return false;
    }

    /**
     * The local identifier of the current element.
     *
     * @return 1 to 14, or 1 to 255 in the two-byte form
     */
    public int id() {
        return id;
    }

    /**
     * Where the current element's value begins.
     *
     * @return an index into the array
     */
    public int offset() {
        return offset;
    }

    /**
     * Size of the current element's value.
     *
     * @return 1 to 16 bytes, or 0 to 255 in the two-byte form
     */
    public int length() {
        return length;
    }
}
