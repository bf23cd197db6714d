package dev.yodel.benchmarks;

import dev.yodel.io.RandomSource;
import java.util.SplittableRandom;

/** Randomness that a seed fixes. Not secure: for simulated associations. */
final class SctpSeed implements RandomSource {
    private final SplittableRandom random;

    SctpSeed(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public void nextBytes(byte[] target, int offset, int length) {
        for (int i = 0; i < length; i++) {
            target[offset + i] = (byte) random.nextInt();
        }
    }

    @Override
    public int nextInt() {
        return random.nextInt();
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }
}
