package dev.yodel.examples.rooms;

/** How much of something is still allowed: so many at once, so many a second. A core: one thread, time as an argument. */
final class TokenBucket {
    private final double capacity;
    private final double perSecond;
    private double tokens;
    private long lastNanos;

    TokenBucket(double capacity, double perSecond, long now) {
        this.capacity = capacity;
        this.perSecond = perSecond;
        tokens = capacity;
        lastNanos = now;
    }

    private void fill(long now) {
        tokens = Math.min(capacity, tokens + (now - lastNanos) * perSecond / 1e9);
        lastNanos = now;
    }

    boolean take(long now) {
        fill(now);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** Whether it is as if it had never been used. */
    boolean full(long now) {
        fill(now);
        return tokens >= capacity;
    }
}
