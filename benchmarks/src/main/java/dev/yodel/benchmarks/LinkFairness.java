package dev.yodel.benchmarks;

import dev.yodel.io.Time;
import java.util.Arrays;
import java.util.Locale;

/**
 * How do several associations share a link, beside as many of a model of TCP CUBIC on the same link, and one of ours with
 * one of those? Simulated in virtual time: one bottleneck with a queue of one bandwidth-delay product.
 */
public final class LinkFairness {
    private static final int WINDOW_SECONDS = 10;
    private static final double GOOD = 0.9;

    private LinkFairness() {}

    /**
     * What flows got in windows of ten seconds, the first of which begins when the last flow does.
     *
     * @param kinds Y for ours and T for TCP, a letter for each flow
     * @param gapNanos how much later than the one before each flow begins
     */
    static double[][] bytes(long bits, int roundTripMillis, String kinds, long gapNanos, int windows, long seed) {
        SctpLinks.Run run = new SctpLinks.Run(bits, roundTripMillis * Time.MILLISECOND, 0, seed);
        int count = kinds.length();
        for (int i = 0; i < count; i++) {
            long start = Time.SECOND + i * gapNanos;
            run.flows.add(
                    kinds.charAt(i) == 'T'
                            ? new TcpFlow(run.forth, run.back, start)
                            : new SctpFlow(run.forth, run.back, SctpLinks.options(), 100 * seed + 10L * i, start));
        }
        run.run((count - 1) * gapNanos);
        double[][] bytes = new double[windows][count];
        for (double[] window : bytes) {
            for (int i = 0; i < count; i++) {
                window[i] = -run.flows.get(i).deliveredBytes();
            }
            run.run(WINDOW_SECONDS * Time.SECOND);
            for (int i = 0; i < count; i++) {
                window[i] += run.flows.get(i).deliveredBytes();
            }
        }
        return bytes;
    }

    /** Windows taken together. */
    static double[] sum(double[][] bytes, int from, int to) {
        double[] sum = new double[bytes[0].length];
        for (double[] window : Arrays.copyOfRange(bytes, from, to)) {
            Arrays.setAll(sum, i -> sum[i] + window[i]);
        }
        return sum;
    }

    /** Jain's index: 1 if all are alike, 1/n if one has all. */
    static double jain(double[] shares) {
        double sum = 0;
        double squares = 0;
        for (double share : shares) {
            sum += share;
            squares += share * share;
        }
        return sum * sum / (shares.length * squares);
    }

    private static void print(
            long bits, int roundTripMillis, String kinds, long gapNanos, int minutes, int seeds, int firstSeed) {
        int windows = 6 * minutes;
        double[] index = new double[minutes];
        double[] tcp = new double[minutes];
        double[] used = new double[minutes];
        double[] byWindow = new double[windows];
        double[] worst = new double[minutes];
        Arrays.fill(worst, 1);
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++) {
            double[][] bytes = bytes(bits, roundTripMillis, kinds, gapNanos, windows, seed);
            for (int window = 0; window < windows; window++) {
                byWindow[window] += jain(bytes[window]) / seeds;
            }
            for (int minute = 0; minute < minutes; minute++) {
                double[] sum = sum(bytes, 6 * minute, 6 * minute + 6);
                double total = Arrays.stream(sum).sum();
                double ofMinute = jain(sum);
                worst[minute] = Math.min(worst[minute], ofMinute);
                index[minute] += ofMinute / seeds;
                used[minute] += total * 8 / 60 / bits / seeds;
                tcp[minute] += sum[kinds.indexOf('T') < 0 ? 0 : kinds.indexOf('T')] / total / seeds;
            }
        }
        int good = windows;
        while (good > 0 && byWindow[good - 1] >= GOOD) {
            good--;
        }
        StringBuilder text = new StringBuilder();
        for (int minute = 0; minute < minutes; minute++) {
            text.append(String.format(Locale.ROOT, " %.2f (worst %.2f)", index[minute], worst[minute]));
            if (kinds.indexOf('T') >= 0 && kinds.indexOf('Y') >= 0) {
                text.append(String.format(Locale.ROOT, " (TCP has %.0f %%)", 100 * tcp[minute]));
            }
            text.append(String.format(Locale.ROOT, " of %.0f %%;", 100 * used[minute]));
        }
        System.out.printf(
                Locale.ROOT,
                "%4d Mbit/s %3d ms %-4s %4.1f s apart: Jain by minute%s by ten seconds %.1f or more from second %s on%n",
                bits / 1_000_000,
                roundTripMillis,
                kinds,
                gapNanos / 1e9,
                text,
                GOOD,
                good == windows ? "-" : Integer.toString(good * WINDOW_SECONDS));
    }

    /**
     * Prints the table.
     *
     * @param args all optional: minutes of virtual time for each row (2), seeds (3), Mbit/s (100), kinds
     *     (YY,TT,YYYY,TTTT,YT,TY), seconds between the beginnings (0,1), the first seed (1), round trips in milliseconds
     *     (10,50,100,200)
     */
    public static void main(String[] args) {
        int minutes = args.length > 0 ? Integer.parseInt(args[0]) : 2;
        int seeds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        long bits = 1_000_000L * (args.length > 2 ? Integer.parseInt(args[2]) : 100);
        String[] kinds = (args.length > 3 ? args[3] : "YY,TT,YYYY,TTTT,YT,TY").split(",", -1);
        String[] gaps = (args.length > 4 ? args[4] : "0,1").split(",", -1);
        int firstSeed = args.length > 5 ? Integer.parseInt(args[5]) : 1;
        String[] roundTrips = (args.length > 6 ? args[6] : "10,50,100,200").split(",", -1);
        System.out.printf(
                "Flows on one link with a queue of one bandwidth-delay product, Y ours, T TCP CUBIC; mean of %d seeds from %d"
                        + " on; the first minute begins with the last flow; %% of the link's rate that all got%n",
                seeds, firstSeed);
        for (String gap : gaps) {
            for (String kind : kinds) {
                for (String roundTrip : roundTrips) {
                    long gapNanos = (long) (Double.parseDouble(gap) * Time.SECOND);
                    print(bits, Integer.parseInt(roundTrip), kind, gapNanos, minutes, seeds, firstSeed);
                }
            }
        }
    }
}
