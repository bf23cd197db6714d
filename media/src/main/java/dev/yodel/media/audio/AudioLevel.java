package dev.yodel.media.audio;

/** How loud audio is, as the RTP header extension and getStats say it. Stateless. */
public final class AudioLevel {
    /** Digital silence, or anything softer than 126 dB below overload. */
    public static final int SILENCE = 127;

    private static final double OVERLOAD = 32_768.0 * 32_768.0;

    private AudioLevel() {}

    /**
     * The level in -dBov: 0 is the loudest square wave, {@link #SILENCE} is silence (RFC 6464 3).
     *
     * @param samples 16-bit linear, any channels
     * @param offset first sample
     * @param count how many
     * @return 0 to 127
     */
    public static int minusDbov(short[] samples, int offset, int count) {
        double power = power(samples, offset, count);
        if (power <= 0) {
            return SILENCE;
        }
        return (int) Math.min(SILENCE, Math.max(0, Math.round(-10 * Math.log10(power))));
    }

    /**
     * The mean power relative to overload, which is what {@code totalAudioEnergy} of getStats integrates over time.
     *
     * @param samples 16-bit linear, any channels
     * @param offset first sample
     * @param count how many; 0 gives 0
     * @return 0 to 1
     */
    public static double power(short[] samples, int offset, int count) {
        if (count == 0) {
            return 0;
        }
        double sum = 0;
        for (int i = offset; i < offset + count; i++) {
            sum += (double) samples[i] * samples[i];
        }
        return sum / count / OVERLOAD;
    }
}
