package dev.yodel.media.audio;

/**
 * Makes a short piece of audio a pitch period shorter or longer without changing its pitch (waveform-similarity overlap
 * and add). It leaves the piece alone where that would be heard. For one thread at a time.
 */
public final class TimeStretch {
    private static final int SEARCH_RATE_HZ = 8000;
    private static final double ALIKE = 0.7;
    private static final double SILENT_POWER = 1e-6; // -60 dBov

    private final int sampleRateHz;
    private final int channels;
    private final int decimation;
    private float[] coarse = new float[256];

    /**
     * A stretcher.
     *
     * @param sampleRateHz samples per second and channel, 8,000 and more
     * @param channels interleaved, 1 or 2
     */
    public TimeStretch(int sampleRateHz, int channels) {
        this.sampleRateHz = sampleRateHz;
        this.channels = channels;
        decimation = Math.max(1, sampleRateHz / SEARCH_RATE_HZ);
    }

    /**
     * The longest piece that {@link #stretch} can make.
     *
     * @param frames samples of each channel given
     * @return samples of each channel
     */
    public int maxOutput(int frames) {
        return frames + frames / 2;
    }

    /**
     * Leaves one period out.
     *
     * @param samples interleaved, changed in place
     * @param frames samples of each channel
     * @return samples of each channel that are left; {@code frames} if no period was found
     */
    public int shrink(short[] samples, int frames) {
        int lag = findLag(samples, frames);
        if (lag == 0) {
            return frames;
        }
        // The first period turns into the second while it plays, and the second is gone.
        blend(samples, 0, lag, lag, samples, 0);
        System.arraycopy(samples, 2 * lag * channels, samples, lag * channels, (frames - 2 * lag) * channels);
        return frames - lag;
    }

    /**
     * Plays one period twice.
     *
     * @param samples interleaved, changed in place; {@link #maxOutput} frames must fit
     * @param frames samples of each channel
     * @return samples of each channel that there are now; {@code frames} if no period was found
     */
    public int stretch(short[] samples, int frames) {
        int lag = findLag(samples, frames);
        if (lag == 0) {
            return frames;
        }
        System.arraycopy(samples, lag * channels, samples, 2 * lag * channels, (frames - lag) * channels);
        // What now stands at 2 * lag is the second period: from it back to the first.
        blend(samples, 2 * lag, 0, lag, samples, lag);
        return frames + lag;
    }

    /** From the period at one place to that at another, over its whole length. */
    private void blend(short[] in, int from, int to, int lag, short[] out, int at) {
        for (int i = 0; i < lag; i++) {
            for (int channel = 0; channel < channels; channel++) {
                int a = in[(from + i) * channels + channel];
                int b = in[(to + i) * channels + channel];
                out[(at + i) * channels + channel] = (short) ((a * (lag - i) + b * i) / lag);
            }
        }
    }

    /** The period by which the beginning of the piece is most like what follows; 0 if by none. */
    private int findLag(short[] samples, int frames) {
        int points = frames / decimation;
        int longest = Math.min(points / 2, SEARCH_RATE_HZ / 80);
        int shortest = SEARCH_RATE_HZ / 400;
        if (longest <= shortest) {
            return 0;
        }
        if (AudioLevel.power(samples, 0, frames * channels) < SILENT_POWER) {
            return longest * decimation;
        }
        if (coarse.length < points) {
            coarse = new float[points];
        }
        for (int i = 0; i < points; i++) {
            float sum = 0;
            for (int j = i * decimation * channels; j < (i + 1) * decimation * channels; j++) {
                sum += samples[j];
            }
            coarse[i] = sum;
        }
        int best = 0;
        double bestScore = ALIKE;
        for (int lag = shortest; lag <= longest; lag++) {
            double product = 0;
            double first = 1;
            double second = 1;
            for (int i = 0; i < lag; i++) {
                product += (double) coarse[i] * coarse[i + lag];
                first += (double) coarse[i] * coarse[i];
                second += (double) coarse[i + lag] * coarse[i + lag];
            }
            double score = product / Math.sqrt(first * second);
            if (score > bestScore) {
                bestScore = score;
                best = lag;
            }
        }
        return best * decimation;
    }

    @Override
    public String toString() {
        return "TimeStretch[" + sampleRateHz + " Hz, " + channels + " channels]";
    }
}
