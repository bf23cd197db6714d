package dev.yodel.rtp;

import dev.yodel.io.Bytes;

/**
 * A re-pointable view of one plaintext RTP packet (RFC 3550 5.1). It copies nothing and interprets no payload. Not for
 * sharing between threads.
 *
 * <pre>
 *  0                   1                   2                   3
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                 synchronization source (SSRC)                 |
 * |        CSRC list, 0 to 15, then extension if X, payload        |
 * </pre>
 */
public final class RtpPacket {
    /** Bytes of the header without contributing sources and extension. */
    public static final int FIXED_HEADER = 12;

    private byte[] data = Bytes.EMPTY;
    private int offset;
    private int length;
    private int extensionProfile = -1;
    private int extensionOffset;
    private int extensionLength;
    private int payloadOffset;
    private int payloadLength;
    private int paddingLength;

    /** A view of nothing; every getter of the header needs a successful {@link #wrap}. */
    public RtpPacket() {}

    /**
     * Whether a datagram of the range 128 to 191 is RTCP and not RTP (RFC 5761 4).
     *
     * @param bytes borrowed for the call
     * @param at first byte
     * @param count length in bytes
     * @return true if its second byte is 192 to 223
     */
    public static boolean isRtcp(byte[] bytes, int at, int count) {
        return count >= 2 && (bytes[at + 1] & 0xe0) == 0xc0;
    }

    /**
     * Points this view at a packet after checking every length in it. If it is refused, this view is empty.
     *
     * @param bytes borrowed, kept until the next call
     * @param at first byte
     * @param count length in bytes
     * @return false if it is no RTP packet of version 2, or header, sources, extension or padding overrun it
     */
    public boolean wrap(byte[] bytes, int at, int count) {
        data = bytes;
        offset = at;
        length = 0;
        payloadLength = 0;
        paddingLength = 0;
        extensionLength = 0;
        extensionProfile = -1;
        if (count < FIXED_HEADER) {
            return false;
        }
        int first = Bytes.u8(bytes, at);
        if (first >> 6 != 2) {
            return false;
        }
        int header = FIXED_HEADER + 4 * (first & 0x0f);
        int profile = -1;
        int extensionBytes = 0;
        int extensionAt = 0;
        if ((first & 0x10) != 0) {
            if (header + 4 > count) {
                return false;
            }
            profile = Bytes.u16(bytes, at + header);
            extensionBytes = 4 * Bytes.u16(bytes, at + header + 2);
            header += 4;
            extensionAt = at + header;
            header += extensionBytes;
        }
        if (header > count) {
            return false;
        }
        int padding = 0;
        if ((first & 0x20) != 0) {
            // RFC 3550 5.1: the last octet counts the padding octets, itself included.
            padding = header < count ? Bytes.u8(bytes, at + count - 1) : 0;
            if (padding == 0 || padding > count - header) {
                return false;
            }
        }
        length = count;
        extensionProfile = profile;
        extensionOffset = extensionAt;
        extensionLength = extensionBytes;
        payloadOffset = at + header;
        payloadLength = count - header - padding;
        paddingLength = padding;
        return true;
    }

    /**
     * The array.
     *
     * @return the borrowed array itself
     */
    public byte[] data() {
        return data;
    }

    /**
     * Where the packet begins.
     *
     * @return an index into {@link #data()}
     */
    public int offset() {
        return offset;
    }

    /**
     * Size of the whole packet.
     *
     * @return bytes, 0 if the last {@link #wrap} refused
     */
    public int length() {
        return length;
    }

    /**
     * The marker bit.
     *
     * @return its value
     */
    public boolean marker() {
        return (data[offset + 1] & 0x80) != 0;
    }

    /**
     * The payload type.
     *
     * @return 0 to 127
     */
    public int payloadType() {
        return data[offset + 1] & 0x7f;
    }

    /**
     * The sequence number as on the wire.
     *
     * @return 0 to 65535
     */
    public int sequenceNumber() {
        return Bytes.u16(data, offset + 2);
    }

    /**
     * The timestamp as on the wire.
     *
     * @return 0 to 2^32-1 in units of the codec's clock
     */
    public long timestamp() {
        return Bytes.u32(data, offset + 4);
    }

    /**
     * The synchronisation source.
     *
     * @return 0 to 2^32-1
     */
    public long ssrc() {
        return Bytes.u32(data, offset + 8);
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
     * @return 0 to 2^32-1
     * @throws IndexOutOfBoundsException if there is no such source
     */
    public long csrc(int index) {
        if (index < 0 || index >= csrcCount()) {
            throw new IndexOutOfBoundsException("contributing source " + index + " of " + csrcCount());
        }
        return Bytes.u32(data, offset + FIXED_HEADER + 4 * index);
    }

    /**
     * The "defined by profile" field of the header extension.
     *
     * @return 0 to 65535, or -1 without an extension
     */
    public int extensionProfile() {
        return extensionProfile;
    }

    /**
     * Where the elements of the header extension begin.
     *
     * @return an index into {@link #data()}; meaningless without an extension
     */
    public int extensionOffset() {
        return extensionOffset;
    }

    /**
     * Size of the header extension without its first four bytes.
     *
     * @return bytes, a multiple of 4
     */
    public int extensionLength() {
        return extensionLength;
    }

    /**
     * Where the payload begins.
     *
     * @return an index into {@link #data()}
     */
    public int payloadOffset() {
        return payloadOffset;
    }

    /**
     * Size of the payload without padding.
     *
     * @return bytes, 0 and more
     */
    public int payloadLength() {
        return payloadLength;
    }

    /**
     * Size of header, sources and extension.
     *
     * @return bytes
     */
    public int headerLength() {
        return payloadOffset - offset;
    }

    /**
     * Size of the padding.
     *
     * @return bytes, 0 to 255
     */
    public int paddingLength() {
        return paddingLength;
    }

    @Override
    public String toString() {
        if (length == 0) {
            return "no RTP packet";
        }
        return "RTP ssrc=" + ssrc() + " pt=" + payloadType() + (marker() ? " M" : "") + " seq=" + sequenceNumber()
                + " ts=" + timestamp() + " payload=" + payloadLength;
    }
}
