package dev.yodel.dtls.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A few byte ranges kept for later, within a count and a sum. What does not fit is refused, the older ones stay. */
final class Stash {
    private final ArrayDeque<byte[]> kept = new ArrayDeque<>(2);
    private final int maxCount;
    private final int maxBytes;
    private int bytes;

    Stash(int maxCount, int maxBytes) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
    }

    boolean add(byte[] data, int offset, int length) {
        if (kept.size() >= maxCount || bytes + length > maxBytes) {
            return false;
        }
        kept.add(Arrays.copyOfRange(data, offset, offset + length));
        bytes += length;
        return true;
    }

    byte @Nullable [] poll() {
        byte[] first = kept.poll();
        if (first != null) {
            bytes -= first.length;
        }
        return first;
    }
}
