package dev.yodel.ice.stun;

import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;

/**
 * The 96-bit transaction id of a STUN message (RFC 8489 section 5).
 *
 * @param high first 64 bits
 * @param low last 32 bits
 */
public record TransactionId(long high, int low) {
    /** Bytes on the wire. */
    public static final int LENGTH = 12;

    /**
     * A fresh id. RFC 8489 section 5: uniformly and randomly chosen, and cryptographically random.
     *
     * @param random where the bits come from
     * @return a new id
     */
    public static TransactionId random(RandomSource random) {
        return new TransactionId(random.nextLong(), random.nextInt());
    }

    /**
     * The id of a message.
     *
     * @param data borrowed
     * @param at the id's first byte
     * @return the id
     */
    public static TransactionId read(byte[] data, int at) {
        return new TransactionId(Bytes.i64(data, at), Bytes.i32(data, at + 8));
    }

    void write(byte[] data, int at) {
        Bytes.put64(data, at, high);
        Bytes.put32(data, at + 8, low);
    }

    @Override
    public String toString() {
        return String.format("%016x%08x", high, low);
    }
}
