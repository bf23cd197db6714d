package dev.yodel.examples.rooms;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** What a server counts, in the text format that Prometheus reads (exposition format 0.0.4). Any thread. */
final class RoomMetrics {
    /** The name by which Prometheus' own clients tell it. */
    static final String CPU_SECONDS = "process_cpu_seconds_total";

    private record Gauge(String words, LongSupplier value) {}

    private final Map<String, LongAdder> counters = new ConcurrentSkipListMap<>();
    private final Map<String, String> words = new ConcurrentSkipListMap<>();
    private final Map<String, Gauge> gauges = new ConcurrentSkipListMap<>();

    RoomMetrics() {
        for (final Counter counter : Counter.values()) {
            words.put(counter.label(), counter.words);
            counters.put(counter.label(), new LongAdder());
        }
    }

    /** What is counted. */
    enum Counter {
        JOINS("people let into a room"),
        RESUMES("people who came back after a network change"),
        LEAVES("people who left or were lost"),
        JOINS_REFUSED("people not let in: full, wrong key, draining"),
        SOCKETS_REFUSED("WebSockets refused by the limits per address"),
        BAD_MESSAGES("messages that were none"),
        OFFERS("offers made"),
        ANSWERS_REFUSED("answers that could not be applied"),
        CHAT_MESSAGES("lines of chat"),
        CHAT_DROPPED("lines of chat that a receiver was too slow for"),
        SPEAKER_CHANGES("changes of the dominant speaker"),
        LAYER_CHANGES("other layers chosen for receivers"),
        RECORDINGS("recordings begun");

        private final String words;

        Counter(String words) {
            this.words = words;
        }

        private String label() {
            return "yodel_rooms_" + name().toLowerCase(Locale.ROOT) + "_total";
        }
    }

    void count(Counter counter) {
        final LongAdder adder = counters.get(counter.label());
        if (adder != null) {
            adder.increment();
        }
    }

    long value(Counter counter) {
        final LongAdder adder = counters.get(counter.label());
        return adder == null ? 0 : adder.sum();
    }

    void gauge(String name, String help, LongSupplier value) {
        gauges.put("yodel_rooms_" + name, new Gauge(help, value));
    }

    /** Everything, for Prometheus. */
    String text() {
        final StringBuilder text = new StringBuilder();
        counters.forEach((name, value) -> line(text, name, "counter", words.getOrDefault(name, ""), value.sum()));
        gauges.forEach((name, gauge) ->
                line(text, name, "gauge", gauge.words(), gauge.value().getAsLong()));
        head(text, CPU_SECONDS, "counter", "CPU time of this process");
        text.append(CPU_SECONDS).append(' ').append(cpuSeconds()).append('\n');
        return text.toString();
    }

    /** CPU time of this JVM. */
    static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getProcessCpuTime() / 1e9
                : Double.NaN;
    }

    /**
     * Finds one value in such a text.
     *
     * @param text of another process
     * @param name of a metric without labels
     * @return NaN if it is not there
     */
    static double read(String text, String name) {
        for (final String line : text.split("\n", -1)) {
            if (line.startsWith(name + " ")) {
                try {
                    return Double.parseDouble(line.substring(name.length() + 1));
                } catch (NumberFormatException e) {
                    return Double.NaN;
                }
            }
        }
        return Double.NaN;
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String name, String type, String help, long value) {
        head(text, name, type, help);
        text.append(name).append(' ').append(value).append('\n');
    }
}
