package dev.yodel.benchmarks;

import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.StatsReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What signaling costs: createOffer and setLocalDescription with 1, 10 and 100 transceivers; getStats of many connected
 * connections at once; heap per connection, idle and connected. Arguments: connections (default 100), rounds (default
 * 200).
 */
public final class SignalingCost {
    private static final List<Integer> TRANSCEIVERS = List.of(1, 10, 100);

    private SignalingCost() {}

    /**
     * Runs and prints.
     *
     * @param args connections, rounds
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        int connections = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 200;
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            for (int transceivers : TRANSCEIVERS) {
                offers(factory, transceivers, rounds);
            }
            idle(factory, connections);
            connected(factory, connections, rounds);
        }
    }

    private static void offers(PeerConnectionFactory factory, int transceivers, int rounds) throws Exception {
        double[] create = new double[rounds];
        double[] set = new double[rounds];
        // As many rounds before the measured ones let the JVM compile.
        for (int round = -rounds; round < rounds; round++) {
            try (PeerConnection connection = factory.newPeerConnection()) {
                for (int i = 0; i < transceivers; i++) {
                    connection.addTransceiver(i % 2 == 0 ? MediaKind.AUDIO : MediaKind.VIDEO);
                }
                long start = System.nanoTime();
                var offer = connection.createOffer().get(30, TimeUnit.SECONDS);
                long created = System.nanoTime();
                connection.setLocalDescription(offer).get(30, TimeUnit.SECONDS);
                long end = System.nanoTime();
                if (round >= 0) {
                    create[round] = (created - start) / 1e6;
                    set[round] = (end - created) / 1e6;
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d transceivers: createOffer %.2f ms, setLocalDescription %.2f ms (medians of %d)%n",
                transceivers,
                median(create),
                median(set),
                rounds);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static void idle(PeerConnectionFactory factory, int count) {
        double before = ProcessCost.heapMebibytes();
        List<PeerConnection> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(factory.newPeerConnection());
        }
        double after = ProcessCost.heapMebibytes();
        System.out.printf(Locale.ROOT, "a new connection: %.1f KiB of heap%n", (after - before) * 1024 / count);
        all.forEach(PeerConnection::close);
    }

    private static void connected(PeerConnectionFactory factory, int count, int rounds) throws Exception {
        double before = ProcessCost.heapMebibytes();
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count / 2; i++) {
            Pair pair = new Pair(factory);
            pairs.add(pair);
            pair.connect().get(30, TimeUnit.SECONDS);
        }
        double after = ProcessCost.heapMebibytes();
        System.out.printf(
                Locale.ROOT,
                "a connected connection with audio: %.1f KiB of heap%n",
                (after - before) * 1024 / (2 * pairs.size()));
        double[] millis = new double[rounds];
        int entries = 0;
        for (int round = -rounds; round < rounds; round++) {
            long start = System.nanoTime();
            List<CompletableFuture<StatsReport>> reports = new ArrayList<>();
            for (Pair pair : pairs) {
                reports.add(pair.a.getStats());
                reports.add(pair.b.getStats());
            }
            entries = 0;
            for (CompletableFuture<StatsReport> report : reports) {
                entries += report.get(30, TimeUnit.SECONDS).values().size();
            }
            if (round >= 0) {
                millis[round] = (System.nanoTime() - start) / 1e6;
            }
        }
        System.out.printf(
                Locale.ROOT,
                "getStats of %d connections, %d entries: %.2f ms (median of %d)%n",
                2 * pairs.size(),
                entries,
                median(millis),
                rounds);
        pairs.forEach(Pair::close);
    }
}
