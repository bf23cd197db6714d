package dev.yodel.sctp.packet;

/** Wrapping numbers of the wire as longs that do not wrap, taken nearest to a known one. RFC 1982. */
public final class Serial {
    /** What an unwrapped number starts at, so that none gets negative. */
    public static final long EPOCH = 1L << 32;

    private Serial() {}

    /** The first unwrapped number of a sequence. */
    public static long first(int wire) {
        return EPOCH + (wire & 0xffff_ffffL);
    }

    /** A 32-bit number near another. */
    public static long near32(long reference, int wire) {
        return reference + (wire - (int) reference);
    }

    /** A 16-bit number near another. */
    public static long near16(long reference, int wire) {
        return reference + (short) (wire - (int) reference);
    }
}
