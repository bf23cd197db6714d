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
    private long origin;
    private long mediaNanos;

    /** The timestamp in units of the codec's clock; the stream adds its random offset. */
    long next(EncodedFrame frame, int clockRateHz, long now) {
        if (frame.hasTimestamp()) {
            resumed = !started;
            started = true;
            return frame.rtpTimestamp();
        }
        if (!started) {
            started = true;
            resumed = true;
            origin = now;
        } else {
            long late = now - (origin + mediaNanos);
            resumed = late > PAUSE_NANOS;
            if (resumed) {
                mediaNanos += late;
            }
        }
        // Split at the second, so that the product stays small for centuries.
        long seconds = mediaNanos / Time.SECOND;
        long timestamp = seconds * clockRateHz + (mediaNanos - seconds * Time.SECOND) * clockRateHz / Time.SECOND;
        mediaNanos += frame.durationNanos();
        return timestamp;
    }

    /** Whether the frame just stamped is the first, or the first after a pause. */
    boolean resumed() {
        return resumed;
    }
}
