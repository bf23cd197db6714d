package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import dev.yodel.media.sframe.SFrameCipherSuite;
import dev.yodel.webrtc.internal.EndToEndTransform;
import java.util.function.Consumer;

/**
 * W3C's SFrameTransform: encrypts what a sender sends, or decrypts what a receiver receives, from end to end (RFC
 * 9605). It neither makes nor distributes keys. Frames that cannot be encrypted or decrypted do not go on. A receiver
 * that cannot decrypt video asks for a key frame.
 *
 * <p>What payload formats and forwarders read stays clear, and is authenticated as SFrame's metadata: Opus's first
 * byte, VP9's first byte, of VP8 the first 10 bytes of key frames and 3 of others, as many applications have it.
 * H.264, H.265 and AV1 are cut at borders inside the frame, so no frame of theirs can be encrypted as one: such a
 * sender sends nothing ({@link #unsupported}).
 *
 * <p>Any thread. Each sender needs a key or a key identifier of its own: under the same pair two senders would use
 * the same numbers, which gives away what they protect (RFC 9605 9.1).
 *
 * @see <a href="https://www.w3.org/TR/webrtc-encoded-transform/#sframe">WebRTC Encoded Transform, 4</a>
 */
public interface SFrameTransform extends RtpTransform {
    /**
     * A transform without keys: nothing goes through it.
     *
     * @param cipherSuite which all know
     * @return a transform that is not in use yet
     */
    static SFrameTransform create(SFrameCipherSuite cipherSuite) {
        return new EndToEndTransform(cipherSuite);
    }

    /**
     * Tells a key. A sender uses the last one that it was told, and never begins one anew that it used before; a
     * receiver keeps them all, up to 1,024.
     *
     * @param key the secret that all know, 16 bytes or more; not kept
     * @param keyId its identifier, unsigned
     * @throws IllegalArgumentException if the key is shorter, or there are too many
     * @throws InvalidAccessException if it was told before, and another one after it
     */
    void setEncryptionKey(byte[] key, long keyId);

    /**
     * Forgets a key of a receiver. Ours, beyond W3C: who leaves shall not be believed any more.
     *
     * @param keyId its identifier; one that is not known is passed over
     */
    void removeEncryptionKey(long keyId);

    /**
     * A received frame was not decrypted.
     *
     * @param listener runs on the transform's lane
     * @return removes it
     */
    Registration onError(Consumer<SFrameTransformErrorEvent> listener);

    /**
     * Frames that went on, encrypted or decrypted.
     *
     * @return a count
     */
    long framesWritten();

    /**
     * Received frames that were not decrypted.
     *
     * @return a count
     */
    long errors();

    /**
     * Frames that were not sent, because there was no key or their format cannot be encrypted as one.
     *
     * @return a count
     */
    long unsupported();
}
