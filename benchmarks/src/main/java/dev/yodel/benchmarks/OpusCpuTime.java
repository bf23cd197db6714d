package dev.yodel.benchmarks;

import dev.yodel.media.audio.Resampler;
import dev.yodel.media.opus.Opus;
import dev.yodel.media.opus.OpusDecoder;
import dev.yodel.media.opus.OpusEncoder;
import dev.yodel.media.opus.OpusEncoderOptions;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.Random;

/** What one end of a call with encoding and decoding costs: CPU for 20 ms of audio, the best of many blocks. */
public final class OpusCpuTime {
    private static final int ROUNDS = 20;
    private static final int FRAMES = 500;

    private OpusCpuTime() {}

    /**
     * Prints microseconds of CPU for each 20 ms.
     *
     * @param args none
     */
    public static void main(String[] args) {
        System.out.println(Opus.description());
        measure("voice, mono, 32 kbit/s", OpusEncoderOptions.VOICE);
        measure("music, stereo, 96 kbit/s", OpusEncoderOptions.MUSIC);
        Resampler resampler = new Resampler(44_100, 48_000, 1);
        short[] in = noise(882);
        short[] out = new short[resampler.maxOutput(882)];
        double nanos = best(() -> {
            for (int i = 0; i < FRAMES; i++) {
                resampler.process(in, 0, 882, out, 0);
            }
        });
        System.out.printf(Locale.ROOT, "resample 44.1 to 48 kHz, mono: %.0f us%n", nanos / 1000);
    }

    private static void measure(String name, OpusEncoderOptions options) {
        try (OpusEncoder encoder = new OpusEncoder(options);
                OpusDecoder decoder = new OpusDecoder(options.channels())) {
            int frame = encoder.frameSamples() * encoder.channels();
            short[] pcm = noise(frame * FRAMES);
            byte[][] packets = new byte[FRAMES][encoder.maxFrameBytes()];
            int[] lengths = new int[FRAMES];
            short[] out = new short[decoder.maxSamples()];
            double encode = best(() -> {
                for (int i = 0; i < FRAMES; i++) {
                    lengths[i] = encoder.encode(pcm, i * frame, packets[i], 0);
                }
            });
            double decode = best(() -> {
                for (int i = 0; i < FRAMES; i++) {
                    decoder.decode(packets[i], 0, lengths[i], out);
                }
            });
            System.out.printf(
                    Locale.ROOT,
                    "%s: encode %.0f us, decode %.0f us: %.0f ends of a call on one core%n",
                    name,
                    encode / 1000,
                    decode / 1000,
                    20_000_000 / (encode + decode));
        }
    }

    /** A gliding voice with noise, as hard to encode as speech. */
    private static short[] noise(int samples) {
        Random random = new Random(1);
        short[] pcm = new short[samples];
        double phase = 0;
        for (int i = 0; i < samples; i++) {
            phase += 2 * Math.PI * (140 + 40 * Math.sin(i / 10_000.0)) / 48_000;
            double level = 3000 * (1 + Math.sin(i / 2500.0));
            pcm[i] = (short) (level * (Math.sin(phase) + Math.sin(3 * phase) / 3) + 300 * random.nextGaussian());
        }
        return pcm;
    }

    private static double best(Runnable block) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = threads.getCurrentThreadCpuTime();
            block.run();
            best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
        }
        return (double) best / FRAMES;
    }
}
