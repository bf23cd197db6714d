package dev.yodel.benchmarks.data;

import java.util.List;
import java.util.Map;

/**
 * One row of the table: what is measured, how often and for how long.
 *
 * @param name of it
 * @param runs of each stack
 * @param warmUpSeconds or, for creating to open, connections that are not counted
 * @param seconds that count, or connections that do
 */
record Measurement(String name, int runs, int warmUpSeconds, int seconds) {
    private static final String SMALL = "1024";
    private static final String LARGE = "65535";
    /** Size, connections, both directions. */
    private static final Map<String, List<String>> THROUGHPUT = Map.of(
            "64k", List.of(LARGE, "1", "false"),
            "1k", List.of(SMALL, "1", "false"),
            "both64k", List.of(LARGE, "1", "true"),
            "both1k", List.of(SMALL, "1", "true"),
            "10x64k", List.of(LARGE, "10", "false"),
            "100x64k", List.of(LARGE, "100", "false"));

    /** About 20 minutes with four stacks. */
    static final List<Measurement> QUICK = List.of(
            new Measurement("open", 5, 50, 50),
            new Measurement("openwarm", 3, 400, 50),
            new Measurement("rtt", 5, 2, 4),
            new Measurement("64k", 5, 4, 7),
            new Measurement("1k", 5, 4, 7),
            new Measurement("both64k", 3, 4, 7),
            new Measurement("10x64k", 3, 4, 7),
            new Measurement("100x64k", 3, 5, 7));

    /** What the issue asks for: five runs of 30 s after 10 s. About an hour and three quarters with four stacks. */
    static final List<Measurement> FULL = List.of(
            new Measurement("open", 5, 50, 50),
            new Measurement("openwarm", 5, 400, 50),
            new Measurement("rtt", 5, 10, 30),
            new Measurement("64k", 5, 10, 30),
            new Measurement("1k", 5, 10, 30),
            new Measurement("both64k", 5, 10, 30),
            new Measurement("both1k", 5, 10, 30),
            new Measurement("10x64k", 5, 10, 30),
            new Measurement("100x64k", 5, 10, 30));

    /** Whether it is about connections and not about time. */
    boolean isOpening() {
        return name.startsWith("open");
    }

    /** What the two figures are. */
    String unit() {
        return switch (name) {
            case "rtt" -> "round trip of 100 bytes in us: p50, p99";
            case "open", "openwarm" ->
                "creating two connections to the channel open on both sides in ms, after " + warmUpSeconds
                        + " that do not count: p50, p99";
            default -> "MB/s, MB per CPU second of both peers";
        };
    }

    /** Whether the larger figure is the better one. */
    boolean isRate() {
        return THROUGHPUT.containsKey(name);
    }

    /** The arguments of a run. */
    List<String> arguments() {
        String warmUp = Integer.toString(warmUpSeconds);
        String count = Integer.toString(seconds);
        if (isOpening()) {
            return List.of("open", count, warmUp);
        }
        if (name.equals("rtt")) {
            return List.of("rtt", "100", warmUp, count);
        }
        List<String> how = THROUGHPUT.get(name);
        if (how == null) {
            throw new IllegalArgumentException("no such measurement: " + name);
        }
        return List.of("throughput", how.get(0), warmUp, count, how.get(1), how.get(2));
    }

    /** What a run takes, about: starting and connecting included. */
    int usualSeconds() {
        return isOpening() ? 3 + (warmUpSeconds + seconds) / 80 : 2 + warmUpSeconds + seconds;
    }
}
