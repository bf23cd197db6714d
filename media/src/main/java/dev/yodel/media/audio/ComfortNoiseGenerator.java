package dev.yodel.media.audio;

import java.util.Arrays;

/**
 * Makes the sound of {@link ComfortNoise}: white noise through its filter, at its level, which it approaches softly
 * (RFC 3389 4). The noise is the same in each run. For one thread at a time.
 */
public final class ComfortNoiseGenerator {
    private static final double OVERLOAD = 32_768;

    /** How much of the way to another level is gone with each sample. */
    private static final double APPROACH = 1 / 400.0;

    private final double[] state = new double[ComfortNoise.MAX_ORDER + 1];
    private double[] reflections = new double[0];
    private double wanted;
    private double gain;
    private long seed = 0x2545_f491_4f6c_dd1dL;
    private boolean started;

    /** A generator that is silent. */
    public ComfortNoiseGenerator() {}

    /**
     * Sounds like this from now on.
     *
     * @param noise what came
     */
    public void update(ComfortNoise noise) {
        double[] next = noise.reflections();
        if (next.length != reflections.length) {
            Arrays.fill(state, 0);
        }
        reflections = next;
        double power = noise.level() == AudioLevel.SILENCE ? 0 : Math.pow(10, -noise.level() / 10.0);
        // The filter makes it louder: what goes in must be softer.
        double left = 1;
        for (double reflection : next) {
            left *= 1 - reflection * reflection;
        }
        wanted = Math.sqrt(power * left) * OVERLOAD;
        if (!started) {
            started = true;
            gain = wanted;
        }
    }

    /**
     * Makes sound.
     *
     * @param into gets mono samples from index 0
     * @param count how many
     */
    public void generate(short[] into, int count) {
        int order = reflections.length;
        for (int n = 0; n < count; n++) {
            gain += (wanted - gain) * APPROACH;
            double sample = white() * gain;
            // An all-pole lattice: stable with every coefficient below 1.
            for (int i = order - 1; i >= 0; i--) {
                sample += reflections[i] * state[i];
                state[i + 1] = state[i] - reflections[i] * sample;
            }
            state[0] = sample;
            into[n] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample)));
        }
    }

    /** Evenly spread, of power 1. */
    private double white() {
        seed ^= seed << 13;
        seed ^= seed >>> 7;
        seed ^= seed << 17;
        return (seed >> 11) * (Math.sqrt(3) / (1L << 52));
    }
}
