package dev.yodel.examples.audio;

import java.util.Arrays;

/** The fast Fourier transform and what is measured with it. */
public final class Spectrum {
    private Spectrum() {}

    /**
     * The strongest frequency of a stretch of sound, to about a hundredth of a bin.
     *
     * @param clip the sound
     * @param fromSample the first sample
     * @param count how many samples; 4,800 or more for a useful answer
     * @return Hz, or 0 if the stretch is silent
     */
    public static double strongestHz(Clip clip, int fromSample, int count) {
        final int size = Integer.highestOneBit(Math.max(2, count));
        final double[] real = new double[size];
        final double[] imaginary = new double[size];
        double energy = 0;
        for (int i = 0; i < size && fromSample + i < clip.samples().length; i++) {
            final double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size);
            real[i] = clip.samples()[fromSample + i] * window;
            energy += real[i] * real[i];
        }
        if (energy < size) {
            return 0;
        }
        transform(real, imaginary, false);
        int best = 1;
        final double[] power = new double[size / 2];
        for (int i = 1; i < size / 2; i++) {
            power[i] = Math.log(real[i] * real[i] + imaginary[i] * imaginary[i] + 1e-9);
            if (power[i] > power[best]) {
                best = i;
            }
        }
        double offset = 0;
        if (best > 1 && best < size / 2 - 1) {
            // The top of the parabola through the three strongest bins.
            final double curve = power[best - 1] - 2 * power[best] + power[best + 1];
            offset = curve == 0 ? 0 : 0.5 * (power[best - 1] - power[best + 1]) / curve;
        }
        return (best + offset) * clip.sampleRateHz() / size;
    }

    /**
     * The share of a stretch's energy that lies at one frequency (Goertzel), a measure of purity.
     *
     * @param clip the sound
     * @param fromSample the first sample
     * @param count how many samples
     * @param hz the frequency
     * @return 0 to about 1; 0 if the stretch is silent
     */
    public static double shareAt(Clip clip, int fromSample, int count, double hz) {
        final double turn = 2 * Math.PI * hz / clip.sampleRateHz();
        double cosine = 0;
        double sine = 0;
        double energy = 0;
        final int end = Math.min(fromSample + count, clip.samples().length);
        for (int i = fromSample; i < end; i++) {
            final double sample = clip.samples()[i];
            cosine += sample * Math.cos(turn * i);
            sine += sample * Math.sin(turn * i);
            energy += sample * sample;
        }
        final int used = end - fromSample;
        return energy == 0 ? 0 : 2 * (cosine * cosine + sine * sine) / (used * energy);
    }

    /**
     * Slides a piece along a longer one.
     *
     * @param piece what is looked for
     * @param field where; at least as long as the piece
     * @return for each place from 0 to {@code field.length - piece.length}, the sum of products
     */
    static double[] slide(double[] piece, double[] field) {
        final int places = field.length - piece.length + 1;
        final int size = Integer.highestOneBit(Math.max(2, field.length + piece.length - 1)) << 1;
        final double[] aReal = Arrays.copyOf(field, size);
        final double[] aImaginary = new double[size];
        final double[] bReal = Arrays.copyOf(piece, size);
        final double[] bImaginary = new double[size];
        transform(aReal, aImaginary, false);
        transform(bReal, bImaginary, false);
        for (int i = 0; i < size; i++) {
            // Times the conjugate: correlation, not convolution.
            final double real = aReal[i] * bReal[i] + aImaginary[i] * bImaginary[i];
            aImaginary[i] = aImaginary[i] * bReal[i] - aReal[i] * bImaginary[i];
            aReal[i] = real;
        }
        transform(aReal, aImaginary, true);
        return Arrays.copyOf(aReal, places);
    }

    /** In place; the length is a power of two. The inverse is divided by the length. */
    static void transform(double[] real, double[] imaginary, boolean inverse) {
        final int size = real.length;
        for (int i = 1, j = 0; i < size; i++) {
            int bit = size >> 1;
            for (; (j & bit) != 0; bit >>= 1) {
                j ^= bit;
            }
            j ^= bit;
            if (i < j) {
                swap(real, i, j);
                swap(imaginary, i, j);
            }
        }
        final double[] cosines = new double[size / 2];
        final double[] sines = new double[size / 2];
        for (int i = 0; i < size / 2; i++) {
            final double angle = 2 * Math.PI * i / size * (inverse ? 1 : -1);
            cosines[i] = Math.cos(angle);
            sines[i] = Math.sin(angle);
        }
        for (int span = 2; span <= size; span <<= 1) {
            final int half = span >> 1;
            final int stride = size / span;
            for (int start = 0; start < size; start += span) {
                for (int k = 0; k < half; k++) {
                    final double c = cosines[k * stride];
                    final double s = sines[k * stride];
                    final int low = start + k;
                    final int high = low + half;
                    final double re = real[high] * c - imaginary[high] * s;
                    final double im = real[high] * s + imaginary[high] * c;
                    real[high] = real[low] - re;
                    imaginary[high] = imaginary[low] - im;
                    real[low] += re;
                    imaginary[low] += im;
                }
            }
        }
        if (inverse) {
            for (int i = 0; i < size; i++) {
                real[i] /= size;
                imaginary[i] /= size;
            }
        }
    }

    private static void swap(double[] values, int i, int j) {
        final double kept = values[i];
        values[i] = values[j];
        values[j] = kept;
    }
}
