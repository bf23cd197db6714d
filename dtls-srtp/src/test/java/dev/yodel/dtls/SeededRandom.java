package dev.yodel.dtls;

import dev.yodel.io.RandomSource;
import java.util.Random;

/** Randomness that a seed repeats. */
public final class SeededRandom implements RandomSource {
    private final Random random;

    public SeededRandom(long seed) {
        this.random = new Random(seed);
    }

    @Override
    public synchronized void nextBytes(byte[] target, int offset, int length) {
        for (int i = 0; i < length; i++) {
            target[offset + i] = (byte) random.nextInt();
        }
    }

    @Override
    public synchronized int nextInt() {
        return random.nextInt();
    }

    @Override
    public synchronized long nextLong() {
        return random.nextLong();
    }
}
