package dev.yodel.benchmarks;

import dev.yodel.srtp.SrtpProfile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@link SrtpBenchmark} by CPU time instead of wall time, in alternating blocks, the best of each: for machines that are
 * busy with other work, where JMH's figures are not worth reading. Beside jitsi-srtp stands libsrtp, if there are a C
 * compiler and its header (Debian: libsrtp2-dev), and what a packet costs in garbage.
 */
public final class SrtpCpuTime {
    private static final int ROUNDS = 40;
    private static final int BLOCK = 20_000;

    private final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SrtpCpuTime() {}

    /**
     * Prints nanoseconds of CPU for one packet protected and unprotected.
     *
     * @param args none
     * @throws GeneralSecurityException never
     * @throws IOException if the C program cannot be run
     * @throws InterruptedException if the compiler is interrupted
     */
    public static void main(String[] args) throws GeneralSecurityException, IOException, InterruptedException {
        Path libsrtp = Libsrtp.compile();
        for (SrtpProfile profile : SrtpProfile.values()) {
            for (int payload : new int[] {160, 1100}) {
                new SrtpCpuTime().compare(profile, payload, libsrtp);
            }
        }
    }

    private void compare(SrtpProfile profile, int payload, @Nullable Path program)
            throws GeneralSecurityException, IOException {
        SrtpBenchmark ours = prepared(profile, payload);
        SrtpBenchmark theirs = prepared(profile, payload);
        Libsrtp libsrtp = program == null ? null : Libsrtp.start(program, profile, payload, BLOCK);
        long best = Long.MAX_VALUE;
        long jitsi = Long.MAX_VALUE;
        long c = Long.MAX_VALUE;
        long garbage = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long bytes = threads.getCurrentThreadAllocatedBytes();
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < BLOCK; i++) {
                ours.yodel();
            }
            long middle = threads.getCurrentThreadCpuTime();
            garbage = Math.min(garbage, threads.getCurrentThreadAllocatedBytes() - bytes);
            best = Math.min(best, middle - start);
            for (int i = 0; i < BLOCK; i++) {
                theirs.jitsi();
            }
            jitsi = Math.min(jitsi, threads.getCurrentThreadCpuTime() - middle);
            if (libsrtp != null) {
                c = Math.min(c, libsrtp.nanosPerPacket());
            }
        }
        if (libsrtp != null) {
            libsrtp.close();
        }
        // Protecting and unprotecting are two packets' work.
        System.out.printf(
                Locale.ROOT,
                "%-24s %4d B: yodel %5d ns, jitsi-srtp %5d ns, %.2fx; %s; garbage %d B a packet each way%n",
                profile,
                payload,
                best / BLOCK,
                jitsi / BLOCK,
                (double) jitsi / best,
                libsrtp == null
                        ? "libsrtp not measured"
                        : String.format(Locale.ROOT, "libsrtp %5d ns, %.2fx", c, (double) c * BLOCK / best),
                garbage / BLOCK / 2);
    }

    private static SrtpBenchmark prepared(SrtpProfile profile, int payload) {
        SrtpBenchmark benchmark = new SrtpBenchmark();
        benchmark.profile = profile;
        benchmark.payload = payload;
        benchmark.prepare();
        return benchmark;
    }
}
