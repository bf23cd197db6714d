package dev.yodel.media.audio;

import java.util.ArrayList;
import java.util.List;

/**
 * Mixes the audio of a conference so that everybody hears all others (N-1). Peaks above the loudest sample are
 * rounded off, not cut. What comes in any rate and chunk is resampled and queued; a source that is late is silent in
 * that mix. It has no clock: its owner asks for a mix every 10 ms. For one thread at a time.
 */
public final class AudioMixer {
    /** What of a source may wait: more is dropped, oldest first. */
    private static final int MAX_WAITING_MILLIS = 200;

    /** From here on peaks are rounded off. */
    private static final int KNEE = 24_576;

    private static final int ROOM = Short.MAX_VALUE - KNEE;

    private final int sampleRateHz;
    private final int frame;
    private final int room;
    private final List<Source> sources = new ArrayList<>();
    private final int[] sum;

    /** One participant of a mix. */
    public final class Source implements AutoCloseable {
        private final PcmFifo fifo = new PcmFifo(room);
        private final short[] heard = new short[frame];
        private final PcmConverter converter = new PcmConverter(sampleRateHz, 1);
        private boolean speaks;

        private Source() {}

        /**
         * Adds what the participant says.
         *
         * @param samples interleaved; copied
         * @param offset first sample
         * @param count how many, of all channels
         * @param rateHz samples per second and channel
         * @param channels 1 or 2; two are mixed to one
         */
        public void write(short[] samples, int offset, int count, int rateHz, int channels) {
            int made = converter.convert(samples, offset, count, rateHz, channels);
            // The oldest go first.
            fifo.write(converter.output(), 0, made);
        }

        /**
         * What this participant hears in the mix made last: all others.
         *
         * @param into gets {@link #frameSamples} samples
         * @param offset first sample
         */
        public void read(short[] into, int offset) {
            for (int i = 0; i < frame; i++) {
                into[offset + i] = clip(speaks ? sum[i] - heard[i] : sum[i]);
            }
        }

        private void mix() {
            int count = Math.min(frame, fifo.size());
            speaks = count > 0;
            fifo.read(heard, 0, count);
            java.util.Arrays.fill(heard, count, frame, (short) 0);
            for (int i = 0; i < count; i++) {
                sum[i] += heard[i];
            }
        }

        /** Leaves the conference. */
        @Override
        public void close() {
            sources.remove(this);
        }
    }

    /**
     * A mixer.
     *
     * @param sampleRateHz of what is read, 8,000 to 48,000
     */
    public AudioMixer(int sampleRateHz) {
        this.sampleRateHz = sampleRateHz;
        this.frame = sampleRateHz / 100;
        this.room = sampleRateHz / 1000 * MAX_WAITING_MILLIS;
        this.sum = new int[frame];
    }

    /**
     * Samples of one mix: 10 ms.
     *
     * @return samples
     */
    public int frameSamples() {
        return frame;
    }

    /**
     * Adds a participant.
     *
     * @return where its audio goes, and what it hears comes from
     */
    public Source add() {
        Source source = new Source();
        sources.add(source);
        return source;
    }

    /** Makes the next 10 ms; then each participant reads, and {@link #readAll} gives all of them together. */
    public void mix() {
        java.util.Arrays.fill(sum, 0);
        for (int i = 0; i < sources.size(); i++) {
            sources.get(i).mix();
        }
    }

    /**
     * All participants together, for recording.
     *
     * @param into gets {@link #frameSamples} samples
     * @param offset first sample
     */
    public void readAll(short[] into, int offset) {
        for (int i = 0; i < frame; i++) {
            into[offset + i] = clip(sum[i]);
        }
    }

    /** Straight up to the knee, then ever flatter: it never reaches the end, and never folds over. */
    static short clip(int value) {
        int size = Math.abs(value);
        if (size <= KNEE) {
            return (short) value;
        }
        long over = (long) size - KNEE;
        int rounded = KNEE + (int) (over * ROOM / (over + ROOM));
        return (short) (value < 0 ? -rounded : rounded);
    }
}
