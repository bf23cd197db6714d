package dev.yodel.media.audio;

import java.util.Arrays;

/**
 * What silence sounds like at the far end (RFC 3389 3): a level, and up to ten reflection coefficients of its colour.
 * It makes no sound by itself, see {@link ComfortNoiseGenerator}. Immutable.
 */
public final class ComfortNoise {
    /** More coefficients than this are left out. */
    public static final int MAX_ORDER = 10;

    private final int level;
    private final double[] reflections;

    private ComfortNoise(int level, double[] reflections) {
        this.level = level;
        this.reflections = reflections;
    }

    /**
     * Reads a payload.
     *
     * @param data borrowed
     * @param offset first byte
     * @param length count of bytes
     * @return the noise; silence if there are no bytes
     */
    public static ComfortNoise parse(byte[] data, int offset, int length) {
        if (length <= 0) {
            return new ComfortNoise(AudioLevel.SILENCE, new double[0]);
        }
        double[] reflections = new double[Math.min(length - 1, MAX_ORDER)];
        for (int i = 0; i < reflections.length; i++) {
            // RFC 3389 3.2: 127 is zero; the wire has the signs of the whitening filter (ITU-T G.711 appendix II), we
            // those of the predictor. The ends are kept from 1, where the filter would ring for ever.
            reflections[i] = Math.max(-0.99, Math.min(0.99, (127 - (data[offset + 1 + i] & 0xff)) / 127.0));
        }
        return new ComfortNoise(data[offset] & 0x7f, reflections);
    }

    /**
     * Describes audio.
     *
     * @param samples 16-bit linear, mono
     * @param offset first sample
     * @param count how many, 80 and more to mean something
     * @param order coefficients, 0 to {@link #MAX_ORDER}
     * @return the noise that sounds like it
     */
    public static ComfortNoise of(short[] samples, int offset, int count, int order) {
        double[] correlation = new double[order + 1];
        for (int lag = 0; lag <= order; lag++) {
            for (int i = lag; i < count; i++) {
                correlation[lag] += (double) samples[offset + i] * samples[offset + i - lag];
            }
        }
        return new ComfortNoise(AudioLevel.minusDbov(samples, offset, count), reflections(correlation, order));
    }

    /** Levinson and Durbin's recursion; with the predictor's signs. */
    private static double[] reflections(double[] correlation, int order) {
        double[] reflections = new double[order];
        double[] predictor = new double[order + 1];
        double error = correlation[0] * 1.0001;
        for (int i = 1; i <= order && error > 0; i++) {
            double sum = correlation[i];
            for (int j = 1; j < i; j++) {
                sum -= predictor[j] * correlation[i - j];
            }
            double reflection = sum / error;
            double[] before = predictor.clone();
            predictor[i] = reflection;
            for (int j = 1; j < i; j++) {
                predictor[j] = before[j] - reflection * before[i - j];
            }
            error *= 1 - reflection * reflection;
            reflections[i - 1] = Math.max(-0.99, Math.min(0.99, reflection));
        }
        return reflections;
    }

    /**
     * Writes the payload.
     *
     * @return a fresh array, 1 to 11 bytes
     */
    public byte[] toBytes() {
        byte[] bytes = new byte[1 + reflections.length];
        bytes[0] = (byte) level;
        for (int i = 0; i < reflections.length; i++) {
            bytes[1 + i] = (byte) Math.round(127 - reflections[i] * 127);
        }
        return bytes;
    }

    /**
     * How loud it is.
     *
     * @return -dBov, 0 to 127
     */
    public int level() {
        return level;
    }

    /**
     * Its colour.
     *
     * @return reflection coefficients of the predictor, a fresh array of up to ten, each between -1 and 1
     */
    public double[] reflections() {
        return reflections.clone();
    }

    @Override
    public String toString() {
        return "noise of -" + level + " dBov " + Arrays.toString(reflections);
    }
}
