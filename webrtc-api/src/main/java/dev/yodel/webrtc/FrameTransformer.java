package dev.yodel.webrtc;

/** What an application does with each encoded frame: the worker's side of W3C's RTCRtpScriptTransform. */
@FunctionalInterface
public interface FrameTransformer {
    /**
     * Takes a frame. It goes on when it is written, now or later, changed or not; a frame that is never written is dropped.
     *
     * @param frame the frame, the caller's from now on
     * @param transformer where to write it; the same for all frames
     * @throws RuntimeException is logged and counted, and drops the frame if it was not written
     */
    void transform(EncodedMediaFrame frame, RtpScriptTransformer transformer);
}
