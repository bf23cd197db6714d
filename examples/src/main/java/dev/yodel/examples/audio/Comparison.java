package dev.yodel.examples.audio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How what was heard compares with what should have been spoken: the delay from mouth to ear, by cross-correlation of
 * the two streams on the {@link SharedClock}, half a second at a time; and the correlation of their envelopes (the root
 * mean square of every 20 ms) after that delay is taken out. It looks at nothing but the two recordings. Because a jitter
 * buffer changes its delay during a call, by stretching and shrinking the sound, each frame is aligned by the nearest
 * half second whose own delay is beyond doubt, and by the median of all where there is none near.
 *
 * @param mouthToEarMillis the median delay; empty if less than half of the windows with sound could be recognised
 * @param envelopeCorrelation Pearson's coefficient, -1 to 1; 0 if nothing was heard
 * @param recognisedSeconds how much of the heard stream's delay is beyond doubt
 * @param audibleSeconds how much of the heard stream is not silent
 * @param levelDb root mean square of the heard stream in dB below full scale, -120 for silence
 */
public record Comparison(
        OptionalDouble mouthToEarMillis,
        double envelopeCorrelation,
        double recognisedSeconds,
        double audibleSeconds,
        double levelDb) {
    private static final int RATE = 12_000;
    private static final int WINDOW = RATE / 2;
    private static final int SHORTEST_HOP = RATE / 10;
    private static final int MAX_WINDOWS = 1_000;
    /** A window this far from a frame still says how late the frame is. */
    private static final int NEAR = RATE / 2;

    private static final int FRAME = RATE / 50;
    private static final int MAX_DELAY = RATE * 3 / 2;
    /** Clocks that disagree a little must not hide a short delay. */
    private static final int MIN_DELAY = -RATE / 20;
    /** Of the windows of foreign speech hardly one gets so far, of the same speech through Opus most do. */
    private static final double BEYOND_DOUBT = 0.6;

    private static final double SILENT_RMS = 30;

    /**
     * What one side said: a clip again and again, from a moment on.
     *
     * @param clip what was to be said
     * @param fromMicros when its first sample was spoken, on the shared clock
     * @param seconds for how long
     */
    public record Speech(Clip clip, double fromMicros, double seconds) {}

    private record Window(int heardFrom, double spokenFrom, double correlation, int delay, boolean audible) {}

    /**
     * Compares.
     *
     * @param speech what should have been heard
     * @param heard what was heard
     * @return the figures
     */
    public static Comparison of(Speech speech, Recording heard) {
        final short[] clip = speech.clip().resampled(RATE).samples();
        final short[] ear = heard.clip().resampled(RATE).samples();
        final int spokenSamples = (int) (speech.seconds() * RATE);
        final List<Window> windows = new ArrayList<>();
        final int hop = Math.max(SHORTEST_HOP, ear.length / MAX_WINDOWS);
        for (int from = 0; from + WINDOW <= ear.length; from += hop) {
            final double micros = heard.microsOf((double) from * heard.clip().sampleRateHz() / RATE);
            windows.add(window(clip, spokenSamples, ear, from, (micros - speech.fromMicros()) * RATE / 1e6));
        }
        final double[] delays = windows.stream()
                .filter(window -> window.correlation() >= BEYOND_DOUBT)
                .mapToDouble(Window::delay)
                .sorted()
                .toArray();
        final long audible = windows.stream().filter(Window::audible).count();
        final double median = delays.length == 0 ? 0 : delays[delays.length / 2];
        final boolean recognised = delays.length > 0 && 2L * delays.length >= audible;
        return new Comparison(
                recognised ? OptionalDouble.of(median * 1_000 / RATE) : OptionalDouble.empty(),
                envelopeCorrelation(clip, spokenSamples, ear, windows, (int) median),
                (double) delays.length * hop / RATE,
                (double) audible * hop / RATE,
                levelDb(ear));
    }

    private static Window window(short[] clip, int spokenSamples, short[] ear, int from, double spokenFrom) {
        final double[] piece = new double[WINDOW];
        double pieceEnergy = 0;
        for (int i = 0; i < WINDOW; i++) {
            piece[i] = ear[from + i];
            pieceEnergy += piece[i] * piece[i];
        }
        if (Math.sqrt(pieceEnergy / WINDOW) < SILENT_RMS) {
            return new Window(from, spokenFrom, 0, 0, false);
        }
        final long first = Math.round(spokenFrom) - MAX_DELAY;
        final double[] field = new double[MAX_DELAY - MIN_DELAY + WINDOW];
        final double[] energyBefore = new double[field.length + 1];
        for (int i = 0; i < field.length; i++) {
            field[i] = spoken(clip, spokenSamples, first + i);
            energyBefore[i + 1] = energyBefore[i] + field[i] * field[i];
        }
        final double[] products = Spectrum.slide(piece, field);
        double best = 0;
        int place = 0;
        for (int i = 0; i < products.length; i++) {
            final double energy = energyBefore[i + WINDOW] - energyBefore[i];
            // Next to silence every correlation is noise.
            if (energy > WINDOW * SILENT_RMS * SILENT_RMS) {
                final double correlation = products[i] / Math.sqrt(energy * pieceEnergy);
                if (correlation > best) {
                    best = correlation;
                    place = i;
                }
            }
        }
        return new Window(from, spokenFrom, best, MAX_DELAY - place, true);
    }

    private static double spoken(short[] clip, int spokenSamples, long index) {
        return index < 0 || index >= spokenSamples ? 0 : clip[(int) (index % clip.length)];
    }

    private static double envelopeCorrelation(
            short[] clip, int spokenSamples, short[] ear, List<Window> windows, int medianDelay) {
        final int frames = spokenSamples / FRAME;
        final double[] said = new double[frames];
        final double[] got = new double[frames];
        for (int frame = 0; frame < frames; frame++) {
            double energy = 0;
            for (int i = 0; i < FRAME; i++) {
                final double sample = spoken(clip, spokenSamples, (long) frame * FRAME + i);
                energy += sample * sample;
            }
            said[frame] = Math.sqrt(energy / FRAME);
        }
        int last = 0;
        for (int frame = 0; frame < frames && !windows.isEmpty(); frame++) {
            final int at = heardAt(windows, frame * FRAME, medianDelay);
            if (at >= 0 && at + FRAME <= ear.length) {
                double energy = 0;
                for (int i = 0; i < FRAME; i++) {
                    final double sample = ear[at + i];
                    energy += sample * sample;
                }
                got[frame] = Math.sqrt(energy / FRAME);
                last = frame + 1;
            }
        }
        // What was said in the last moments before the hang-up was still on its way.
        final int onItsWay = Math.min(frames, 25 + Math.max(0, medianDelay) / FRAME);
        final int counted = Math.max(Math.min(last, frames), frames - onItsWay);
        return pearson(said, got, counted);
    }

    /** Where in the heard stream a spoken sample lies. */
    private static int heardAt(List<Window> windows, int spoken, int medianDelay) {
        Window sure = null;
        Window any = windows.get(0);
        double sureDistance = NEAR;
        double anyDistance = Double.MAX_VALUE;
        for (final Window window : windows) {
            final boolean recognised = window.correlation() >= BEYOND_DOUBT;
            final int delay = recognised ? window.delay() : medianDelay;
            final double distance = Math.abs(window.spokenFrom() - delay + WINDOW / 2.0 - spoken);
            if (recognised && distance < sureDistance) {
                sure = window;
                sureDistance = distance;
            }
            if (distance < anyDistance) {
                any = window;
                anyDistance = distance;
            }
        }
        final Window nearest = sure == null ? any : sure;
        final int delay = sure == null ? medianDelay : sure.delay();
        return (int) Math.round(nearest.heardFrom() + spoken - (nearest.spokenFrom() - delay));
    }

    static double pearson(double[] a, double[] b, int count) {
        final double meanA = Arrays.stream(a, 0, count).average().orElse(0);
        final double meanB = Arrays.stream(b, 0, count).average().orElse(0);
        double both = 0;
        double onlyA = 0;
        double onlyB = 0;
        for (int i = 0; i < count; i++) {
            both += (a[i] - meanA) * (b[i] - meanB);
            onlyA += (a[i] - meanA) * (a[i] - meanA);
            onlyB += (b[i] - meanB) * (b[i] - meanB);
        }
        return onlyA < 1e-9 || onlyB < 1e-9 ? 0 : both / Math.sqrt(onlyA * onlyB);
    }

    private static double levelDb(short[] samples) {
        double energy = 0;
        for (final short sample : samples) {
            energy += (double) sample * sample;
        }
        final double rms = samples.length == 0 ? 0 : Math.sqrt(energy / samples.length) / 32_768;
        return rms < 1e-6 ? -120 : 20 * Math.log10(rms);
    }
}
