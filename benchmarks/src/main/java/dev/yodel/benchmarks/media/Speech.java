package dev.yodel.benchmarks.media;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Something like speech, and how like it and how late what was heard is. Of each two seconds the energies of 10 ms
 * are compared at every shift, since a jitter buffer stretches time; the best shift is the delay from being said to
 * being heard.
 */
final class Speech {
    static final int RATE = 48_000;

    /** Samples of 10 ms. */
    static final int CHUNK = RATE / 100;

    private static final int SEGMENT = 200;
    private static final int MOST_SHIFT_MILLIS = 1_000;
    private static final int STEP_MILLIS = 2;

    /** One piece of sound and when it was said or heard. */
    static final class Chunk {
        final long nanos;
        final short[] samples;

        Chunk(long nanos, short[] samples) {
            this.nanos = nanos;
            this.samples = samples;
        }
    }

    /** Likeness, 1 for the same, and the median delay. */
    record Likeness(double similarity, double delayMillis) {}

    private Speech() {}

    /** Syllables of a gliding harmonic voice with pauses, always the same, mono. */
    static short[] say(int seconds) {
        Random random = new Random(99);
        short[] pcm = new short[RATE * seconds];
        double phase = 0;
        int at = 0;
        while (at < pcm.length) {
            int length = RATE * (80 + random.nextInt(220)) / 1000;
            double pitch = 110 + random.nextInt(90);
            double level = 2000 + random.nextInt(6000);
            for (int i = 0; i < length && at < pcm.length; i++, at++) {
                double shape = Math.sin(Math.PI * i / length);
                phase += 2 * Math.PI * pitch * (1 + 0.1 * i / length) / RATE;
                double sample = 0;
                for (int harmonic = 1; harmonic < 12; harmonic++) {
                    sample += Math.sin(harmonic * phase) / harmonic;
                }
                pcm[at] = (short) (level * shape * sample);
            }
            at += RATE * random.nextInt(120) / 1000;
        }
        return pcm;
    }

    /** Compares what was said from a moment on with what was heard. */
    static Likeness compare(short[] said, long saidNanos, List<Chunk> heard, int fromSecond) {
        short[] all = join(heard);
        double[] power = new double[all.length + 1];
        for (int i = 0; i < all.length; i++) {
            power[i + 1] = power[i] + (double) all[i] * all[i];
        }
        // When the first sample was heard: the median of what each chunk says, as some come late.
        long[] starts = new long[heard.size()];
        long before = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = heard.get(i).nanos - before * 1_000_000_000L / RATE;
            before += heard.get(i).samples.length;
        }
        Arrays.sort(starts);
        long offset = (saidNanos - starts[starts.length / 2]) * RATE / 1_000_000_000L;
        List<Double> likenesses = new ArrayList<>();
        List<Integer> delays = new ArrayList<>();
        for (int at = fromSecond * RATE; at + SEGMENT * CHUNK <= said.length; at += SEGMENT * CHUNK) {
            double best = -1;
            int delay = 0;
            for (int millis = 0; millis <= MOST_SHIFT_MILLIS; millis += STEP_MILLIS) {
                double likeness = correlation(said, at, power, at + offset + (long) millis * RATE / 1000);
                if (likeness > best) {
                    best = likeness;
                    delay = millis;
                }
            }
            likenesses.add(best);
            delays.add(delay);
        }
        delays.sort(null);
        return new Likeness(
                likenesses.stream().mapToDouble(value -> value).average().orElse(0), delays.get(delays.size() / 2));
    }

    private static short[] join(List<Chunk> chunks) {
        short[] all = new short
                [chunks.stream().mapToInt(chunk -> chunk.samples.length).sum()];
        int at = 0;
        for (Chunk chunk : chunks) {
            System.arraycopy(chunk.samples, 0, all, at, chunk.samples.length);
            at += chunk.samples.length;
        }
        return all;
    }

    private static double correlation(short[] said, int at, double[] power, long heardAt) {
        if (heardAt < 0 || heardAt + (long) SEGMENT * CHUNK >= power.length) {
            return -1;
        }
        double[] a = new double[SEGMENT];
        double[] b = new double[SEGMENT];
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < SEGMENT; i++) {
            double sum = 0;
            for (int k = 0; k < CHUNK; k++) {
                double sample = said[at + i * CHUNK + k];
                sum += sample * sample;
            }
            a[i] = Math.sqrt(sum / CHUNK);
            int from = (int) heardAt + i * CHUNK;
            b[i] = Math.sqrt((power[from + CHUNK] - power[from]) / CHUNK);
            meanA += a[i] / SEGMENT;
            meanB += b[i] / SEGMENT;
        }
        double product = 0;
        double squareA = 1e-12;
        double squareB = 1e-12;
        for (int i = 0; i < SEGMENT; i++) {
            product += (a[i] - meanA) * (b[i] - meanB);
            squareA += (a[i] - meanA) * (a[i] - meanA);
            squareB += (b[i] - meanB) * (b[i] - meanB);
        }
        return product / Math.sqrt(squareA * squareB);
    }
}
