package dev.yodel.benchmarks;

import dev.yodel.media.EncodedFrame;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Many calls of already encoded Opus (80 bytes each 20 ms, both ways) in one JVM: packets lost, CPU, threads, heap.
 * Arguments: calls (default 100), seconds (default 30).
 */
public final class ManyCalls {
    private static final long FRAME_NANOS = 20_000_000L;

    private ManyCalls() {}

    /**
     * Runs and prints.
     *
     * @param args calls, seconds
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        int calls = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 30;
        try (PeerConnectionFactory factory = PeerConnectionFactory.create()) {
            List<Pair> pairs = new ArrayList<>();
            List<CompletableFuture<Void>> connected = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < calls; i++) {
                Pair pair = new Pair(factory);
                pair.count();
                pairs.add(pair);
                connected.add(pair.connect());
            }
            CompletableFuture.allOf(connected.toArray(new CompletableFuture<?>[0]))
                    .get(60, TimeUnit.SECONDS);
            System.out.printf(Locale.ROOT, "%d calls connected in %.0f ms%n", calls, (System.nanoTime() - start) / 1e6);
            ProcessCost cost = new ProcessCost();
            long sent = talk(pairs, seconds * 50);
            // Everything that was sent has arrived when the counts stand still.
            long heard = settle(pairs, sent);
            System.out.printf(
                    Locale.ROOT,
                    "%d calls, %d packets sent, %d lost; CPU %s; threads %s; heap %.1f MiB%n",
                    calls,
                    sent,
                    sent - heard,
                    cost.cpu(),
                    ProcessCost.threads(),
                    ProcessCost.heapMebibytes());
            pairs.forEach(Pair::close);
        }
    }

    private static long talk(List<Pair> pairs, int frames) throws InterruptedException {
        byte[] payload = new byte[80];
        payload[0] = (byte) 0xf8;
        long next = System.nanoTime();
        for (int i = 0; i < frames; i++) {
            for (Pair pair : pairs) {
                pair.voiceA.write(EncodedFrame.ofDuration(payload, FRAME_NANOS));
                pair.voiceB.write(EncodedFrame.ofDuration(payload, FRAME_NANOS));
            }
            next += FRAME_NANOS;
            long wait = next - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
        }
        return 2L * frames * pairs.size();
    }

    private static long settle(List<Pair> pairs, long expected) throws InterruptedException {
        long before = -1;
        long heard = heard(pairs);
        while (heard != expected && heard != before) {
            before = heard;
            TimeUnit.MILLISECONDS.sleep(100);
            heard = heard(pairs);
        }
        return heard;
    }

    private static long heard(List<Pair> pairs) {
        long sum = 0;
        for (Pair pair : pairs) {
            sum += pair.heardByA.get() + pair.heardByB.get();
        }
        return sum;
    }
}
