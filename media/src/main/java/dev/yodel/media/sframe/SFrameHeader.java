package dev.yodel.media.sframe;

/**
 * The header of an encrypted frame (RFC 9605 4.3): which key, and which number of frame under it. Both are unsigned.
 * Points at one header at a time; for one thread.
 *
 * <pre>
 *  0 1 2 3 4 5 6 7
 * |X|  K  |Y|  C  |   X, K: key identifier 0 to 7, or its length less 1; Y, C: the same of the counter
 * |   KID...  |   CTR...  |
 * </pre>
 */
final class SFrameHeader {
    static final int MAX_LENGTH = 17;

    private static final int IN_PLACE = 7;

    long kid;
    long counter;
    int length;

    /** Reads the header at the beginning of a frame; false if the frame ends within it. */
    boolean read(byte[] data, int offset, int available) {
        if (available < 1) {
            return false;
        }
        int config = data[offset] & 0xff;
        int kidField = (config >> 4) & IN_PLACE;
        int counterField = config & IN_PLACE;
        boolean longKid = (config & 0x80) != 0;
        boolean longCounter = (config & 0x08) != 0;
        int kidBytes = longKid ? kidField + 1 : 0;
        int counterBytes = longCounter ? counterField + 1 : 0;
        length = 1 + kidBytes + counterBytes;
        if (available < length) {
            return false;
        }
        kid = longKid ? number(data, offset + 1, kidBytes) : kidField;
        counter = longCounter ? number(data, offset + 1 + kidBytes, counterBytes) : counterField;
        return true;
    }

    private static long number(byte[] data, int at, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = (value << 8) | (data[at + i] & 0xff);
        }
        return value;
    }

    /** How long the header of these is. */
    static int length(long kid, long counter) {
        return 1 + bytes(kid) + bytes(counter);
    }

    /** Bytes behind the first one: none for 0 to 7. */
    private static int bytes(long value) {
        return value >= 0 && value <= IN_PLACE ? 0 : (71 - Long.numberOfLeadingZeros(value)) / 8;
    }

    /** Writes the shortest header; {@link #length(long, long)} bytes. */
    static void write(long kid, long counter, byte[] into) {
        int kidBytes = bytes(kid);
        int counterBytes = bytes(counter);
        int config = kidBytes == 0 ? (int) kid << 4 : 0x80 | ((kidBytes - 1) << 4);
        config |= counterBytes == 0 ? (int) counter : 0x08 | (counterBytes - 1);
        into[0] = (byte) config;
        put(kid, kidBytes, into, 1);
        put(counter, counterBytes, into, 1 + kidBytes);
    }

    private static void put(long value, int bytes, byte[] into, int at) {
        for (int i = 0; i < bytes; i++) {
            into[at + i] = (byte) (value >> (8 * (bytes - 1 - i)));
        }
    }
}
