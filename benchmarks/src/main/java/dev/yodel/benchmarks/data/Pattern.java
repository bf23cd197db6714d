package dev.yodel.benchmarks.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The bytes that every message must have, by its number: a slice of one random array. The same in every language. */
final class Pattern {
    private static final int STEPS = 8_192;

    private final byte[] bytes;
    private final int size;

    Pattern(int size) {
        this.size = size;
        bytes = new byte[size + STEPS];
        new SplittableRandom(7).nextBytes(bytes);
    }

    private static int offset(long number) {
        return (int) (number * 31 % STEPS);
    }

    byte[] message(long number) {
        int from = offset(number);
        return Arrays.copyOfRange(bytes, from, from + size);
    }

    /** Compares every byte. */
    void check(long number, byte[] data) {
        int from = offset(number);
        if (!Arrays.equals(data, 0, data.length, bytes, from, from + size)) {
            throw new IllegalStateException("message " + number + " is not what was sent");
        }
    }
}
