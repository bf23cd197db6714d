package dev.yodel.examples.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class WaveformPictureTest {
    private static final int RATE = 48_000;
    private static final long START_MICROS = 1_000_000_000;
    private static final double DELAY_MILLIS = 100;

    /** The player stood still for 0.3 s of silence and took that much less of the stream. */
    @Test
    void whatIsHeardStandsAtItsTimeAlsoWhenThePlayerStumbled() {
        final short[] spoken = new short[5 * RATE];
        for (int i = 4 * RATE; i < 4 * RATE + RATE / 20; i++) {
            spoken[i] = (short) (20_000 * Math.sin(i * 0.1));
        }
        final Recording.Collector collector = new Recording.Collector(RATE);
        final int piece = RATE / 100;
        for (int from = 0; from < spoken.length; from += piece) {
            if (from < 2 * RATE || from >= 2 * RATE + 3 * RATE / 10) {
                final short[] samples = new short[piece];
                System.arraycopy(spoken, from, samples, 0, piece);
                final long micros = START_MICROS + (long) (DELAY_MILLIS * 1_000) + from * 1_000_000L / RATE;
                collector.add(samples, 1, micros, from / piece == 350);
            }
        }
        final Comparison figures = new Comparison(OptionalDouble.of(DELAY_MILLIS), 1, 1, 1, -20);
        final String svg = WaveformPicture.svg(List.of(new WaveformPicture.Direction(
                "A to B",
                new Comparison.Speech(new Clip(RATE, spoken), START_MICROS, 5),
                collector.recording(),
                figures,
                1)));
        final List<Double> loud = loudestColumns(svg);
        assertThat(loud).hasSize(2);
        assertThat(loud.get(1)).as("heard, beside spoken").isBetween(loud.get(0) - 4, loud.get(0) + 4);
        final String concealed = svg.substring(svg.indexOf("<rect x="));
        final double at = Double.parseDouble(concealed.substring(9, concealed.indexOf('"', 9)));
        final double width = loud.get(0) / 4.025;
        assertThat(at).as("what was filled in at 3.5 s").isBetween(3.4 * width, 3.6 * width);
    }

    /** Of each waveform the column of its highest line. */
    private static List<Double> loudestColumns(String svg) {
        final List<Double> result = new ArrayList<>();
        for (int path = svg.indexOf("<path d=\""); path >= 0; path = svg.indexOf("<path d=\"", path + 1)) {
            final String lines = svg.substring(path + 9, svg.indexOf('"', path + 9));
            double best = 0;
            double column = 0;
            for (final String line : lines.split("M", -1)) {
                if (!line.isEmpty()) {
                    final double height = Double.parseDouble(line.substring(line.indexOf('v') + 1));
                    if (height > best) {
                        best = height;
                        column = Double.parseDouble(line.substring(0, line.indexOf(' ')));
                    }
                }
            }
            result.add(column);
        }
        return result;
    }
}
