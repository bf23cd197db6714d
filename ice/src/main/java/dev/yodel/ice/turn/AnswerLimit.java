package dev.yodel.ice.turn;

import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;

/**
 * May this source have one more answer that it did not pay for? Sources share a fixed table of buckets by a keyed hash,
 * so that a flood from forged addresses costs no memory, and one victim of such a flood gets little through us. One
 * thread only.
 */
final class AnswerLimit {
    private static final int BUCKETS = 4096;

    private final int perSecond;
    private final long key;
    private final int[] left = new int[BUCKETS];
    private final int[] second = new int[BUCKETS];

    AnswerLimit(int perSecond, RandomSource random) {
        this.perSecond = perSecond;
        key = random.nextLong();
        java.util.Arrays.fill(second, Integer.MIN_VALUE);
    }

    boolean allows(InetAddress source, long now) {
        int bucket = bucket(source);
        int current = (int) (now / Time.SECOND);
        if (current != second[bucket]) {
            // Two seconds' worth at most.
            boolean next = current == second[bucket] + 1;
            left[bucket] = Math.min(2 * perSecond, (next ? left[bucket] : perSecond) + perSecond);
            second[bucket] = current;
        }
        if (left[bucket] == 0) {
            return false;
        }
        left[bucket]--;
        return true;
    }

    /** An IPv6 source is its /64: the rest is free to choose. */
    private int bucket(InetAddress source) {
        byte[] bytes = source.getAddress();
        long hash = key;
        for (int i = 0; i < Math.min(8, bytes.length); i++) {
            hash = (hash ^ bytes[i]) * 0x9E37_79B9_7F4A_7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash >>> 32) & BUCKETS - 1;
    }
}
