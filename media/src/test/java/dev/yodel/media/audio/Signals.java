package dev.yodel.media.audio;

import java.util.Random;

/** Audio made for tests, and how alike two pieces of audio are. */
public final class Signals {
    private Signals() {}

    /** A sine tone, mono. */
    public static short[] tone(int rate, double hertz, double level, int samples) {
        short[] pcm = new short[samples];
        for (int i = 0; i < samples; i++) {
            pcm[i] = (short) (32_767 * level * Math.sin(2 * Math.PI * hertz * i / rate));
        }
        return pcm;
    }

    /** Something like speech: syllables of a gliding harmonic voice, with pauses, mono, always the same. */
    public static short[] speech(int rate, int seconds) {
        Random random = new Random(99);
        short[] pcm = new short[rate * seconds];
        double phase = 0;
        int at = 0;
        while (at < pcm.length) {
            int length = rate * (80 + random.nextInt(220)) / 1000;
            double pitch = 110 + random.nextInt(90);
            double level = 2000 + random.nextInt(6000);
            for (int i = 0; i < length && at < pcm.length; i++, at++) {
                double shape = Math.sin(Math.PI * i / length);
                phase += 2 * Math.PI * pitch * (1 + 0.1 * i / length) / rate;
                double sample = 0;
                for (int harmonic = 1; harmonic < 12; harmonic++) {
                    sample += Math.sin(harmonic * phase) / harmonic;
                }
                pcm[at] = (short) (level * shape * sample);
            }
            at += rate * random.nextInt(120) / 1000;
        }
        return pcm;
    }

    /** Correlation of the energy envelopes, at the best shift within a quarter of a second. */
    public static double envelopeCorrelation(short[] sent, short[] heard, int window) {
        double best = -1;
        int fine = window / 4;
        for (int shift = 0; shift <= 12 * window; shift += fine) {
            best = Math.max(best, correlation(sent, heard, window, shift));
        }
        return best;
    }

    private static double correlation(short[] sent, short[] heard, int window, int shift) {
        int count = Math.min(sent.length, heard.length - shift) / window;
        double[] a = new double[count];
        double[] b = new double[count];
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < count; i++) {
            a[i] = Math.sqrt(AudioLevel.power(sent, i * window, window));
            b[i] = Math.sqrt(AudioLevel.power(heard, i * window + shift, window));
            meanA += a[i] / count;
            meanB += b[i] / count;
        }
        double product = 0;
        double squareA = 1e-12;
        double squareB = 1e-12;
        for (int i = 0; i < count; i++) {
            product += (a[i] - meanA) * (b[i] - meanB);
            squareA += (a[i] - meanA) * (a[i] - meanA);
            squareB += (b[i] - meanB) * (b[i] - meanB);
        }
        return product / Math.sqrt(squareA * squareB);
    }
}
