package dev.yodel.benchmarks.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Data channels of ours, libwebrtc (webrtc-java), libdatachannel (node-datachannel) and Pion side by side: two peers in
 * one process, a fresh process for each run, the stacks in turns, every byte checked, nothing else done meanwhile. Each run
 * is added to a file at once; begun again with the same file, it makes the runs that are missing. Prints a table of
 * medians, ranges and noise after each measurement.
 *
 * <p>Arguments, all optional: {@code preset=quick} (about 20 minutes) or {@code full} (about 105), {@code
 * stacks=yodel,libwebrtc,libdatachannel,pion} (and {@code yodel-on-loop}, whose callbacks run on the loops), {@code
 * results=FILE}, {@code what=} a part of {@code
 * open,openwarm,rtt,64k,1k,both64k,both1k,10x64k,100x64k}, {@code runs=}, {@code warmup=} and {@code seconds=} in
 * place of the preset's (of creating to open, {@code warmup} and {@code seconds} count connections and stay as they
 * are).
 */
public final class SideBySide {
    /** Beyond its time, for connecting and ending; a run that takes longer is killed and counts for nothing. */
    private static final int PATIENCE_SECONDS = 90;

    private final Map<String, String> options = new LinkedHashMap<>(Map.of(
            "preset", "quick",
            "stacks", "yodel,libwebrtc,libdatachannel,pion",
            "results", "side-by-side.tsv",
            "what", "",
            "runs", "",
            "warmup", "",
            "seconds", ""));

    private SideBySide(String[] args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0 || !options.containsKey(arg.substring(0, equals))) {
                throw new IllegalArgumentException("no such option: " + arg + "; there are " + options.keySet());
            }
            options.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
    }

    /**
     * Runs and prints.
     *
     * @param args see the class
     * @throws Exception if the programs cannot be made
     */
    public static void main(String[] args) throws Exception {
        new SideBySide(args).run();
    }

    private String option(String name) {
        return options.getOrDefault(name, "");
    }

    private int number(String name, int usual) {
        return option(name).isEmpty() ? usual : Integer.parseInt(option(name));
    }

    private static List<String> words(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(",", -1));
    }

    private List<Measurement> wanted() {
        List<Measurement> preset =
                switch (option("preset")) {
                    case "quick" -> Measurement.QUICK;
                    case "full" -> Measurement.FULL;
                    default -> throw new IllegalArgumentException("preset=quick or preset=full");
                };
        List<String> names = words(option("what"));
        List<Measurement> wanted = new ArrayList<>();
        for (Measurement each : preset) {
            if (names.isEmpty() || names.contains(each.name())) {
                int runs = number("runs", each.runs());
                wanted.add(
                        each.isOpening()
                                ? new Measurement(each.name(), runs, each.warmUpSeconds(), each.seconds())
                                : new Measurement(
                                        each.name(),
                                        runs,
                                        number("warmup", each.warmUpSeconds()),
                                        number("seconds", each.seconds())));
            }
        }
        return wanted;
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private void run() throws IOException, InterruptedException {
        List<Measurement> wanted = wanted();
        Results results = new Results(Path.of(option("results")));
        OtherStacks others = new OtherStacks(Files.createTempDirectory("yodel-bench"));
        Map<String, List<String>> commands = new LinkedHashMap<>();
        for (String stack : words(option("stacks"))) {
            List<String> command = others.command(stack);
            if (command != null) {
                commands.put(stack, command);
            }
        }
        int seconds = 0;
        for (Measurement what : wanted) {
            for (String stack : commands.keySet()) {
                int missing = Math.max(0, what.runs() - results.of(what, stack).size());
                seconds += missing * what.usualSeconds();
            }
        }
        System.out.printf(
                "Java %s, %s processors, load %.2f (the figures are those of a quiet machine only below 0.5); about %d minutes%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), load(), (seconds + 59) / 60);
        for (Measurement what : wanted) {
            measure(what, commands, results);
            results.print(what, List.copyOf(commands.keySet()));
        }
        System.out.printf("load at the end, of these runs themselves: %.2f%n", load());
    }

    private static void measure(Measurement what, Map<String, List<String>> commands, Results results)
            throws IOException, InterruptedException {
        for (int run = 0; run < what.runs(); run++) {
            for (Map.Entry<String, List<String>> stack : commands.entrySet()) {
                if (results.of(what, stack.getKey()).size() > run) {
                    continue;
                }
                List<String> command = new ArrayList<>(stack.getValue());
                command.addAll(what.arguments());
                double load = load();
                Results.Figures figures = figures(command, what.usualSeconds() + PATIENCE_SECONDS);
                if (figures != null) {
                    results.add(what, stack.getKey(), figures, load);
                }
            }
        }
    }

    private static Results.@Nullable Figures figures(List<String> command, int patienceSeconds)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread watch = new Thread(() -> {
            try {
                if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        watch.setDaemon(true);
        watch.start();
        List<String> said = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.add(line);
            }
        } catch (IOException killed) {
            said.add(killed.toString());
        }
        process.waitFor();
        Results.Figures figures = Results.parse(said);
        if (figures == null) {
            System.out.println("a run failed, exit " + process.exitValue() + ": " + command + ' '
                    + said.subList(Math.max(0, said.size() - 5), said.size()));
        }
        return figures;
    }
}
