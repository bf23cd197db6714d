package dev.yodel.media.audio;

import org.jspecify.annotations.Nullable;

/**
 * Brings audio of any rate and one or two channels, which may change from call to call, to one rate and channel count.
 * What is resampled comes out late by 16 samples of the lower rate, 2 ms at 8 kHz. For one thread at a time.
 */
public final class PcmConverter {
    private final int sampleRateHz;
    private final int channels;
    private @Nullable Resampler resampler;
    private int resampledFromHz;
    private short[] mixed = {};
    private short[] output = {};

    /**
     * A converter with silence behind it.
     *
     * @param sampleRateHz samples per second and channel wanted, 8,000 to 192,000
     * @param channels wanted, 1 or 2
     * @throws IllegalArgumentException if a number is out of range
     */
    public PcmConverter(int sampleRateHz, int channels) {
        if (sampleRateHz < 8_000 || sampleRateHz > 192_000) {
            throw new IllegalArgumentException("sampleRateHz must be 8000 to 192000, was " + sampleRateHz);
        }
        checkChannels(channels);
        this.sampleRateHz = sampleRateHz;
        this.channels = channels;
    }

    private static void checkChannels(int channels) {
        if (channels < 1 || channels > 2) {
            throw new IllegalArgumentException("channels must be 1 or 2, was " + channels);
        }
    }

    /**
     * Converts a piece into {@link #output}.
     *
     * @param samples interleaved, read only
     * @param offset first sample
     * @param count samples of all channels together, a multiple of {@code fromChannels}
     * @param fromHz samples per second and channel, 1,000 to 768,000
     * @param fromChannels 1 or 2
     * @return samples of all channels together that are ready now
     * @throws IllegalArgumentException if a number is out of range
     * @throws IndexOutOfBoundsException if the piece lies outside its array
     */
    public int convert(short[] samples, int offset, int count, int fromHz, int fromChannels) {
        checkChannels(fromChannels);
        if (count % fromChannels != 0) {
            throw new IllegalArgumentException(
                    count + " samples are no whole number of " + fromChannels + "-channel samples");
        }
        Resampler current = resampler;
        if (current == null || resampledFromHz != fromHz) {
            current = new Resampler(fromHz, sampleRateHz, channels);
            resampler = current;
            resampledFromHz = fromHz;
        }
        int moments = count / fromChannels;
        if (mixed.length < moments * channels) {
            mixed = new short[moments * channels];
        }
        ChannelMix.convert(samples, offset, moments, fromChannels, mixed, channels);
        int most = current.maxOutput(moments) * channels;
        if (output.length < most) {
            output = new short[most];
        }
        return current.process(mixed, 0, moments, output, 0) * channels;
    }

    /**
     * What the last {@link #convert(short[], int, int, int, int)} made.
     *
     * @return interleaved samples from index 0; the converter's own array, good until the next call
     */
    public short[] output() {
        return output;
    }

    /**
     * Converts a frame.
     *
     * @param frame read only
     * @return a new frame of the rate and channels wanted, concealed if the given one is
     */
    public PcmFrame convert(PcmFrame frame) {
        int ready = convert(frame.samples(), 0, frame.samples().length, frame.sampleRateHz(), frame.channels());
        short[] samples = new short[ready];
        System.arraycopy(output, 0, samples, 0, ready);
        return new PcmFrame(samples, sampleRateHz, channels, frame.concealed());
    }
}
