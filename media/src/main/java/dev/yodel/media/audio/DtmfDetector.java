package dev.yodel.media.audio;

/**
 * Finds telephone keys in audio (ITU-T Q.23, Q.24): keys held for 40 ms and more, with pauses of 40 ms and more, within the
 * twist of 8 dB that Q.24's administrations allow. It compares the power at eight frequencies (Goertzel) in blocks of
 * 12.75 ms and does not look at harmonics. Keys sent as RTP events (RFC 4733) are none of its business. For one
 * thread at a time.
 */
public final class DtmfDetector {
    private static final String KEYS = "123A456B789C*0#D";
    private static final double[] ROWS = {697, 770, 852, 941};
    private static final double[] COLUMNS = {1209, 1336, 1477, 1633};

    /** Least power of a key: -42 dBov together. */
    private static final double LEAST_POWER = 6.3e-5;

    /** How much of all power the two tones have at least, so that speech is no key. */
    private static final double LEAST_SHARE = 0.82;

    /** Columns may be 4 dB louder than rows, rows 8 dB louder than columns, and both 6.3 times their neighbours. */
    private static final double COLUMN_TWIST = 2.5;

    private static final double ROW_TWIST = 6.3;
    private static final double PEAK = 6.3;

    private final int block;
    private final double[] coefficients = new double[8];
    private final double[] before = new double[8];
    private final double[] last = new double[8];
    private double energy;
    private int filled;
    private char previous;
    private char held;
    private int gap;
    private char found;

    /**
     * A detector.
     *
     * @param sampleRateHz 8,000 to 48,000
     * @throws IllegalArgumentException if the rate is another one
     */
    public DtmfDetector(int sampleRateHz) {
        if (sampleRateHz < 8_000 || sampleRateHz > 48_000) {
            throw new IllegalArgumentException("sampleRateHz is 8000 to 48000, was " + sampleRateHz);
        }
        block = sampleRateHz * 51 / 4000;
        for (int i = 0; i < 8; i++) {
            double frequency = i < 4 ? ROWS[i] : COLUMNS[i - 4];
            coefficients[i] = 2 * Math.cos(2 * Math.PI * frequency / sampleRateHz);
        }
    }

    /**
     * Listens to a sample. {@link #take} is to be asked before the next 25 ms.
     *
     * @param sample 16-bit linear, mono
     */
    public void hear(int sample) {
        double value = sample / 32_768.0;
        energy += value * value;
        for (int i = 0; i < 8; i++) {
            double next = value + coefficients[i] * last[i] - before[i];
            before[i] = last[i];
            last[i] = next;
        }
        if (++filled == block) {
            judge();
        }
    }

    /**
     * Listens to audio and takes the key that began in it.
     *
     * @param frame of the detector's rate; of two channels the first is heard
     * @return the key, or 0
     * @throws IllegalArgumentException if it has another rate
     */
    public char hear(PcmFrame frame) {
        if (frame.sampleRateHz() * 51 / 4000 != block) {
            throw new IllegalArgumentException("this detector is for another rate than " + frame.sampleRateHz());
        }
        short[] samples = frame.samples();
        char key = 0;
        for (int i = 0; i < samples.length; i += frame.channels()) {
            hear(samples[i]);
            char now = take();
            key = now == 0 ? key : now;
        }
        return key;
    }

    /**
     * Takes the key that was pressed since this was asked last.
     *
     * @return one of 0 to 9, A to D, * and #; or 0 if none was
     */
    public char take() {
        char result = found;
        found = 0;
        return result;
    }

    /**
     * The key that is held.
     *
     * @return one of 0 to 9, A to D, * and #; or 0 if none is
     */
    public char held() {
        return held;
    }

    private void judge() {
        char key = key();
        filled = 0;
        energy = 0;
        java.util.Arrays.fill(before, 0);
        java.util.Arrays.fill(last, 0);
        if (key != 0 && key == previous && key != held) {
            held = key;
            found = key;
        }
        gap = key == held && held != 0 ? 0 : gap + 1;
        if (gap >= 2) {
            // Q.24: a break of 20 ms and less is none.
            held = 0;
        }
        previous = key;
    }

    private double power(int i) {
        double power = last[i] * last[i] + before[i] * before[i] - coefficients[i] * last[i] * before[i];
        // The energy that a tone of this frequency has in the block.
        return power * 2 / block;
    }

    private char key() {
        int row = best(0);
        int column = best(4);
        double rowPower = power(row);
        double columnPower = power(column);
        if ((rowPower + columnPower) / block < LEAST_POWER
                || columnPower > rowPower * COLUMN_TWIST
                || rowPower > columnPower * ROW_TWIST
                || rowPower + columnPower < LEAST_SHARE * energy) {
            return 0;
        }
        for (int i = 0; i < 8; i++) {
            if (i != row && i != column && power(i) * PEAK > (i < 4 ? rowPower : columnPower)) {
                return 0;
            }
        }
        return KEYS.charAt(4 * row + column - 4);
    }

    private int best(int from) {
        int best = from;
        for (int i = from + 1; i < from + 4; i++) {
            best = power(i) > power(best) ? i : best;
        }
        return best;
    }
}
