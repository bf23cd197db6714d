package dev.yodel.examples.audio;

import dev.yodel.media.file.WavReader;
import dev.yodel.media.file.WavWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A piece of mono audio in memory: signed 16-bit samples at one rate. It is for recordings of some minutes, not for
 * streams.
 */
public final class Clip {
    /** Ten minutes at 48 kHz; a longer file is refused. */
    static final int MAX_SAMPLES = 600 * 48_000;

    private final int sampleRateHz;
    private final short[] samples;

    /**
     * A clip.
     *
     * @param sampleRateHz samples per second
     * @param samples owned by the clip from now on
     */
    public Clip(int sampleRateHz, short[] samples) {
        this.sampleRateHz = sampleRateHz;
        this.samples = samples;
    }

    /**
     * The rate.
     *
     * @return samples per second
     */
    public int sampleRateHz() {
        return sampleRateHz;
    }

    /**
     * The samples.
     *
     * @return the clip's own array
     */
    public short[] samples() {
        return samples;
    }

    /**
     * How long it plays.
     *
     * @return seconds
     */
    public double seconds() {
        return (double) samples.length / sampleRateHz;
    }

    /**
     * Reads a clip that comes with the examples.
     *
     * @param name {@code caller.wav} or {@code callee.wav}
     * @return the clip
     */
    public static Clip bundled(String name) {
        try (InputStream in = Clip.class.getResourceAsStream("/dev/yodel/examples/clips/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no bundled clip named " + name);
            }
            return readWav(in);
        } catch (IOException e) {
            throw new IllegalStateException("the bundled clip " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a WAV file.
     *
     * @param file one or two channels, of which the mean is taken, at most ten minutes
     * @return the clip
     * @throws IOException if it cannot be read; the message says why
     */
    public static Clip readWav(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return readWav(in);
        }
    }

    private static Clip readWav(InputStream in) throws IOException {
        try (WavReader reader = new WavReader(in)) {
            final short[] all = reader.readAll(MAX_SAMPLES);
            if (reader.channels() == 1) {
                return new Clip(reader.sampleRateHz(), all);
            }
            final short[] mono = new short[all.length / 2];
            for (int i = 0; i < mono.length; i++) {
                mono[i] = (short) ((all[2 * i] + all[2 * i + 1]) / 2);
            }
            return new Clip(reader.sampleRateHz(), mono);
        }
    }

    /**
     * Writes a WAV file.
     *
     * @param file created or replaced
     * @throws IOException if it cannot be written
     */
    public void writeWav(Path file) throws IOException {
        try (WavWriter writer = new WavWriter(file, sampleRateHz, 1)) {
            writer.write(samples, 0, samples.length);
        }
    }

    /**
     * The same sound at another rate, by a windowed sinc of 16 zero crossings a side.
     *
     * @param rateHz samples per second
     * @return a new clip, or this one if the rate is the same
     */
    public Clip resampled(int rateHz) {
        if (rateHz == sampleRateHz) {
            return this;
        }
        final double step = (double) sampleRateHz / rateHz;
        final double cutoff = Math.min(1, 1 / step);
        final double reach = 16 / cutoff;
        final short[] out = new short[(int) ((long) samples.length * rateHz / sampleRateHz)];
        for (int i = 0; i < out.length; i++) {
            final double centre = i * step;
            final int from = Math.max(0, (int) Math.ceil(centre - reach));
            final int to = Math.min(samples.length - 1, (int) Math.floor(centre + reach));
            double sum = 0;
            for (int j = from; j <= to; j++) {
                final double x = j - centre;
                sum += samples[j] * cutoff * sinc(x * cutoff) * (0.5 + 0.5 * Math.cos(Math.PI * x / reach));
            }
            out[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sum)));
        }
        return new Clip(rateHz, out);
    }

    private static double sinc(double x) {
        return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    @Override
    public String toString() {
        return "Clip of " + samples.length + " samples at " + sampleRateHz + " Hz";
    }
}
