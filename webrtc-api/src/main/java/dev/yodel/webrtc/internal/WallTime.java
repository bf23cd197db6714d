package dev.yodel.webrtc.internal;

import dev.yodel.io.Environment;
import dev.yodel.io.Loop;

/**
 * A loop's monotonic time as milliseconds since 1970. The wall clock is read once: what is shown to users must not jump
 * with it (High Resolution Time 4), and is compared with clocks that know parts of a millisecond. Immutable.
 */
final class WallTime {
    private final long startMicros;
    private final long startNanos;

    WallTime(Environment environment, Loop loop) {
        startMicros = environment.wallClockMicros();
        startNanos = loop.now();
    }

    double millis(long nanos) {
        return startMicros / 1e3 + (nanos - startNanos) / 1e6;
    }
}
