package dev.yodel.io;

/**
 * Where the parts of one RTP packet stand: a view that is pointed at a packet by {@link #parse}. It copies nothing and
 * knows neither payloads nor the elements of header extensions. Not for sharing between threads. RFC 3550 5.1 and 5.3.1.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                             SSRC                              |
 * |                     CSRC (CC times, 0-15)                     |
 * |  X: defined by profile        |  X: length in 32-bit words    |
 * </pre>
 */
public final class RtpHeader {
    /** The bytes before the CSRCs. */
    public static final int FIXED_LENGTH = 12;

    private byte[] data = Bytes.EMPTY;
    private int offset;
    private int extensionOffset;
    private int extensionLength;
    private int payloadOffset;
    private int payloadLength;
    private int paddingLength;

    /** A view that points nowhere. */
    public RtpHeader() {}

    /**
     * Length of the whole header: fixed part, CSRCs and extension. The payload and the padding may still be encrypted.
     *
     * @param data source
     * @param offset first byte of the packet
     * @param length count of bytes of the packet, any value
     * @return 12 or more, at most {@code length}; -1 if this is no RTP packet of version 2 or a length points beyond it
     */
    public static int headerLength(byte[] data, int offset, int length) {
        if (length < FIXED_LENGTH) {
            return -1;
        }
        int first = data[offset];
        if ((first & 0xc0) != 0x80) {
            return -1;
        }
        int end = FIXED_LENGTH + 4 * (first & 0x0f);
        if ((first & 0x10) != 0) {
            if (end + 4 > length) {
                return -1;
            }
            // RFC 3550 5.3.1: the length counts 32-bit words and leaves out the four bytes before it.
            end += 4 + 4 * Bytes.u16(data, offset + end + 2);
        }
        return end <= length ? end : -1;
    }

    /**
     * Tells RTCP from RTP where both share a port.
     *
     * @param data source
     * @param offset first byte of the packet
     * @param length count of bytes of the packet
     * @return true if the second byte is an RTCP packet type, 192 to 223 (RFC 5761 4)
     */
    public static boolean isRtcp(byte[] data, int offset, int length) {
        return length >= 2 && (data[offset + 1] & 0x60) == 0x40 && (data[offset + 1] & 0x80) != 0;
    }

    /**
     * The SSRC of a packet that has a fixed header.
     *
     * @param data source
     * @param offset first byte of the packet
     * @return 32 bits
     */
    public static int ssrc(byte[] data, int offset) {
        return Bytes.i32(data, offset + 8);
    }

    /**
     * The sequence number of a packet that has a fixed header.
     *
     * @param data source
     * @param offset first byte of the packet
     * @return 0 to 65535
     */
    public static int sequenceNumber(byte[] data, int offset) {
        return Bytes.u16(data, offset + 2);
    }

    /**
     * The timestamp of a packet that has a fixed header.
     *
     * @param data source
     * @param offset first byte of the packet
     * @return 0 to 2^32-1
     */
    public static long timestamp(byte[] data, int offset) {
        return Bytes.u32(data, offset + 4);
    }

    /**
     * The payload type of a packet that has a fixed header.
     *
     * @param data source
     * @param offset first byte of the packet
     * @return 0 to 127
     */
    public static int payloadType(byte[] data, int offset) {
        return data[offset + 1] & 0x7f;
    }

    /**
     * The marker of a packet that has a fixed header.
     *
     * @param data source
     * @param offset first byte of the packet
     * @return the M bit
     */
    public static boolean marker(byte[] data, int offset) {
        return data[offset + 1] < 0;
    }

    /**
     * Points this view at a decrypted packet.
     *
     * @param data borrowed as long as this view is used
     * @param offset first byte of the packet
     * @param length count of bytes of the packet, any value
     * @return false if version, CSRCs, extension or padding do not fit; the view is then unchanged
     */
    public boolean parse(byte[] data, int offset, int length) {
        int header = headerLength(data, offset, length);
        if (header < 0) {
            return false;
        }
        int padding = 0;
        if ((data[offset] & 0x20) != 0) {
            // RFC 3550 5.1: the last byte counts the padding, itself included; so it is 1 or more, and fits.
            padding = header < length ? Bytes.u8(data, offset + length - 1) : 0;
            if (padding == 0 || padding > length - header) {
                return false;
            }
        }
        this.data = data;
        this.offset = offset;
        if ((data[offset] & 0x10) != 0) {
            this.extensionOffset = offset + FIXED_LENGTH + 4 * (data[offset] & 0x0f) + 4;
            this.extensionLength = offset + header - extensionOffset;
        } else {
            this.extensionOffset = -1;
            this.extensionLength = 0;
        }
        this.payloadOffset = offset + header;
        this.payloadLength = length - header - padding;
        this.paddingLength = padding;
        return true;
    }

    /**
     * The marker.
     *
     * @return the M bit
     */
    public boolean marker() {
        return marker(data, offset);
    }

    /**
     * The payload type.
     *
     * @return 0 to 127
     */
    public int payloadType() {
        return payloadType(data, offset);
    }

    /**
     * The sequence number.
     *
     * @return 0 to 65535
     */
    public int sequenceNumber() {
        return sequenceNumber(data, offset);
    }

    /**
     * The timestamp.
     *
     * @return 0 to 2^32-1
     */
    public long timestamp() {
        return timestamp(data, offset);
    }

    /**
     * The synchronisation source.
     *
     * @return 32 bits
     */
    public int ssrc() {
        return ssrc(data, offset);
    }

    /**
     * Count of contributing sources.
     *
     * @return 0 to 15
     */
    public int csrcCount() {
        return data[offset] & 0x0f;
    }

    /**
     * A contributing source.
     *
     * @param index 0 to {@code csrcCount() - 1}
     * @return 32 bits
     * @throws IndexOutOfBoundsException for another index
     */
    public int csrc(int index) {
        if (index < 0 || index >= csrcCount()) {
            throw new IndexOutOfBoundsException("CSRC " + index + " of " + csrcCount());
        }
        return Bytes.i32(data, offset + FIXED_LENGTH + 4 * index);
    }

    /**
     * Whether there is a header extension.
     *
     * @return the X bit
     */
    public boolean hasExtension() {
        return extensionOffset >= 0;
    }

    /**
     * The 16 bits "defined by profile" of the extension: 0xBEDE for one-byte headers (RFC 8285 4.2).
     *
     * @return 0 to 65535; -1 without an extension
     */
    public int extensionProfile() {
        return extensionOffset < 0 ? -1 : Bytes.u16(data, extensionOffset - 4);
    }

    /**
     * Where the extension's content begins, behind its four bytes of header.
     *
     * @return an index into the array; -1 without an extension
     */
    public int extensionOffset() {
        return extensionOffset;
    }

    /**
     * Length of the extension's content.
     *
     * @return bytes, a multiple of 4; 0 without an extension
     */
    public int extensionLength() {
        return extensionLength;
    }

    /**
     * Length of the header: fixed part, CSRCs and extension.
     *
     * @return bytes
     */
    public int headerLength() {
        return payloadOffset - offset;
    }

    /**
     * Where the payload begins.
     *
     * @return an index into the array
     */
    public int payloadOffset() {
        return payloadOffset;
    }

    /**
     * Length of the payload without the padding.
     *
     * @return bytes, 0 or more
     */
    public int payloadLength() {
        return payloadLength;
    }

    /**
     * Length of the padding, its count included.
     *
     * @return bytes, 0 or more
     */
    public int paddingLength() {
        return paddingLength;
    }

    @Override
    public String toString() {
        return data.length == 0
                ? "RTP (nothing parsed)"
                : "RTP pt=" + payloadType() + " seq=" + sequenceNumber() + " ts=" + timestamp() + " ssrc="
                        + Integer.toUnsignedString(ssrc()) + (marker() ? " M" : "") + " payload=" + payloadLength;
    }
}
