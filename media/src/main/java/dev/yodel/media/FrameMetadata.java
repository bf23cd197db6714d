package dev.yodel.media;

import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.rtp.extension.ColorSpace;
import dev.yodel.rtp.extension.PlayoutDelay;
import dev.yodel.rtp.extension.VideoLayersAllocation;
import dev.yodel.rtp.extension.VideoOrientation;
import org.jspecify.annotations.Nullable;

/**
 * What a frame says of itself beside its bytes, by RTP header extensions. What was not said, or not negotiated, is
 * null. Immutable.
 *
 * @param captureTime when it was captured, by its source's clock; reckoned from the frame that said it last
 * @param playoutDelay between which bounds its sender wants it to be delayed; the playout keeps to them
 * @param orientation how it has to be turned for showing
 * @param colorSpace which colours its numbers mean
 * @param layers which layers its sender makes now
 */
public record FrameMetadata(
        @Nullable AbsoluteCaptureTime captureTime,
        @Nullable PlayoutDelay playoutDelay,
        @Nullable VideoOrientation orientation,
        @Nullable ColorSpace colorSpace,
        @Nullable VideoLayersAllocation layers) {
    /** Nothing is said. */
    public static final FrameMetadata NONE = new FrameMetadata(null, null, null, null, null);

    /**
     * The same with another time.
     *
     * @param time when the frame was captured
     * @return a changed copy
     */
    public FrameMetadata withCaptureTime(@Nullable AbsoluteCaptureTime time) {
        return new FrameMetadata(time, playoutDelay, orientation, colorSpace, layers);
    }

    /**
     * The same with other bounds.
     *
     * @param delay between which bounds it may be delayed
     * @return a changed copy
     */
    public FrameMetadata withPlayoutDelay(@Nullable PlayoutDelay delay) {
        return new FrameMetadata(captureTime, delay, orientation, colorSpace, layers);
    }

    /**
     * The same with another orientation.
     *
     * @param value how to turn it
     * @return a changed copy
     */
    public FrameMetadata withOrientation(@Nullable VideoOrientation value) {
        return new FrameMetadata(captureTime, playoutDelay, value, colorSpace, layers);
    }

    /**
     * The same with another colour space.
     *
     * @param value which colours its numbers mean
     * @return a changed copy
     */
    public FrameMetadata withColorSpace(@Nullable ColorSpace value) {
        return new FrameMetadata(captureTime, playoutDelay, orientation, value, layers);
    }

    /**
     * The same with other layers.
     *
     * @param value what its sender makes
     * @return a changed copy
     */
    public FrameMetadata withLayers(@Nullable VideoLayersAllocation value) {
        return new FrameMetadata(captureTime, playoutDelay, orientation, colorSpace, value);
    }
}
