package dev.yodel.io.loop;

import dev.yodel.io.RandomSource;
import java.security.SecureRandom;

/** Randomness of the system's cryptographically strong generator. Any thread. */
final class SecureRandomSource implements RandomSource {
    private final SecureRandom random = new SecureRandom();

    @Override
    public void nextBytes(byte[] target, int offset, int length) {
        byte[] fresh = new byte[length];
        random.nextBytes(fresh);
        System.arraycopy(fresh, 0, target, offset, length);
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
