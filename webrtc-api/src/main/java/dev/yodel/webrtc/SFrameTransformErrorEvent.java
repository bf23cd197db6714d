package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's SFrameTransformErrorEvent: a received frame was not decrypted, and is dropped.
 *
 * @param errorType why
 * @param keyId the identifier that the frame names, unsigned, if that is why; else null
 * @param frame as it came
 */
public record SFrameTransformErrorEvent(
        SFrameTransformErrorEventType errorType, @Nullable Long keyId, EncodedMediaFrame frame) {}
