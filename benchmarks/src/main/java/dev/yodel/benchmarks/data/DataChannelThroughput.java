package dev.yodel.benchmarks.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Data channels of ours, libwebrtc (webrtc-java), libdatachannel (node-datachannel) and Pion side by side: two peers in
 * one process, a fresh process for each run, in turns, every byte checked. Prints the median of the runs and their range.
 *
 * <p>Arguments, all optional: {@code runs=5 warmup=10 seconds=30 opens=50 openwarmup=50 stacks=yodel,libwebrtc,libdatachannel,pion
 * what=64k,1k,both64k,10x64k,100x64k,rtt,open}.
 */
public final class DataChannelThroughput {
    private final Map<String, String> options = new LinkedHashMap<>(Map.of(
            "runs", "5",
            "warmup", "10",
            "seconds", "30",
            "opens", "50",
            "openwarmup", "50",
            "stacks", "yodel,libwebrtc,libdatachannel,pion",
            "what", "64k,1k,rtt,open"));

    private DataChannelThroughput(String[] args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0 || !options.containsKey(arg.substring(0, equals))) {
                throw new IllegalArgumentException("no such option: " + arg);
            }
            options.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
    }

    /**
     * Runs and prints.
     *
     * @param args see the class
     * @throws Exception if a run fails
     */
    public static void main(String[] args) throws Exception {
        new DataChannelThroughput(args).run();
    }

    private String option(String name) {
        return options.getOrDefault(name, "");
    }

    private static List<String> words(String list) {
        return List.of(list.split(",", -1));
    }

    private void run() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("yodel-bench");
        OtherStacks others = new OtherStacks(folder);
        Map<String, List<String>> commands = new LinkedHashMap<>();
        for (String stack : words(option("stacks"))) {
            List<String> command = others.command(stack);
            if (command != null) {
                commands.put(stack, command);
            }
        }
        for (String what : words(option("what"))) {
            compare(what, commands);
        }
    }

    private void compare(String what, Map<String, List<String>> commands) throws IOException, InterruptedException {
        System.out.println(what + ": " + unit(what));
        Map<String, List<double[]>> results = new LinkedHashMap<>();
        for (int run = 0; run < Integer.parseInt(option("runs")); run++) {
            for (Map.Entry<String, List<String>> stack : commands.entrySet()) {
                List<String> command = new ArrayList<>(stack.getValue());
                command.addAll(arguments(what));
                double[] figures = figures(command);
                if (figures.length == 2) {
                    results.computeIfAbsent(stack.getKey(), unused -> new ArrayList<>())
                            .add(figures);
                }
            }
        }
        for (Map.Entry<String, List<double[]>> result : results.entrySet()) {
            System.out.printf(
                    Locale.ROOT,
                    "  %-15s %s   %s%n",
                    result.getKey(),
                    summary(result.getValue(), 0),
                    summary(result.getValue(), 1));
        }
    }

    private static String unit(String what) {
        return switch (what) {
            case "rtt" -> "round trip of 100 bytes in us, p50 and p99";
            case "open" -> "creating two connections to the channel being open on both sides in ms, p50 and p99";
            default -> "MB/s and MB per CPU second of both peers";
        };
    }

    private List<String> arguments(String what) {
        String warmUp = option("warmup");
        String seconds = option("seconds");
        return switch (what) {
            case "64k" -> List.of("throughput", "65535", warmUp, seconds, "1", "false");
            case "1k" -> List.of("throughput", "1024", warmUp, seconds, "1", "false");
            case "both64k" -> List.of("throughput", "65535", warmUp, seconds, "1", "true");
            case "10x64k" -> List.of("throughput", "65535", warmUp, seconds, "10", "false");
            case "100x64k" -> List.of("throughput", "65535", warmUp, seconds, "100", "false");
            case "rtt" -> List.of("rtt", "100", warmUp, seconds);
            case "open" -> List.of("open", option("opens"), option("openwarmup"));
            default -> throw new IllegalArgumentException("no such measurement: " + what);
        };
    }

    private static double[] figures(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        double[] figures = new double[0];
        List<String> said = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.add(line);
                if (line.startsWith("figures ")) {
                    String[] words = line.split(" ", -1);
                    figures = new double[] {Double.parseDouble(words[1]), Double.parseDouble(words[2])};
                }
            }
        }
        process.waitFor();
        if (figures.length == 0) {
            System.out.println("  failed: " + command.get(command.size() - 1) + " " + said);
        }
        return figures;
    }

    private static String summary(List<double[]> runs, int index) {
        double[] values = runs.stream().mapToDouble(run -> run[index]).sorted().toArray();
        return String.format(
                Locale.ROOT, "%9.2f (%.2f to %.2f)", values[values.length / 2], values[0], values[values.length - 1]);
    }
}
