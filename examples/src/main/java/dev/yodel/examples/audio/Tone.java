package dev.yodel.examples.audio;

/** A sine that goes on for ever without a click. Not thread-safe. */
public final class Tone {
    private final double turnPerSample;
    private final double amplitude;
    private double phase;

    /**
     * A tone.
     *
     * @param sampleRateHz samples per second
     * @param hz its frequency
     * @param level its peak, 0 to 1 of full scale
     */
    public Tone(int sampleRateHz, double hz, double level) {
        turnPerSample = 2 * Math.PI * hz / sampleRateHz;
        amplitude = level * Short.MAX_VALUE;
    }

    /**
     * The next samples.
     *
     * @param count how many
     * @return a new array
     */
    public short[] next(int count) {
        final short[] samples = new short[count];
        for (int i = 0; i < count; i++) {
            samples[i] = (short) Math.round(amplitude * Math.sin(phase));
            phase += turnPerSample;
            if (phase > 2 * Math.PI) {
                phase -= 2 * Math.PI;
            }
        }
        return samples;
    }

    /**
     * A piece of a tone.
     *
     * @param sampleRateHz samples per second
     * @param hz its frequency
     * @param level its peak, 0 to 1 of full scale
     * @param seconds how long
     * @return the clip
     */
    public static Clip clip(int sampleRateHz, double hz, double level, double seconds) {
        return new Clip(sampleRateHz, new Tone(sampleRateHz, hz, level).next((int) (seconds * sampleRateHz)));
    }
}
