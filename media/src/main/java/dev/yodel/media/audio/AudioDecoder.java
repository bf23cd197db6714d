package dev.yodel.media.audio;

/**
 * Turns a codec's frames into raw audio and bridges lost ones. It does not reorder or wait: that is the jitter buffer's
 * business. Frames may be hostile; none makes it throw. For one thread at a time; closing it twice is harmless, every
 * other use of a closed one throws {@link IllegalStateException}.
 */
public interface AudioDecoder extends AutoCloseable {
    /** No frame is longer, in milliseconds (RFC 6716 3.2). */
    int MAX_FRAME_MILLIS = 120;

    /** What {@link #decode} and {@link #recover} return for bytes that are no frame of the codec. */
    int DAMAGED = -1;

    /**
     * The rate of the samples that it makes.
     *
     * @return samples per second and channel
     */
    int sampleRateHz();

    /**
     * The channels of the samples that it makes.
     *
     * @return 1 or 2
     */
    int channels();

    /**
     * The most samples, all channels together, that one call writes.
     *
     * @return {@link #MAX_FRAME_MILLIS} of audio
     */
    default int maxSamples() {
        return sampleRateHz() / 1000 * MAX_FRAME_MILLIS * channels();
    }

    /**
     * Whether a frame can describe the one before it (in-band FEC), so that {@link #recover} is better than
     * {@link #conceal}.
     *
     * @return false unless the codec has such a thing
     */
    default boolean canRecover() {
        return false;
    }

    /**
     * Whether a frame describes the one before it, so that {@link #recover} invents nothing; without decoding it.
     *
     * @param data holds the frame, read only
     * @param offset first byte
     * @param length count of bytes
     * @return false unless {@link #canRecover} and the frame holds such a description
     */
    default boolean describesPrevious(byte[] data, int offset, int length) {
        return false;
    }

    /**
     * How long a frame plays, without decoding it.
     *
     * @param data holds the frame, read only
     * @param offset first byte
     * @param length count of bytes
     * @return samples of each channel, or {@link #DAMAGED}
     */
    int duration(byte[] data, int offset, int length);

    /**
     * Decodes a frame.
     *
     * @param data holds the frame, read only
     * @param offset first byte
     * @param length count of bytes
     * @param into gets the samples from index 0, interleaved; {@link #maxSamples()} must fit
     * @return samples of each channel, or {@link #DAMAGED}: then the caller conceals
     * @throws IllegalStateException if the decoder is closed
     */
    int decode(byte[] data, int offset, int length, short[] into);

    /**
     * Rebuilds a lost frame from what the following one says about it (in-band FEC), or invents it where that one says
     * nothing. The following frame is to be decoded next.
     *
     * @param data holds the following frame, read only
     * @param offset first byte
     * @param length count of bytes
     * @param samples of each channel that are missing, up to {@link #MAX_FRAME_MILLIS}
     * @param into gets the samples from index 0
     * @return {@code samples}, or {@link #DAMAGED}
     * @throws IllegalStateException if the decoder is closed
     */
    int recover(byte[] data, int offset, int length, int samples, short[] into);

    /**
     * Invents audio in place of what was lost.
     *
     * @param samples of each channel wanted, up to {@link #MAX_FRAME_MILLIS}
     * @param into gets the samples from index 0
     * @return {@code samples}
     * @throws IllegalStateException if the decoder is closed
     */
    int conceal(int samples, short[] into);

    @Override
    void close();
}
