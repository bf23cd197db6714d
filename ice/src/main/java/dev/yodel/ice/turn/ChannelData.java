package dev.yodel.ice.turn;

import dev.yodel.io.Bytes;

/**
 * The ChannelData message (RFC 8656 section 12.4). Stateless.
 *
 * <pre>
 *  |         Channel Number        |            Length             |
 *  |                       Application Data                        |
 * </pre>
 *
 * Over UDP there is no padding.
 */
public final class ChannelData {
    /** Bytes in front of the data. */
    public static final int HEADER_LENGTH = 4;

    /** First channel number (RFC 8656 section 12). */
    public static final int FIRST_CHANNEL = 0x4000;

    /** Last channel number. */
    public static final int LAST_CHANNEL = 0x4FFF;

    /** Last channel number of RFC 5766, whose clients (coturn's test client among them) use all of them. */
    static final int LAST_OLD_CHANNEL = 0x7FFF;

    private ChannelData() {}

    /** Whether a frame that came to a server is ChannelData, of either RFC's numbers. */
    static boolean isForServer(byte[] data, int offset, int length) {
        return length >= HEADER_LENGTH
                && (data[offset] & 0xC0) == 0x40
                && Bytes.u16(data, offset + 2) <= length - HEADER_LENGTH;
    }

    /**
     * Whether a datagram is a ChannelData message as a whole.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return true if number and length fit; bytes behind the data, padding, are allowed
     */
    public static boolean is(byte[] data, int offset, int length) {
        return length >= HEADER_LENGTH
                && (data[offset] & 0xF0) == 0x40
                && Bytes.u16(data, offset + 2) <= length - HEADER_LENGTH;
    }

    /**
     * The channel number.
     *
     * @param data a ChannelData message
     * @param offset its first byte
     * @return 0x4000 to 0x4FFF
     */
    public static int channel(byte[] data, int offset) {
        return Bytes.u16(data, offset);
    }

    /**
     * Count of bytes of application data.
     *
     * @param data a ChannelData message
     * @param offset its first byte
     * @return 0 to 65535
     */
    public static int dataLength(byte[] data, int offset) {
        return Bytes.u16(data, offset + 2);
    }

    /**
     * Writes the header.
     *
     * @param into target
     * @param offset first byte
     * @param channel channel number
     * @param length count of bytes of application data
     */
    public static void writeHeader(byte[] into, int offset, int channel, int length) {
        Bytes.put16(into, offset, channel);
        Bytes.put16(into, offset + 2, length);
    }
}
