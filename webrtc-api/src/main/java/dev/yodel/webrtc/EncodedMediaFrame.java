package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCEncodedAudioFrame and RTCEncodedVideoFrame: a frame that passes through a transform. It belongs to whoever
 * has it: one thread at a time.
 *
 * @see <a href="https://www.w3.org/TR/webrtc-encoded-transform/#RTCEncodedVideoFrame-interface">WebRTC Encoded
 * Transform, 5.3</a>
 */
public interface EncodedMediaFrame {
    /**
     * Audio or video.
     *
     * @return the kind
     */
    MediaKind kind();

    /**
     * What kind of picture it is.
     *
     * @return null for audio
     */
    @Nullable
    EncodedVideoFrameType type();

    /**
     * The codec's bytes: what goes on when the frame is written.
     *
     * @return the frame's own array, which may be changed; empty once it was written
     */
    byte[] data();

    /**
     * Changes what goes on.
     *
     * @param data other bytes, the frame's from now on
     */
    void data(byte[] data);

    /**
     * What is known of it.
     *
     * @return never changes
     */
    EncodedFrameMetadata getMetadata();
}
