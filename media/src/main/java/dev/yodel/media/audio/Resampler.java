package dev.yodel.media.audio;

import java.util.Arrays;
import java.util.Objects;

/**
 * Converts audio from any rate to any other: a windowed sinc, band-limited to the lower of the two rates, in 512 phases
 * with interpolation between them. The ratio is kept in whole numbers, so it does not drift. It does not mix channels.
 * For one thread at a time.
 */
public final class Resampler {
    private static final int PHASES = 512;
    /** Zero crossings of the sinc on each side. */
    private static final int LOBES = 16;
    /** The pass band ends here, so that the filter's slope lies below the lower rate's half. */
    private static final double PASS = 0.92;

    private final int inRateHz;
    private final int outRateHz;
    private final int channels;
    private final int taps;
    private final float[][] filters;
    // Interleaved input that is still needed, oldest first.
    private float[] history;
    private int historyFrames;
    /** Place of the next output: whole input frames into the history, and outRateHz-ths of one. */
    private int position;

    private int fraction;

    /**
     * A resampler with silence behind it.
     *
     * @param inRateHz samples per second and channel given, 1,000 to 768,000
     * @param outRateHz samples per second and channel wanted, 1,000 to 768,000
     * @param channels interleaved, 1 or more
     * @throws IllegalArgumentException if a number is out of range
     */
    public Resampler(int inRateHz, int outRateHz, int channels) {
        checkRate(inRateHz);
        checkRate(outRateHz);
        if (channels < 1) {
            throw new IllegalArgumentException("channels must be 1 or more, was " + channels);
        }
        this.inRateHz = inRateHz;
        this.outRateHz = outRateHz;
        this.channels = channels;
        double scale = Math.min(1, (double) outRateHz / inRateHz);
        int half = (int) Math.ceil(LOBES / scale);
        taps = 2 * half;
        filters = new float[PHASES + 1][taps];
        double cutoff = scale * (scale < 1 || inRateHz != outRateHz ? PASS : 1);
        for (int phase = 0; phase <= PHASES; phase++) {
            double sum = 0;
            for (int tap = 0; tap < taps; tap++) {
                double x = tap - (half - 1) - (double) phase / PHASES;
                filters[phase][tap] = (float) (sinc(x * cutoff) * window(x / half));
                sum += filters[phase][tap];
            }
            for (int tap = 0; tap < taps; tap++) {
                filters[phase][tap] /= (float) sum;
            }
        }
        historyFrames = half - 1;
        history = new float[(taps + 1024) * channels];
    }

    private static void checkRate(int rateHz) {
        if (rateHz < 1000 || rateHz > 768_000) {
            throw new IllegalArgumentException("a rate must be 1000 to 768000 Hz, was " + rateHz);
        }
    }

    private static double sinc(double x) {
        return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** Blackman-Harris, -92 dB. */
    private static double window(double x) {
        if (Math.abs(x) >= 1) {
            return 0;
        }
        double angle = Math.PI * (x + 1);
        return 0.35875 - 0.48829 * Math.cos(angle) + 0.14128 * Math.cos(2 * angle) - 0.01168 * Math.cos(3 * angle);
    }

    /**
     * How much one call can give.
     *
     * @param frames samples of each channel that will be given
     * @return the most samples of each channel that come out
     */
    public int maxOutput(int frames) {
        return (int) ((long) frames * outRateHz / inRateHz) + 2;
    }

    /**
     * Takes audio and gives what can be computed from all audio so far; the rest comes with later calls.
     *
     * @param in interleaved samples, read only
     * @param offset first sample
     * @param frames samples of each channel to take
     * @param out gets interleaved samples
     * @param outOffset first sample there; {@link #maxOutput} frames must fit
     * @return samples of each channel written
     * @throws IndexOutOfBoundsException if a range lies outside its array
     */
    public int process(short[] in, int offset, int frames, short[] out, int outOffset) {
        Objects.checkFromIndexSize(offset, frames * channels, in.length);
        Objects.checkFromIndexSize(outOffset, maxOutput(frames) * channels, out.length);
        if (inRateHz == outRateHz) {
            System.arraycopy(in, offset, out, outOffset, frames * channels);
            return frames;
        }
        int needed = (historyFrames + frames) * channels;
        if (history.length < needed) {
            history = Arrays.copyOf(history, needed);
        }
        for (int i = 0; i < frames * channels; i++) {
            history[historyFrames * channels + i] = in[offset + i];
        }
        historyFrames += frames;
        int written = 0;
        while (position + taps <= historyFrames) {
            writeFrame(out, outOffset + written * channels);
            written++;
            long next = (long) fraction + inRateHz;
            position += (int) (next / outRateHz);
            fraction = (int) (next % outRateHz);
        }
        int used = Math.min(position, historyFrames);
        System.arraycopy(history, used * channels, history, 0, (historyFrames - used) * channels);
        historyFrames -= used;
        position -= used;
        return written;
    }

    private void writeFrame(short[] out, int at) {
        double exact = (double) fraction * PHASES / outRateHz;
        int phase = (int) exact;
        float blend = (float) (exact - phase);
        float[] low = filters[phase];
        float[] high = filters[phase + 1];
        for (int channel = 0; channel < channels; channel++) {
            float a = 0;
            float b = 0;
            int index = position * channels + channel;
            for (int tap = 0; tap < taps; tap++, index += channels) {
                float sample = history[index];
                a += low[tap] * sample;
                b += high[tap] * sample;
            }
            int value = Math.round(a + (b - a) * blend);
            out[at + channel] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, value));
        }
    }
}
