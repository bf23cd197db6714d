package dev.yodel.benchmarks;

import dev.yodel.webrtc.PeerConnectionFactory;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * From creating two connections to both being connected, in one process over loopback or the machine's interfaces: the
 * first of a cold JVM, then warm. Arguments: count of warm set-ups (default 300).
 */
public final class ConnectTime {
    private ConnectTime() {}

    /**
     * Runs and prints.
     *
     * @param args count
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 300;
        long jvmStart = ManagementFactory.getRuntimeMXBean().getStartTime();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            double cold = once(factory);
            System.out.printf(
                    Locale.ROOT,
                    "cold JVM: first connection %.1f ms, %d ms after JVM start%n",
                    cold,
                    System.currentTimeMillis() - jvmStart);
            for (int i = 0; i < count / 2; i++) {
                once(factory);
            }
            double[] millis = new double[count];
            for (int i = 0; i < count; i++) {
                millis[i] = once(factory);
            }
            Arrays.sort(millis);
            System.out.printf(
                    Locale.ROOT,
                    "warm, %d set-ups: median %.1f ms, p90 %.1f, p99 %.1f, min %.1f, max %.1f%n",
                    count,
                    millis[count / 2],
                    millis[count * 9 / 10],
                    millis[count * 99 / 100],
                    millis[0],
                    millis[count - 1]);
        }
    }

    private static double once(PeerConnectionFactory factory) throws Exception {
        long start = System.nanoTime();
        try (Pair pair = new Pair(factory)) {
            pair.connect().get(30, TimeUnit.SECONDS);
            return (System.nanoTime() - start) / 1e6;
        }
    }
}
