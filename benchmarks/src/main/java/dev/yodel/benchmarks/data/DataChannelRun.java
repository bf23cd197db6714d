package dev.yodel.benchmarks.data;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One measurement in a process of its own, of a stack for the JVM; prints {@code figures} and what was asked for, and
 * {@code memory} and the peak in MiB. Arguments: {@code yodel}, {@code yodel-on-loop} or {@code libwebrtc}, then {@code throughput SIZE
 * WARMUP SECONDS CONNECTIONS BOTH}, {@code rtt SIZE WARMUP SECONDS} or {@code open COUNT WARMUP}.
 */
public final class DataChannelRun {
    private DataChannelRun() {}

    /**
     * Runs and prints.
     *
     * @param args see the class
     * @throws Exception if something fails
     */
    public static void main(String[] args) throws Exception {
        int connections = args[1].equals("throughput") ? Integer.parseInt(args[5]) : 1;
        Buffered buffered = Buffered.of(connections);
        Peers.Maker maker =
                switch (args[0]) {
                    case "yodel" -> YodelPeers.maker(buffered, false);
                    case "yodel-on-loop" -> YodelPeers.maker(buffered, true);
                    case "libwebrtc" -> LibwebrtcPeers.maker(buffered);
                    default -> throw new IllegalArgumentException(args[0]);
                };
        switch (args[1]) {
            case "throughput" ->
                throughput(
                        maker,
                        Integer.parseInt(args[2]),
                        Integer.parseInt(args[3]),
                        Integer.parseInt(args[4]),
                        Integer.parseInt(args[5]),
                        Boolean.parseBoolean(args[6]));
            case "rtt" -> rtt(maker, Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
            case "open" -> open(maker, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            default -> throw new IllegalArgumentException(args[1]);
        }
        System.out.println("memory " + peakMebibytes());
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** The most that the process ever had in memory, code and native parts included; 0 where Linux does not tell. */
    private static long peakMebibytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (Files.isReadable(status)) {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.substring(6, line.length() - 2).trim()) / 1024;
                }
            }
        }
        return 0;
    }

    private static double cpuSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
    }

    private static void throughput(Peers.Maker maker, int size, int warmUp, int seconds, int connections, boolean both)
            throws Exception {
        AtomicLong received = new AtomicLong();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Peers> all = new ArrayList<>();
        Pattern pattern = new Pattern(size);
        for (int i = 0; i < connections; i++) {
            all.add(maker.make());
        }
        for (Peers peers : all) {
            flow(peers.first(), peers.second(), pattern, size, received, failure);
            if (both) {
                flow(peers.second(), peers.first(), pattern, size, received, failure);
            }
        }
        Thread.sleep(warmUp * 1000L);
        long bytes = received.get();
        double cpu = cpuSeconds();
        long start = System.nanoTime();
        Thread.sleep(seconds * 1000L);
        bytes = received.get() - bytes;
        cpu = cpuSeconds() - cpu;
        double took = (System.nanoTime() - start) / 1e9;
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(failed);
        }
        System.out.printf(Locale.ROOT, "figures %.2f %.2f%n", bytes / took / 1e6, bytes / cpu / 1e6);
        all.forEach(Peers::close);
    }

    private static void flow(
            Duplex from,
            Duplex to,
            Pattern pattern,
            int size,
            AtomicLong received,
            AtomicReference<@Nullable Throwable> failure) {
        long[] count = new long[1];
        to.onMessage(data -> {
            try {
                pattern.check(count[0]++, data);
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
            }
            received.addAndGet(size);
        });
        Thread thread = new Thread(() -> {
            try {
                for (long number = 0; failure.get() == null; number++) {
                    from.send(pattern.message(number));
                }
            } catch (InterruptedException | RuntimeException e) {
                failure.compareAndSet(null, e);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void rtt(Peers.Maker maker, int size, int warmUp, int seconds) throws Exception {
        Peers peers = maker.make();
        peers.second().onMessage(data -> {
            try {
                peers.second().send(data);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        LinkedBlockingQueue<byte[]> echoes = new LinkedBlockingQueue<>();
        peers.first().onMessage(echoes::add);
        Pattern pattern = new Pattern(size);
        long until = System.nanoTime() + warmUp * 1_000_000_000L;
        double[] micros = new double[1 << 20];
        int count = 0;
        for (int round = 0; round < 2; round++) {
            count = 0;
            for (long number = 0; System.nanoTime() < until && count < micros.length; number++) {
                byte[] message = pattern.message(number);
                long start = System.nanoTime();
                peers.first().send(message);
                byte[] echo = echoes.poll(10, TimeUnit.SECONDS);
                micros[count++] = (System.nanoTime() - start) / 1e3;
                if (echo == null) {
                    throw new IllegalStateException("no echo came");
                }
                pattern.check(number, echo);
            }
            until = System.nanoTime() + seconds * 1_000_000_000L;
        }
        print(micros, count);
    }

    private static void print(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        System.out.printf(Locale.ROOT, "figures %.2f %.2f%n", sorted[count / 2], sorted[count * 99 / 100]);
    }

    private static void open(Peers.Maker maker, int count, int warmUp) throws Exception {
        double[] millis = new double[count];
        for (int i = -warmUp; i < count; i++) {
            long start = System.nanoTime();
            Peers peers = maker.make();
            millis[Math.max(0, i)] = (System.nanoTime() - start) / 1e6;
            peers.close();
        }
        print(millis, count);
    }
}
