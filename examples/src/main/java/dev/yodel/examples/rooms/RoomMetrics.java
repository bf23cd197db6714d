package dev.yodel.examples.rooms;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What a server counts, in the text format that Prometheus reads (exposition format 0.0.4), and one by one for other
 * monitors. Any thread.
 */
final class RoomMetrics {
    /** The name by which Prometheus' own clients tell it. */
    static final String CPU_SECONDS = "process_cpu_seconds_total";

    private static final String PREFIX = "yodel_rooms_";

    private final Map<Counter, LongAdder> counters = new EnumMap<>(Counter.class);
    private final Map<String, RoomMeter> meters = new ConcurrentSkipListMap<>();

    RoomMetrics() {
        for (final Counter counter : Counter.values()) {
            final LongAdder count = new LongAdder();
            counters.put(counter, count);
            add(new RoomMeter(counter.label(), counter.words, true, count::sum));
        }
    }

    private void add(RoomMeter meter) {
        meters.put(meter.name(), meter);
    }

    /** What is counted. */
    enum Counter {
        JOINS("people let into a room"),
        RESUMES("people who came back after a network change"),
        LEAVES("people who left or were lost"),
        LOST("people whose connection or WebSocket was lost and did not come back"),
        NEVER_CONNECTED("people whose media connection never came about"),
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
            return name().toLowerCase(Locale.ROOT);
        }
    }

    void count(Counter counter) {
        Objects.requireNonNull(counters.get(counter)).increment();
    }

    long value(Counter counter) {
        return Objects.requireNonNull(counters.get(counter)).sum();
    }

    /** One that something else counts. */
    void counter(String name, String words, LongSupplier value) {
        add(new RoomMeter(name, words, true, value));
    }

    void gauge(String name, String words, LongSupplier value) {
        add(new RoomMeter(name, words, false, value));
    }

    /** One by one, by name. */
    List<RoomMeter> meters() {
        return List.copyOf(meters.values());
    }

    /** Everything, for Prometheus. */
    String text() {
        final StringBuilder text = new StringBuilder();
        for (final RoomMeter meter : meters()) {
            final String name = PREFIX + meter.name() + (meter.counter() ? "_total" : "");
            head(text, name, meter.counter() ? "counter" : "gauge", meter.words());
            text.append(name).append(' ').append(meter.value().getAsLong()).append('\n');
        }
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
}
