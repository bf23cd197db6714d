package dev.yodel.benchmarks;

import java.io.IOException;

/** Runs the JMH benchmarks of this jar; takes JMH's own options, for example {@code SrtpBenchmark -f 1 -prof gc}. */
public final class Run {
    private Run() {}

    /**
     * Starts JMH.
     *
     * @param args JMH's options
     * @throws IOException if JMH cannot write its result
     */
    public static void main(String[] args) throws IOException {
        org.openjdk.jmh.Main.main(args);
    }
}
