package dev.yodel.simulator;

import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import java.util.SplittableRandom;

/** A seeded stream of numbers: the same seed and name give the same stream. Not secure. */
final class SeededRandom implements RandomSource {
    private final SplittableRandom random;

    SeededRandom(long seed, String name) {
        this.random = new SplittableRandom(scattered(seed + scattered(name.hashCode())));
    }

    /**
     * Two starting points that are near each other would be two places of one stream, so that the draws of a seed would be
     * those of the seed before, moved by some. This is the finalizer of MurmurHash3, one to one.
     */
    private static long scattered(long number) {
        long bits = (number ^ (number >>> 33)) * 0xff51afd7ed558ccdL;
        bits = (bits ^ (bits >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return bits ^ (bits >>> 33);
    }

    @Override
    public void nextBytes(byte[] target, int offset, int length) {
        int at = offset;
        int end = offset + length;
        for (; at + 8 <= end; at += 8) {
            Bytes.put64(target, at, random.nextLong());
        }
        if (at < end) {
            long last = random.nextLong();
            for (; at < end; at++, last >>>= 8) {
                target[at] = (byte) last;
            }
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

    /** True with a probability of 0 to 1; draws nothing when it is 0. */
    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** A number from 0 to {@code most}, both included; draws nothing when it is 0. */
    long upTo(long most) {
        return most <= 0 ? 0 : random.nextLong(most + 1);
    }
}
