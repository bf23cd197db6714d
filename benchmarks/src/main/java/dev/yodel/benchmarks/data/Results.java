package dev.yodel.benchmarks.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** The figures of all runs, in a file to which each run adds a line, so that a table that was interrupted goes on. */
final class Results {
    /**
     * A run.
     *
     * @param first figure
     * @param second figure
     * @param mebibytes the most that the process had in memory
     */
    record Figures(double first, double second, long mebibytes) {}

    private record Line(String key, Figures figures) {}

    private final Path file;
    private final List<Line> lines = new ArrayList<>();

    Results(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split("\t", -1);
                if (words.length >= 4) {
                    lines.add(new Line(
                            words[0],
                            new Figures(
                                    Double.parseDouble(words[1]),
                                    Double.parseDouble(words[2]),
                                    Long.parseLong(words[3]))));
                }
            }
        }
    }

    private static String key(Measurement what, String stack) {
        return what.name() + ' ' + what.warmUpSeconds() + ' ' + what.seconds() + ' ' + stack;
    }

    /** The runs that are there. */
    List<Figures> of(Measurement what, String stack) {
        String key = key(what, stack);
        return lines.stream()
                .filter(line -> line.key.equals(key))
                .map(Line::figures)
                .toList();
    }

    /** Takes a run. */
    void add(Measurement what, String stack, Figures figures, double loadBefore) throws IOException {
        lines.add(new Line(key(what, stack), figures));
        String line = String.format(
                Locale.ROOT,
                "%s\t%.2f\t%.2f\t%d\tload %.2f\t%s%n",
                key(what, stack),
                figures.first,
                figures.second,
                figures.mebibytes,
                loadBefore,
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** A row for each stack: medians, and how far apart the runs were as a share of the median. */
    void print(Measurement what, List<String> stacks) {
        System.out.printf("%n%s: %s; runs of each: %d%n%n", what.name(), what.unit(), what.runs());
        System.out.println(
                "| stack | median | min to max | noise | median | min to max | noise | times libwebrtc's | peak MiB |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        List<Figures> theirs = of(what, "libwebrtc");
        double measure = theirs.isEmpty() ? Double.NaN : median(theirs.stream().mapToDouble(Figures::first));
        for (String stack : stacks) {
            List<Figures> runs = of(what, stack);
            if (runs.isEmpty()) {
                System.out.println("| " + stack + " | no run succeeded |");
                continue;
            }
            double median = median(runs.stream().mapToDouble(Figures::first));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s | %.2f | %.0f |%n",
                    stack + (runs.size() < what.runs() ? " (" + runs.size() + " runs)" : ""),
                    cells(runs.stream().mapToDouble(Figures::first)),
                    cells(runs.stream().mapToDouble(Figures::second)),
                    median / measure,
                    median(runs.stream().mapToDouble(Figures::mebibytes)));
        }
        System.out.println();
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static String cells(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        double median = median(Arrays.stream(sorted));
        double least = sorted[0];
        double most = sorted[sorted.length - 1];
        return String.format(
                Locale.ROOT, "%.2f | %.2f to %.2f | %.0f %%", median, least, most, 100 * (most - least) / median);
    }

    /** What a run said, or null if it has no figures. */
    static @Nullable Figures parse(List<String> said) {
        double[] figures = new double[2];
        boolean hasFigures = false;
        long mebibytes = 0;
        for (String line : said) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("figures") && words.length == 3) {
                figures[0] = Double.parseDouble(words[1]);
                figures[1] = Double.parseDouble(words[2]);
                hasFigures = true;
            } else if (words[0].equals("memory") && words.length == 2) {
                mebibytes = Long.parseLong(words[1]);
            }
        }
        return hasFigures ? new Figures(figures[0], figures[1], mebibytes) : null;
    }
}
