package dev.yodel.examples.audio;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Draws a call as SVG: for each direction what was spoken above what was heard, both on one time axis with the delay
 * taken out, so that equal sounds stand one above the other; lost sound is marked.
 */
public final class WaveformPicture {
    private static final int WIDTH = 1000;
    private static final int MARGIN = 20;
    private static final int WAVE_HEIGHT = 70;
    private static final int DIRECTION_HEIGHT = 230;
    private static final int COLUMNS = WIDTH - 2 * MARGIN;

    /**
     * One direction of the call.
     *
     * @param title such as "A to B"
     * @param speech what should have been heard
     * @param heard what was heard
     * @param comparison the figures
     * @param lostPackets how many packets the receiver missed
     */
    public record Direction(
            String title, Comparison.Speech speech, Recording heard, Comparison comparison, long lostPackets) {}

    private WaveformPicture() {}

    /**
     * Draws.
     *
     * @param directions one below the other
     * @return an SVG document
     */
    public static String svg(List<Direction> directions) {
        final int height = DIRECTION_HEIGHT * directions.size() + MARGIN;
        final List<String> lines = new ArrayList<>();
        lines.add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + height
                + "\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"14\">");
        lines.add("<title>What was spoken and what was heard</title>");
        lines.add("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        for (int i = 0; i < directions.size(); i++) {
            draw(directions.get(i), MARGIN + i * DIRECTION_HEIGHT, lines);
        }
        lines.add("</svg>");
        return String.join("\n", lines) + "\n";
    }

    private static void draw(Direction direction, int top, List<String> lines) {
        final Comparison comparison = direction.comparison();
        final String delay = comparison.mouthToEarMillis().isPresent()
                ? String.format(
                        Locale.ROOT,
                        "%.0f ms from mouth to ear",
                        comparison.mouthToEarMillis().getAsDouble())
                : "the sound was not recognised";
        lines.add(text(MARGIN, top + 14, "#1a2230", "bold", direction.title()));
        lines.add(text(
                MARGIN + 90,
                top + 14,
                "#566176",
                "normal",
                String.format(
                        Locale.ROOT,
                        "%s, envelopes match to %.3f, %d packets lost",
                        delay,
                        comparison.envelopeCorrelation(),
                        direction.lostPackets())));
        final double seconds = direction.speech().seconds();
        final Clip spoken = direction.speech().clip();
        final Clip heard = direction.heard().clip();
        final double delayMicros = comparison.mouthToEarMillis().orElse(0) * 1_000;
        final HeardTimes times =
                new HeardTimes(direction.heard(), direction.speech().fromMicros() + delayMicros);
        final int[] spokenPeaks = new int[COLUMNS];
        final int[] heardPeaks = new int[COLUMNS];
        for (int column = 0; column < COLUMNS; column++) {
            final double from = seconds * column / COLUMNS;
            final double to = seconds * (column + 1) / COLUMNS;
            spokenPeaks[column] = loopedPeak(spoken, from, to);
            heardPeaks[column] = peak(heard, times.secondsInto(from), times.secondsInto(to));
        }
        final int spokenTop = top + 26;
        final int heardTop = spokenTop + WAVE_HEIGHT + 10;
        for (final Recording.Stretch lost : direction.heard().concealed()) {
            final double from = times.secondsOf(lost.fromSample());
            final double to = times.secondsOf(lost.toSample());
            if (to > 0 && from < seconds) {
                final double x = MARGIN + COLUMNS * Math.max(0, from) / seconds;
                final double width = COLUMNS * (Math.min(seconds, to) - Math.max(0, from)) / seconds;
                lines.add(String.format(
                        Locale.ROOT,
                        "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#f4c7c3\"/>",
                        x,
                        heardTop,
                        Math.max(1, width),
                        WAVE_HEIGHT));
            }
        }
        lines.add(wave(spokenPeaks, spokenTop, "#3b6fb6"));
        lines.add(wave(heardPeaks, heardTop, "#0b6b57"));
        lines.add(text(MARGIN, spokenTop + 12, "#3b6fb6", "normal", "spoken"));
        lines.add(text(MARGIN, heardTop + 12, "#0b6b57", "normal", "heard (red: lost and filled in)"));
        final int axis = heardTop + WAVE_HEIGHT + 4;
        for (int second = 0; second <= seconds; second++) {
            final double x = MARGIN + COLUMNS * second / seconds;
            lines.add(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#8892a4\"/>",
                    x,
                    axis,
                    x,
                    axis + 5));
            lines.add(text((int) x + 3, axis + 14, "#8892a4", "normal", second + " s"));
        }
    }

    /**
     * When each 10 ms of a recording sounded, in seconds after its start. A player that stumbles has fewer samples than
     * its clock has seconds, so the number of a sample alone does not say.
     */
    private static final class HeardTimes {
        private static final double STEP_SECONDS = 0.01;

        private final int samplesPerStep;
        private final double[] seconds;

        HeardTimes(Recording heard, double startMicros) {
            samplesPerStep = Math.max(1, heard.clip().sampleRateHz() / 100);
            seconds = new double[heard.anchors().isEmpty() ? 0 : heard.clip().samples().length / samplesPerStep + 1];
            for (int i = 0; i < seconds.length; i++) {
                final double at = (heard.microsOf((double) i * samplesPerStep) - startMicros) / 1e6;
                seconds[i] = i == 0 ? at : Math.max(at, seconds[i - 1]);
            }
        }

        double secondsOf(long sample) {
            final int step = (int) Math.min(seconds.length - 1, sample / samplesPerStep);
            return step < 0 ? 0 : seconds[step];
        }

        /** The place in the recording, in seconds of its samples, that sounded at a time. */
        double secondsInto(double time) {
            final int found = Arrays.binarySearch(seconds, time);
            final int step = found >= 0 ? found : -found - 2;
            if (step < 0) {
                return seconds.length == 0 ? time : time - seconds[0];
            }
            return step * STEP_SECONDS + Math.min(time - seconds[step], STEP_SECONDS);
        }
    }

    private static int loopedPeak(Clip clip, double from, double to) {
        final double length = clip.seconds();
        final double start = from % length;
        return peak(clip, start, Math.min(length, start + to - from));
    }

    private static int peak(Clip clip, double from, double to) {
        final int first = (int) Math.max(0, from * clip.sampleRateHz());
        final int last = (int) Math.min(clip.samples().length, Math.max(to * clip.sampleRateHz(), first + 1));
        int best = 0;
        for (int i = to < 0 ? last : first; i < last; i++) {
            best = Math.max(best, Math.abs(clip.samples()[i]));
        }
        return best;
    }

    private static String wave(int[] peaks, int top, String colour) {
        final StringBuilder path = new StringBuilder();
        final double middle = top + WAVE_HEIGHT / 2.0;
        for (int column = 0; column < peaks.length; column++) {
            final double half = Math.max(0.5, peaks[column] / 32_768.0 * WAVE_HEIGHT / 2);
            path.append(String.format(Locale.ROOT, "M%d %.1fv%.1f", MARGIN + column, middle - half, 2 * half));
        }
        return "<path d=\"" + path + "\" stroke=\"" + colour + "\" fill=\"none\"/>";
    }

    private static String text(int x, int y, String colour, String weight, String words) {
        final String safe = words.replace("&", "&amp;").replace("<", "&lt;");
        return "<text x=\"" + x + "\" y=\"" + y + "\" fill=\"" + colour + "\" font-weight=\"" + weight + "\">" + safe
                + "</text>";
    }
}
