package dev.yodel.rtp;

import dev.yodel.io.RandomSource;
import java.util.Random;

/** A reproducible source; its seed belongs into failure messages. */
final class SeededRandom implements RandomSource {
    private final Random random;

    SeededRandom(long seed) {
        random = new Random(seed);
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
