package dev.yodel.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;

/**
 * {@link DtlsBenchmark} by CPU time instead of wall time, in alternating blocks, the best of each: for machines that
 * are busy with other work, where JMH's figures are not worth reading.
 */
public final class DtlsCpuTime {
    private static final int ROUNDS = 30;
    private static final int RECORDS = 10_000;
    private static final int HANDSHAKES = 100;

    private DtlsCpuTime() {}

    /**
     * Prints the CPU time of a handshake of both ends, and of a record of 1200 bytes sealed and opened.
     *
     * @param args none
     * @throws Exception if a handshake fails
     */
    public static void main(String[] args) throws Exception {
        DtlsBenchmark benchmark = new DtlsBenchmark();
        benchmark.connect();
        handshakes(benchmark);
        records(benchmark);
        benchmark.close();
    }

    private static void handshakes(DtlsBenchmark benchmark) throws Exception {
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long ours = Long.MAX_VALUE;
        long theirs = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = process.getProcessCpuTime();
            for (int i = 0; i < HANDSHAKES; i++) {
                benchmark.handshakeYodel();
            }
            long middle = process.getProcessCpuTime();
            for (int i = 0; i < HANDSHAKES; i++) {
                benchmark.handshakeBcTlsCrypto();
            }
            ours = Math.min(ours, middle - start);
            theirs = Math.min(theirs, process.getProcessCpuTime() - middle);
        }
        System.out.printf(
                Locale.ROOT,
                "handshake, both ends: yodel %.2f ms, Bouncy Castle alone %.2f ms of CPU%n",
                ours / 1e6 / HANDSHAKES,
                theirs / 1e6 / HANDSHAKES);
    }

    private static void records(DtlsBenchmark benchmark) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long ours = Long.MAX_VALUE;
        long theirs = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < RECORDS; i++) {
                benchmark.recordYodel();
            }
            long middle = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < RECORDS; i++) {
                benchmark.recordBcTlsCrypto();
            }
            ours = Math.min(ours, middle - start);
            theirs = Math.min(theirs, threads.getCurrentThreadCpuTime() - middle);
        }
        System.out.printf(
                Locale.ROOT,
                "record of 1200 bytes, sealed and opened: yodel %d ns, Bouncy Castle alone %d ns of CPU%n",
                ours / RECORDS,
                theirs / RECORDS);
    }
}
