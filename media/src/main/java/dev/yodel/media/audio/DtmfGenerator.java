package dev.yodel.media.audio;

/** Makes the two tones of a telephone key as audio (ITU-T Q.23), for peers that take no RTP events. Stateless. */
public final class DtmfGenerator {
    private static final String KEYS = "123A456B789C*0#D";
    private static final double[] ROWS = {697, 770, 852, 941};
    private static final double[] COLUMNS = {1209, 1336, 1477, 1633};

    /** Each tone at -9 dBov, as in telephones. */
    private static final double AMPLITUDE = 32_768 * 0.355;

    private static final int RAMP_MILLIS = 2;

    private DtmfGenerator() {}

    /**
     * A key.
     *
     * @param key one of 0 to 9, A to D, * and #
     * @param sampleRateHz 8,000 to 48,000
     * @param millis how long it is held
     * @return mono samples
     * @throws IllegalArgumentException if there is no such key
     */
    public static short[] tone(char key, int sampleRateHz, int millis) {
        int index = KEYS.indexOf(key);
        if (index < 0) {
            throw new IllegalArgumentException("keys are 0 to 9, A to D, * and #, not " + key);
        }
        double row = 2 * Math.PI * ROWS[index / 4] / sampleRateHz;
        double column = 2 * Math.PI * COLUMNS[index % 4] / sampleRateHz;
        short[] samples = new short[(int) ((long) sampleRateHz * millis / 1000)];
        int ramp = Math.max(1, sampleRateHz * RAMP_MILLIS / 1000);
        for (int i = 0; i < samples.length; i++) {
            double level = Math.min(1, Math.min(i, samples.length - 1 - i) / (double) ramp);
            samples[i] = (short) (level * AMPLITUDE * (Math.sin(row * i) + Math.sin(column * i)));
        }
        return samples;
    }
}
