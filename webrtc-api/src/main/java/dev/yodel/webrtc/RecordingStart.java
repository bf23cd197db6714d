package dev.yodel.webrtc;

import dev.yodel.io.Time;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The moment at which the recordings of one conversation begin: that of the first sound that any of them has. It is
 * shared by recorders of one factory's connections, whose clocks are the same. Any thread.
 */
public final class RecordingStart {
    private final AtomicLong startNanos = new AtomicLong(Time.NEVER);

    /** A start that has not come yet. */
    public RecordingStart() {}

    /** How long a moment lies behind the start, in nanoseconds; the first one is the start. */
    long behind(long nanos) {
        startNanos.compareAndSet(Time.NEVER, nanos);
        return Math.max(0, nanos - startNanos.get());
    }

    @Override
    public String toString() {
        return startNanos.get() == Time.NEVER ? "RecordingStart, not yet" : "RecordingStart, begun";
    }
}
