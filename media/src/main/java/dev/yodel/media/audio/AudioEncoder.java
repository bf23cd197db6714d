package dev.yodel.media.audio;

/**
 * Turns raw audio into a codec's frames. It does not resample, pace or packetize. For one thread at a time; closing it
 * twice is harmless, every other use of a closed one throws {@link IllegalStateException}.
 */
public interface AudioEncoder extends AutoCloseable {
    /**
     * The rate of the samples that it takes.
     *
     * @return samples per second and channel
     */
    int sampleRateHz();

    /**
     * The channels of the samples that it takes.
     *
     * @return 1 or 2
     */
    int channels();

    /**
     * How many samples of each channel make one frame.
     *
     * @return samples, positive
     */
    int frameSamples();

    /**
     * The rate of the codec's RTP clock, which may differ from the sample rate (RFC 7587 4.1, RFC 3551 4.5.2).
     *
     * @return ticks per second
     */
    int rtpClockRateHz();

    /**
     * The most bytes one frame can take.
     *
     * @return bytes
     */
    int maxFrameBytes();

    /**
     * Encodes one frame.
     *
     * @param pcm samples, interleaved; read only
     * @param pcmOffset first sample; {@code frameSamples() * channels()} are read
     * @param into gets the frame, from {@code intoOffset} on; {@link #maxFrameBytes()} must fit
     * @param intoOffset first byte
     * @return length of the frame in bytes; 0 if this frame need not be sent (DTX)
     * @throws IllegalArgumentException if a range lies outside its array
     * @throws IllegalStateException if the encoder is closed
     */
    int encode(short[] pcm, int pcmOffset, byte[] into, int intoOffset);

    /**
     * What the way carries, from the next frame on. A codec of one rate ignores it.
     *
     * @param bps bits per second of frames, without headers; a codec takes what it can of it
     */
    default void targetBps(long bps) {}

    @Override
    void close();
}
