package dev.yodel.webrtc;

import dev.yodel.webrtc.internal.ScriptTransform;

/**
 * W3C's RTCRtpScriptTransform: the application's own transform. Instead of a worker there is a lane: the transformer
 * is called for one frame at a time, in the order in which frames were encoded or received, never on the network's
 * thread. At most 64 frames wait for it; more than that, and the oldest are lost (a key frame is asked for if it is
 * video).
 *
 * <p>What is packed must still look like its format: VP8's and VP9's packets repeat bits of the frame's first byte,
 * those of H.264, H.265 and AV1 are cut at the format's own borders, and receivers read Opus's first byte. Packets
 * are not frames: what an {@link RtpTrack}, a relayed or a forwarded track sends is dropped while its sender has a
 * transform, and {@link RemoteTrack#onRtp} and relays get packets as they came.
 *
 * @see <a href="https://www.w3.org/TR/webrtc-encoded-transform/#scriptTransform">WebRTC Encoded Transform, 5</a>
 */
public interface RtpScriptTransform extends RtpTransform {
    /**
     * A transform.
     *
     * @param transformer gets each frame
     * @return a transform that is not in use yet
     */
    static RtpScriptTransform of(FrameTransformer transformer) {
        return new ScriptTransform(transformer);
    }

    /**
     * Frames that the transformer was given.
     *
     * @return a count
     */
    long framesRead();

    /**
     * Frames that went on.
     *
     * @return a count
     */
    long framesWritten();

    /**
     * Frames that were written and did not go on: twice, after one that came later, by the transformer of another
     * transform, or after this one was replaced.
     *
     * @return a count
     */
    long framesRefused();

    /**
     * Frames that the transformer never saw, because it was too slow.
     *
     * @return a count
     */
    long framesLost();

    /**
     * How often the transformer threw something.
     *
     * @return a count
     */
    long errors();
}
