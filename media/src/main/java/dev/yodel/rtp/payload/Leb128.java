package dev.yodel.rtp.payload;

/** Numbers in seven bits a byte, the least significant first (AV1 bitstream 4.10.5). */
final class Leb128 {
    private static final int MAX_BYTES = 8;

    private Leb128() {}

    /** The value in the low 32 bits and the count of bytes above them; -1 if it is cut off, too long or beyond 31 bits. */
    static long read(byte[] data, int at, int end) {
        long value = 0;
        for (int i = 0; i < MAX_BYTES && at + i < end; i++) {
            value |= (long) (data[at + i] & 0x7f) << (7 * i);
            if (value > Integer.MAX_VALUE) {
                return -1;
            }
            if ((data[at + i] & 0x80) == 0) {
                return (long) (i + 1) << 32 | value;
            }
        }
        return -1;
    }

    static int value(long read) {
        return (int) read;
    }

    static int bytes(long read) {
        return (int) (read >> 32);
    }

    /** Bytes that a value takes. */
    static int size(int value) {
        int bytes = 1;
        for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    /** Writes a value; the place behind it. */
    static int write(int value, byte[] into, int at) {
        int to = at;
        int rest = value;
        while (rest > 0x7f) {
            into[to++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        into[to++] = (byte) rest;
        return to;
    }
}
