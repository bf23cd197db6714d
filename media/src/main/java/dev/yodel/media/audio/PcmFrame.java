package dev.yodel.media.audio;

/**
 * A piece of raw audio: signed 16-bit samples, interleaved by channel. Any length, rate and channel count. It owns its
 * array: whoever makes a frame gives the array away, whoever gets one may keep it. Usable from any thread.
 */
public final class PcmFrame {
    private final short[] samples;
    private final int sampleRateHz;
    private final int channels;
    private final boolean concealed;

    /**
     * A frame of heard or recorded audio.
     *
     * @param samples interleaved, a multiple of {@code channels} long; owned by the frame from now on
     * @param sampleRateHz samples per second and channel, 8,000 to 192,000
     * @param channels 1 (mono) or 2 (left, right)
     * @throws IllegalArgumentException if rate, channels or length are out of range
     */
    public PcmFrame(short[] samples, int sampleRateHz, int channels) {
        this(samples, sampleRateHz, channels, false);
    }

    /**
     * A frame.
     *
     * @param samples interleaved, a multiple of {@code channels} long; owned by the frame from now on
     * @param sampleRateHz samples per second and channel, 8,000 to 192,000
     * @param channels 1 (mono) or 2 (left, right)
     * @param concealed whether the samples were invented in place of lost ones
     * @throws IllegalArgumentException if rate, channels or length are out of range
     */
    public PcmFrame(short[] samples, int sampleRateHz, int channels, boolean concealed) {
        if (channels < 1 || channels > 2) {
            throw new IllegalArgumentException("channels must be 1 or 2, was " + channels);
        }
        if (sampleRateHz < 8_000 || sampleRateHz > 192_000) {
            throw new IllegalArgumentException("sampleRateHz must be 8000 to 192000, was " + sampleRateHz);
        }
        if (samples.length % channels != 0) {
            throw new IllegalArgumentException(
                    samples.length + " samples are no whole number of " + channels + "-channel samples");
        }
        this.samples = samples;
        this.sampleRateHz = sampleRateHz;
        this.channels = channels;
        this.concealed = concealed;
    }

    /**
     * The samples.
     *
     * @return the frame's own array, interleaved by channel
     */
    public short[] samples() {
        return samples;
    }

    /**
     * The rate.
     *
     * @return samples per second and channel
     */
    public int sampleRateHz() {
        return sampleRateHz;
    }

    /**
     * The channels.
     *
     * @return 1 or 2
     */
    public int channels() {
        return channels;
    }

    /**
     * Whether the samples were invented in place of lost ones.
     *
     * @return true for concealment and for silence that bridges a gap
     */
    public boolean concealed() {
        return concealed;
    }

    /**
     * Samples of each channel.
     *
     * @return {@code samples().length / channels()}
     */
    public int samplesPerChannel() {
        return samples.length / channels;
    }

    /**
     * How long it plays.
     *
     * @return nanoseconds
     */
    public long durationNanos() {
        return samplesPerChannel() * 1_000_000_000L / sampleRateHz;
    }

    @Override
    public String toString() {
        return "PcmFrame " + samplesPerChannel() + " samples, " + sampleRateHz + " Hz, " + channels + " channels"
                + (concealed ? ", concealed" : "");
    }
}
