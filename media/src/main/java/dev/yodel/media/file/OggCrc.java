package dev.yodel.media.file;

/** The checksum of Ogg pages: CRC-32 with polynomial 04c11db7, not reflected (RFC 3533 6, field 7). Stateless. */
final class OggCrc {
    private static final int[] TABLE = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int value = i << 24;
            for (int bit = 0; bit < 8; bit++) {
                value = (value << 1) ^ (value < 0 ? 0x04c1_1db7 : 0);
            }
            TABLE[i] = value;
        }
    }

    private OggCrc() {}

    static int update(int crc, byte[] data, int offset, int length) {
        int value = crc;
        for (int i = offset; i < offset + length; i++) {
            value = (value << 8) ^ TABLE[((value >>> 24) ^ data[i]) & 0xff];
        }
        return value;
    }
}
