package dev.yodel.media;

import dev.yodel.io.Time;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One encoded frame of audio or video: the codec's bytes and the time they stand for. Immutable as long as nobody writes
 * to the array it was given; the array is not copied. Usable from any thread.
 */
public final class EncodedFrame {
    /** Stands for "no RTP timestamp given". */
    private static final long NONE = -1;

    private final byte[] data;
    private final long rtpTimestamp;
    private final long durationNanos;
    private final boolean keyFrame;
    private final long presentationNanos;
    private final @Nullable String rid;
    private final FrameMetadata metadata;
    private final @Nullable FrameLayer layer;

    private EncodedFrame(
            byte[] data,
            long rtpTimestamp,
            long durationNanos,
            boolean keyFrame,
            long presentationNanos,
            @Nullable String rid,
            FrameMetadata metadata,
            @Nullable FrameLayer layer) {
        this.data = data;
        this.rtpTimestamp = rtpTimestamp;
        this.durationNanos = durationNanos;
        this.keyFrame = keyFrame;
        this.presentationNanos = presentationNanos;
        this.rid = rid;
        this.metadata = metadata;
        this.layer = layer;
    }

    /**
     * A frame that follows the one before it by that one's duration.
     *
     * @param data the codec's bytes, owned by the frame from now on
     * @param durationNanos how long the frame plays, positive
     * @return the frame, marked as a key frame
     * @throws IllegalArgumentException if the duration is not positive
     */
    public static EncodedFrame ofDuration(byte[] data, long durationNanos) {
        if (durationNanos <= 0) {
            throw new IllegalArgumentException("durationNanos must be positive, was " + durationNanos
                    + "; give the time that the frame plays, for example 20_000_000 for 20 ms");
        }
        return new EncodedFrame(data, NONE, durationNanos, true, Time.NEVER, null, FrameMetadata.NONE, null);
    }

    /**
     * A frame at a place of the RTP clock.
     *
     * @param data the codec's bytes, owned by the frame from now on
     * @param rtpTimestamp in units of the codec's clock rate, 0 to 2^32-1; only differences matter
     * @return the frame, marked as a key frame
     * @throws IllegalArgumentException if the timestamp is out of range
     */
    public static EncodedFrame ofTimestamp(byte[] data, long rtpTimestamp) {
        if (rtpTimestamp < 0 || rtpTimestamp > 0xffff_ffffL) {
            throw new IllegalArgumentException("rtpTimestamp must be 0 to 2^32-1, was " + rtpTimestamp);
        }
        return new EncodedFrame(data, rtpTimestamp, 0, true, Time.NEVER, null, FrameMetadata.NONE, null);
    }

    /**
     * The same frame with other bytes.
     *
     * @param other the codec's bytes, owned by the frame from now on
     * @return a frame that shares the rest
     */
    public EncodedFrame withData(byte[] other) {
        return new EncodedFrame(other, rtpTimestamp, durationNanos, keyFrame, presentationNanos, rid, metadata, layer);
    }

    /**
     * The same frame with another key-frame mark.
     *
     * @param isKeyFrame whether a decoder can start here; audio frames always can
     * @return a frame that shares the bytes
     */
    public EncodedFrame withKeyFrame(boolean isKeyFrame) {
        return new EncodedFrame(data, rtpTimestamp, durationNanos, isKeyFrame, presentationNanos, rid, metadata, layer);
    }

    /**
     * The same frame with the time at which it is to be shown or heard.
     *
     * @param nanos on the clock of its connection
     * @return a frame that shares the bytes
     */
    public EncodedFrame withPresentation(long nanos) {
        return new EncodedFrame(data, rtpTimestamp, durationNanos, keyFrame, nanos, rid, metadata, layer);
    }

    /**
     * The same frame as one of a simulcast layer (RFC 8853).
     *
     * @param simulcastLayer identifier of the layer, one of the encodings' rids
     * @return a frame that shares the bytes
     */
    public EncodedFrame withRid(String simulcastLayer) {
        return new EncodedFrame(
                data, rtpTimestamp, durationNanos, keyFrame, presentationNanos, simulcastLayer, metadata, layer);
    }

    /**
     * The same frame with what it says of itself, which is sent where the header extensions were negotiated.
     *
     * @param said what it says
     * @return a frame that shares the bytes
     */
    public EncodedFrame withMetadata(FrameMetadata said) {
        return new EncodedFrame(data, rtpTimestamp, durationNanos, keyFrame, presentationNanos, rid, said, layer);
    }

    /**
     * The same picture as one of an encoder that makes layers. It holds all spatial layers of its moment: of VP9 in a
     * superframe, of AV1 as OBUs with their extension. What the layers need of each other is told where the format
     * and the negotiated extensions can.
     *
     * @param place the layers that the encoder makes, and the picture's temporal one
     * @return a frame that shares the bytes
     */
    public EncodedFrame withLayer(FrameLayer place) {
        return new EncodedFrame(data, rtpTimestamp, durationNanos, keyFrame, presentationNanos, rid, metadata, place);
    }

    /**
     * Which layers the encoder makes, and the picture's temporal one.
     *
     * @return null if nobody said so: then each frame needs the one before it
     */
    public @Nullable FrameLayer layer() {
        return layer;
    }

    /**
     * What it says of itself.
     *
     * @return {@link FrameMetadata#NONE} if nothing
     */
    public FrameMetadata metadata() {
        return metadata;
    }

    /**
     * The simulcast layer it belongs to.
     *
     * @return its rid, or null where there is no simulcast; a frame without goes out on the first layer
     */
    public @Nullable String rid() {
        return rid;
    }

    /**
     * The codec's bytes.
     *
     * @return the frame's own array; do not write to it
     */
    public byte[] data() {
        return data;
    }

    /**
     * Whether a timestamp was given.
     *
     * @return true for frames made by {@link #ofTimestamp}
     */
    public boolean hasTimestamp() {
        return rtpTimestamp != NONE;
    }

    /**
     * The place on the RTP clock.
     *
     * @return 0 to 2^32-1
     * @throws IllegalStateException if the frame has a duration instead
     */
    public long rtpTimestamp() {
        if (rtpTimestamp == NONE) {
            throw new IllegalStateException("the frame was made by ofDuration; ask hasTimestamp() first");
        }
        return rtpTimestamp;
    }

    /**
     * How long the frame plays.
     *
     * @return nanoseconds, 0 if a timestamp was given instead
     */
    public long durationNanos() {
        return durationNanos;
    }

    /**
     * When a received frame is to be shown or heard: on one clock for all tracks of a connection, so that sound and picture
     * that were captured at the same time have the same one once the peer's first reports have come.
     *
     * @return nanoseconds from any start, or {@link Time#NEVER} if nobody said so; {@code equals} does not look at it
     */
    public long presentationNanos() {
        return presentationNanos;
    }

    /**
     * Whether a decoder can start here.
     *
     * @return true for key frames and all audio frames
     */
    public boolean keyFrame() {
        return keyFrame;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedFrame that
                && rtpTimestamp == that.rtpTimestamp
                && durationNanos == that.durationNanos
                && keyFrame == that.keyFrame
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(data) * 31 + Long.hashCode(rtpTimestamp);
    }

    @Override
    public String toString() {
        String at = hasTimestamp() ? "timestamp " + rtpTimestamp : durationNanos / 1_000_000 + " ms";
        return "EncodedFrame " + data.length + " bytes, " + at + (keyFrame ? ", key frame" : "");
    }
}
