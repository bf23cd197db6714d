package dev.yodel.benchmarks;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much of a link does one association fill, beside a model of TCP CUBIC on the same link? Simulated in virtual
 * time: one bottleneck with a queue of one bandwidth-delay product, random loss both ways.
 */
public final class SctpLinks {
    private SctpLinks() {}

    /** A link and the flows on it. */
    static final class Run {
        final ModelLink forth;
        final ModelLink back;
        final List<ModelFlow> flows = new ArrayList<>();
        private long now = Time.SECOND;

        Run(long bitsPerSecond, long roundTripNanos, double loss, long seed) {
            long queue = Math.max(30_000, (long) (bitsPerSecond / 8e9 * roundTripNanos));
            forth = new ModelLink(bitsPerSecond, queue, roundTripNanos / 2, loss, seed);
            back = new ModelLink(bitsPerSecond, queue, roundTripNanos / 2, loss, ~seed);
        }

        /** Goes on for a time. */
        void run(long nanos) {
            long end = now + nanos;
            while (true) {
                long next = Math.min(forth.nextArrival(), back.nextArrival());
                for (ModelFlow flow : flows) {
                    next = Math.min(next, flow.nextTimeout());
                }
                if (next > end) {
                    now = end;
                    return;
                }
                now = Math.max(now, next);
                ModelLink.Packet packet = forth.poll(now);
                if (packet != null) {
                    packet.flow.arrivedForth(packet, now);
                    forth.recycle(packet);
                }
                packet = back.poll(now);
                if (packet != null) {
                    packet.flow.arrivedBack(packet, now);
                    back.recycle(packet);
                }
                for (ModelFlow flow : flows) {
                    if (now >= flow.nextTimeout()) {
                        flow.handleTimeout(now);
                    }
                }
            }
        }
    }

    /** Buffers that the path needs: 64 MiB to receive, 128 MiB to send. */
    static SctpOptions options() {
        return new SctpOptions(5000, 5000, 1188, 64 << 20, 128 << 20, 256 << 10, 256 << 10);
    }

    /** The share of the link that one flow fills, beginning with its handshake: two round trips of ours, one of TCP's. */
    static double share(
            long bits, int roundTripMillis, double loss, int seconds, int firstSeed, int seeds, boolean isTcp) {
        double sum = 0;
        long roundTripNanos = roundTripMillis * Time.MILLISECOND;
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++) {
            Run run = new Run(bits, roundTripNanos, loss, seed);
            ModelFlow flow = isTcp
                    ? new TcpFlow(run.forth, run.back, Time.SECOND + roundTripNanos)
                    : new SctpFlow(run.forth, run.back, options(), seed, Time.SECOND);
            run.flows.add(flow);
            run.run(seconds * Time.SECOND);
            sum += flow.deliveredBytes() * 8.0 / seconds / bits;
        }
        return sum / seeds;
    }

    /**
     * Prints the table.
     *
     * @param args all optional: seconds of virtual time for each share (60), seeds for links with loss (5), the first
     *     of them (1), Mbit/s (100,1000), losses in per cent (0,0.1,1), round trips in milliseconds (10,50,100,200)
     */
    public static void main(String[] args) {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 60;
        int seeds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        int firstSeed = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        String[] rates = (args.length > 3 ? args[3] : "100,1000").split(",", -1);
        String[] losses = (args.length > 4 ? args[4] : "0,0.1,1").split(",", -1);
        String[] roundTrips = (args.length > 5 ? args[5] : "10,50,100,200").split(",", -1);
        System.out.printf(
                "User bytes in %d s, handshake and slow start included, as a share of the link's rate (headers are 7 %% of"
                        + " ours, 3 %% of TCP's); queue of one bandwidth-delay product, receive buffer 64 MiB; with loss the"
                        + " mean of %d seeds from %d on%n",
                seconds, seeds, firstSeed);
        for (String rate : rates) {
            for (String percent : losses) {
                for (String roundTrip : roundTrips) {
                    long bits = Long.parseLong(rate) * 1_000_000;
                    double loss = Double.parseDouble(percent) / 100;
                    int roundTripMillis = Integer.parseInt(roundTrip);
                    int runs = loss == 0 ? 1 : seeds;
                    double ours = share(bits, roundTripMillis, loss, seconds, firstSeed, runs, false);
                    double tcp = share(bits, roundTripMillis, loss, seconds, firstSeed, runs, true);
                    System.out.printf(
                            Locale.ROOT,
                            "%4d Mbit/s %3d ms, loss %.1f %%: yodel %5.2f %%, TCP CUBIC %5.2f %%, ratio %.2f%n",
                            bits / 1_000_000,
                            roundTripMillis,
                            100 * loss,
                            100 * ours,
                            100 * tcp,
                            ours / tcp);
                }
            }
        }
    }
}
