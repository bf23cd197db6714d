package dev.yodel.media.audio;

/**
 * Bridges gaps of mono audio for codecs that cannot do it themselves: it repeats the last pitch period, each time more
 * softly, is silent after 60 ms, and blends back into what is heard next. Not thread-safe.
 */
final class PitchConcealer {
    private static final int FADE_MILLIS = 60;

    private final int sampleRateHz;
    private final short[] history;
    private final int minPeriod;
    private final int maxPeriod;
    private final int blend;
    private int invented;
    private int period;

    PitchConcealer(int sampleRateHz) {
        this.sampleRateHz = sampleRateHz;
        minPeriod = sampleRateHz / 200; // 5 ms
        maxPeriod = sampleRateHz / 66; // 15 ms
        blend = sampleRateHz / 250; // 4 ms
        history = new short[3 * maxPeriod];
    }

    /** Remembers real audio; right after a gap its beginning is blended with the invention. */
    void heard(short[] samples, int count) {
        if (invented > 0) {
            int over = Math.min(blend, count);
            for (int i = 0; i < over; i++) {
                int old = next();
                samples[i] = (short) ((old * (over - i) + samples[i] * i) / over);
            }
            invented = 0;
        }
        int kept = Math.min(count, history.length);
        System.arraycopy(history, kept, history, 0, history.length - kept);
        System.arraycopy(samples, count - kept, history, history.length - kept, kept);
    }

    /** Fills with invented audio. */
    void invent(short[] into, int count) {
        if (invented == 0) {
            period = findPeriod();
        }
        for (int i = 0; i < count; i++) {
            into[i] = (short) next();
        }
    }

    private int next() {
        int fade = sampleRateHz * FADE_MILLIS / 1000;
        int level = Math.max(0, fade - invented);
        int sample = history[history.length - period + invented % period] * level / fade;
        if (invented < fade) {
            invented++;
        }
        return sample;
    }

    /** The lag at which the latest audio is most like what came before it. */
    private int findPeriod() {
        int best = maxPeriod;
        double bestScore = 0;
        int from = history.length - maxPeriod;
        for (int lag = minPeriod; lag <= maxPeriod; lag++) {
            double product = 0;
            double energy = 1;
            for (int i = from; i < history.length; i++) {
                double then = history[i - lag];
                product += history[i] * then;
                energy += then * then;
            }
            double score = product / Math.sqrt(energy);
            if (score > bestScore) {
                bestScore = score;
                best = lag;
            }
        }
        return best;
    }
}
