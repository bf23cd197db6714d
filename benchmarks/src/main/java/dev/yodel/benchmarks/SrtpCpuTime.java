package dev.yodel.benchmarks;

import dev.yodel.srtp.SrtpProfile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.security.GeneralSecurityException;
import java.util.Locale;

/**
 * {@link SrtpBenchmark} by CPU time instead of wall time, in alternating blocks, the best of each: for machines that are
 * busy with other work, where JMH's figures are not worth reading.
 */
public final class SrtpCpuTime {
    private static final int ROUNDS = 40;
    private static final int BLOCK = 20_000;

    private SrtpCpuTime() {}

    /**
     * Prints nanoseconds of CPU for one packet protected and unprotected.
     *
     * @param args none
     * @throws GeneralSecurityException never
     */
    public static void main(String[] args) throws GeneralSecurityException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        for (SrtpProfile profile : SrtpProfile.values()) {
            for (int payload : new int[] {160, 1100}) {
                SrtpBenchmark ours = prepared(profile, payload);
                SrtpBenchmark theirs = prepared(profile, payload);
                long best = Long.MAX_VALUE;
                long theirBest = Long.MAX_VALUE;
                for (int round = 0; round < ROUNDS; round++) {
                    long start = threads.getCurrentThreadCpuTime();
                    for (int i = 0; i < BLOCK; i++) {
                        ours.yodel();
                    }
                    long middle = threads.getCurrentThreadCpuTime();
                    for (int i = 0; i < BLOCK; i++) {
                        theirs.jitsi();
                    }
                    best = Math.min(best, middle - start);
                    theirBest = Math.min(theirBest, threads.getCurrentThreadCpuTime() - middle);
                }
                System.out.printf(
                        Locale.ROOT,
                        "%-24s %4d B: yodel %5d ns, jitsi-srtp %5d ns, ratio %.2f%n",
                        profile,
                        payload,
                        best / BLOCK,
                        theirBest / BLOCK,
                        (double) theirBest / best);
            }
        }
    }

    private static SrtpBenchmark prepared(SrtpProfile profile, int payload) {
        SrtpBenchmark benchmark = new SrtpBenchmark();
        benchmark.profile = profile;
        benchmark.payload = payload;
        benchmark.prepare();
        return benchmark;
    }
}
