package dev.yodel.media.audio;

import java.util.Arrays;

/**
 * Which frames of a voice need not be sent (RFC 3389): tells speech from the noise behind it by its level, and how
 * that noise sounds. It is meant for speech; music that is softer than -40 dBov may be taken for noise. It encodes
 * nothing. For one thread at a time.
 */
public final class SilenceDetector {
    /** What is to be done with a frame. */
    public enum Verdict {
        /** It is sent. */
        SOUND,
        /** {@link #noise()} is sent in its place. */
        NOISE,
        /** Nothing is sent: the noise that was told last goes on. */
        NOTHING
    }

    /** Coefficients of the noise's colour: libwebrtc's too. */
    private static final int ORDER = 8;

    /** Always heard, and never heard. */
    private static final double LOUD = -40;

    private static final double SILENT = -72;
    /** How far above the noise speech begins. */
    private static final double MARGIN = 6;

    /** The noise is the softest of two seconds: nobody speaks for so long without a gap. */
    private static final int BLOCKS = 4;

    private static final int BLOCK_MILLIS = 500;
    /** Ends of words are soft. */
    private static final int HANGOVER_MILLIS = 200;

    private static final int UPDATE_MILLIS = 200;
    private static final int REPEAT_MILLIS = 1_000;
    private static final int NOTICEABLE = 2;

    private final int frameMillis;
    private final short[] recent;
    private final double[] softest = new double[BLOCKS];
    private int block;
    private int blockMillis;
    private int quietMillis = HANGOVER_MILLIS;
    private int sinceTold;
    private boolean suppressing;
    private int toldLevel;
    private ComfortNoise noise = ComfortNoise.parse(new byte[0], 0, 0);

    /**
     * A detector that takes what it hears for speech until it knows the noise.
     *
     * @param frameSamples of each frame, mono
     * @param sampleRateHz samples per second
     */
    public SilenceDetector(int frameSamples, int sampleRateHz) {
        frameMillis = Math.max(1, frameSamples * 1_000 / sampleRateHz);
        recent = new short[Math.max(frameSamples, sampleRateHz / 1_000 * 80 / frameSamples * frameSamples)];
        Arrays.fill(softest, SILENT);
    }

    /**
     * Judges the next frame.
     *
     * @param samples read only
     * @param offset first sample
     * @param count samples of the frame, as many as in each frame before
     * @return what to do with it
     */
    public Verdict judge(short[] samples, int offset, int count) {
        System.arraycopy(recent, count, recent, 0, recent.length - count);
        System.arraycopy(samples, offset, recent, recent.length - count, count);
        double level = 10 * Math.log10(AudioLevel.power(samples, offset, count) + 1e-13);
        double floor = floor(level);
        boolean sound = level > LOUD || (level > SILENT && level > floor + MARGIN);
        quietMillis = sound ? 0 : quietMillis + frameMillis;
        if (quietMillis < HANGOVER_MILLIS) {
            suppressing = false;
            return Verdict.SOUND;
        }
        return tell();
    }

    /** The level of the noise. */
    private double floor(double level) {
        blockMillis += frameMillis;
        if (blockMillis >= BLOCK_MILLIS) {
            blockMillis = 0;
            block = (block + 1) % BLOCKS;
            softest[block] = level;
        }
        softest[block] = Math.min(softest[block], level);
        double floor = softest[0];
        for (double each : softest) {
            floor = Math.min(floor, each);
        }
        return floor;
    }

    private Verdict tell() {
        sinceTold += frameMillis;
        if (suppressing && sinceTold < UPDATE_MILLIS) {
            return Verdict.NOTHING;
        }
        ComfortNoise heard = ComfortNoise.of(recent, 0, recent.length, ORDER);
        if (suppressing && sinceTold < REPEAT_MILLIS && Math.abs(heard.level() - toldLevel) < NOTICEABLE) {
            return Verdict.NOTHING;
        }
        suppressing = true;
        sinceTold = 0;
        toldLevel = heard.level();
        noise = heard;
        return Verdict.NOISE;
    }

    /**
     * How the noise sounds that the latest {@link Verdict#NOISE} is about.
     *
     * @return silence before the first one
     */
    public ComfortNoise noise() {
        return noise;
    }

    @Override
    public String toString() {
        return "SilenceDetector[" + (suppressing ? noise : "sound") + "]";
    }
}
