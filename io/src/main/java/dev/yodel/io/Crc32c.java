package dev.yodel.io;

import java.util.zip.CRC32C;

/**
 * The CRC32c checksum (Castagnoli) of SCTP packets. It keeps no state and may be called from any thread. RFC 9260
 * appendix A.
 */
public final class Crc32c {
    /** Where the checksum stands in an SCTP packet, RFC 9260 3.1. */
    private static final int SCTP_CHECKSUM_AT = 8;

    private static final byte[] FOUR_ZEROS = new byte[4];

    private Crc32c() {}

    /**
     * The checksum of a range.
     *
     * @param data source
     * @param offset first byte
     * @param length count of bytes
     * @return the CRC as a number: 0xe3069283 for the text {@code 123456789}
     */
    public static int of(byte[] data, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, offset, length);
        return (int) crc.getValue();
    }

    /**
     * The checksum of an SCTP packet, its checksum field taken as zero, in the order of the wire: write it with
     * {@link Bytes#put32} at index 8, or compare it with {@link Bytes#i32} of that index. Changes nothing in the packet.
     *
     * @param data source
     * @param offset first byte of the common header
     * @param length count of bytes, 12 or more
     * @return the field's value, read in network order
     * @throws IllegalArgumentException if the packet is shorter than its common header
     */
    public static int ofSctpPacket(byte[] data, int offset, int length) {
        if (length < SCTP_CHECKSUM_AT + 4) {
            throw new IllegalArgumentException("an SCTP packet has 12 bytes or more, not " + length);
        }
        CRC32C crc = new CRC32C();
        crc.update(data, offset, SCTP_CHECKSUM_AT);
        crc.update(FOUR_ZEROS, 0, 4);
        crc.update(data, offset + SCTP_CHECKSUM_AT + 4, length - SCTP_CHECKSUM_AT - 4);
        // RFC 9260 appendix A: the CRC is put into the packet with its bytes in reverse order.
        return Integer.reverseBytes((int) crc.getValue());
    }
}
