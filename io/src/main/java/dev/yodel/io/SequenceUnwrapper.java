package dev.yodel.io;

/**
 * Turns the wrapping sequence numbers of the wire into {@code long}s that do not wrap, each taken as the one nearest to
 * the highest seen so far. It judges nothing: jumps, duplicates and old numbers are the caller's business. Not for
 * sharing between threads. RFC 1982.
 */
public final class SequenceUnwrapper {
    private final int bits;
    private final long mask;
    private boolean started;
    private long highest;

    private SequenceUnwrapper(int bits) {
        this.bits = bits;
        this.mask = (1L << bits) - 1;
    }

    /**
     * For numbers of 16 bits: RTP, TWCC, SCTP stream sequence numbers.
     *
     * @return a fresh unwrapper
     */
    public static SequenceUnwrapper of16Bits() {
        return new SequenceUnwrapper(16);
    }

    /**
     * For numbers of 32 bits: RTP timestamps, SCTP TSNs and MIDs.
     *
     * @return a fresh unwrapper
     */
    public static SequenceUnwrapper of32Bits() {
        return new SequenceUnwrapper(32);
    }

    /**
     * What {@link #unwrap} would return, without remembering it: for packets that are not authenticated yet.
     *
     * @param wire the number on the wire; higher bits are ignored
     * @return the unwrapped number; negative if it is older than the first by more than that one's value
     */
    public long peek(long wire) {
        long value = wire & mask;
        if (!started) {
            return value;
        }
        int shift = Long.SIZE - bits;
        // RFC 1982 3.2: the signed distance modulo 2^bits; exactly half the range counts as older.
        return highest + ((value - highest) << shift >> shift);
    }

    /**
     * Unwraps a number and remembers the highest.
     *
     * @param wire the number on the wire; higher bits are ignored
     * @return the unwrapped number; the first is itself
     */
    public long unwrap(long wire) {
        long value = peek(wire);
        if (!started || value > highest) {
            highest = value;
            started = true;
        }
        return value;
    }

    /**
     * The highest unwrapped number.
     *
     * @return the number
     * @throws IllegalStateException before the first {@link #unwrap}
     */
    public long highest() {
        if (!started) {
            throw new IllegalStateException("nothing unwrapped yet; ask isStarted() first");
        }
        return highest;
    }

    /**
     * Whether a number was unwrapped.
     *
     * @return false before the first and after {@link #reset}
     */
    public boolean isStarted() {
        return started;
    }

    /** Forgets everything: the next number starts anew. */
    public void reset() {
        started = false;
        highest = 0;
    }
}
