package dev.yodel.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What this process has used since an instant: CPU split into user and system where there is {@code /proc}, threads by
 * the beginning of their names, heap after a collection. It measures no latency.
 */
final class ProcessCost {
    /** The unit of {@code /proc/self/stat}, USER_HZ, which is 100 on every Linux. */
    private static final double TICKS_PER_SECOND = 100;

    private final double user;
    private final double system;
    private final double process = processSeconds();
    private final long start = System.nanoTime();

    ProcessCost() {
        double[] times = times();
        user = times[0];
        system = times[1];
    }

    private static double[] times() {
        Path stat = Path.of("/proc/self/stat");
        if (!Files.exists(stat)) {
            return new double[2];
        }
        try {
            String text = Files.readString(stat);
            // The name in brackets may hold blanks; fields 14 and 15 are the 12th and 13th behind it.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            return new double[] {
                Long.parseLong(fields[11]) / TICKS_PER_SECOND, Long.parseLong(fields[12]) / TICKS_PER_SECOND
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double processSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    /** CPU in percent of one core, such as {@code 57.2 % (31.0 user, 26.2 system)}. */
    String cpu() {
        double took = (System.nanoTime() - start) / 1e9;
        double[] now = times();
        return String.format(
                Locale.ROOT,
                "%.1f %% of one core (%.1f user, %.1f system)",
                100 * (processSeconds() - process) / took,
                100 * (now[0] - user) / took,
                100 * (now[1] - system) / took);
    }

    /** Threads of this JVM's own program, such as {@code 9 (2 yodel-lane, 2 yodel-loop, ...)}. */
    static String threads() {
        Map<String, Integer> counts = new TreeMap<>();
        int all = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getThreadGroup() == null
                    || thread.getThreadGroup().getName().equals("system")) {
                continue;
            }
            String name = thread.getName();
            int dash = name.lastIndexOf('-');
            counts.merge(dash > 0 ? name.substring(0, dash) : name, 1, Integer::sum);
            all++;
        }
        List<String> parts = counts.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .toList();
        return all + " (" + String.join(", ", parts) + ")";
    }

    /** Heap in use after a collection, in MiB. */
    static double heapMebibytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1048576.0;
    }
}
