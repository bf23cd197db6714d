package dev.yodel.io;

/**
 * Where a core takes its randomness from: cryptographically strong over real sockets, seeded in the simulator. Safe for
 * use from any thread.
 */
public interface RandomSource {
    /**
     * Fills a range with random bytes.
     *
     * @param target filled by this call, not kept
     * @param offset first byte
     * @param length count of bytes
     */
    void nextBytes(byte[] target, int offset, int length);

    /**
     * A random 32-bit value.
     *
     * @return any int
     */
    int nextInt();

    /**
     * A random 64-bit value.
     *
     * @return any long
     */
    long nextLong();

    /**
     * A uniformly distributed value below a bound.
     *
     * @param bound exclusive, positive
     * @return 0 to {@code bound - 1}
     */
    default int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive, was " + bound);
        }
        return (int) Math.floorMod(nextLong() >>> 1, (long) bound);
    }

    /**
     * A uniformly distributed fraction.
     *
     * @return 0 (inclusive) to 1 (exclusive)
     */
    default double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /**
     * A fresh array of random bytes.
     *
     * @param length count of bytes
     * @return a new array, owned by the caller
     */
    default byte[] bytes(int length) {
        byte[] result = new byte[length];
        nextBytes(result, 0, length);
        return result;
    }
}
