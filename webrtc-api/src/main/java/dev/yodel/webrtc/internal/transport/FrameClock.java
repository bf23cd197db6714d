package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Time;
import dev.yodel.media.EncodedFrame;

/**
 * Which RTP timestamp does the next frame get? Frames with durations follow each other; after a pause of the source the
 * clock has gone on as real time did, so that receivers see a pause and not a delay. Loop thread only.
 */
final class FrameClock {
    /** A source that comes this much later than its last frame ends has paused. */
    private static final long PAUSE_NANOS = 200 * Time.MILLISECOND;

    private boolean started;
    private boolean resumed;
    private long mediaNanos;

    /** The timestamp in units of the codec's clock; the stream adds its random offset. */
    long next(EncodedFrame frame, int clockRateHz, long now) {
        if (frame.hasTimestamp()) {
            resumed = !started;
            started = true;
            return frame.rtpTimestamp();
        }
        // A new source continues where the clock stands, as after a pause of the old one.
        resumed = !started || now - mediaNanos > PAUSE_NANOS;
        if (resumed) {
            started = true;
            mediaNanos = now;
        }
        long timestamp = units(mediaNanos, clockRateHz);
        mediaNanos += frame.durationNanos();
        return timestamp;
    }

    /** Whether the frame just stamped is the first, or the first after a pause. */
    boolean resumed() {
        return resumed;
    }

    /** Nanoseconds in units of a clock, split at the second so that products stay small for centuries. */
    static long units(long nanos, int clockRateHz) {
        long seconds = nanos / Time.SECOND;
        return seconds * clockRateHz + (nanos - seconds * Time.SECOND) * clockRateHz / Time.SECOND;
    }
}
