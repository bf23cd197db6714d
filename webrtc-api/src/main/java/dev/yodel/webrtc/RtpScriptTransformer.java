package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRtpScriptTransformer: where a {@link FrameTransformer} writes frames and speaks of key frames. Any thread.
 *
 * @see <a href="https://www.w3.org/TR/webrtc-encoded-transform/#RTCRtpScriptTransformer-interfaces">WebRTC Encoded
 * Transform, 5.6</a>
 */
public interface RtpScriptTransformer {
    /**
     * Lets a frame go on: W3C's {@code writable}. It may have been kept for any time, but what is written after a
     * later frame is refused, as is a frame of another transformer and one that is written twice; {@link
     * RtpScriptTransform#framesRefused} counts them.
     *
     * @param frame a frame that the transformer was given; its bytes are the connection's from now on
     */
    void write(EncodedMediaFrame frame);

    /**
     * Wants key frames of everything that is sent.
     *
     * @return see the long form
     */
    default CompletableFuture<Void> generateKeyFrame() {
        return generateKeyFrame(null);
    }

    /**
     * Wants a key frame of what is sent. The source is asked as if the peer had asked ({@link
     * EncodedTrack#onKeyFrameRequest}).
     *
     * @param rid the simulcast layer; null for all of them
     * @return completes just before the transformer gets the key frame, of the last layer if there are several; fails
     *     with {@link InvalidStateException} unless this is a sender of video, with {@link IllegalArgumentException}
     *     if it cannot be a rid, and with {@link NotFoundException} if nothing active is sent under it
     */
    CompletableFuture<Void> generateKeyFrame(@Nullable String rid);

    /**
     * Asks the peer for a key frame of what is received, no more often than RTCP lets it.
     *
     * @return completes when it was asked; fails with {@link InvalidStateException} unless this is a receiver of video
     */
    CompletableFuture<Void> sendKeyFrameRequest();

    /**
     * The peer asks for a key frame of what is sent.
     *
     * @param listener runs on the transformer's lane, before the source is asked; it can keep the source from being asked
     * @return removes it
     */
    Registration onKeyFrameRequest(Consumer<KeyFrameRequestEvent> listener);
}
