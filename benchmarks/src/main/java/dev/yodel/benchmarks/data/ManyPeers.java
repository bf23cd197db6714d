package dev.yodel.benchmarks.data;

import com.sun.management.OperatingSystemMXBean;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Many connected peers in one JVM, each of which is sent a message once a second and sends it back. Prints threads,
 * heap per connection after a collection, CPU time and the round trips. Arguments: pairs of connections (1,000 unless
 * told otherwise) and seconds (30). To be run with {@code -Xmx512m}.
 */
public final class ManyPeers {
    private static final int AT_A_TIME = 8;
    private static final int MESSAGE_BYTES = 100;

    private final PeerConnectionFactory factory = PeerConnectionFactory.create();
    private final AtomicLong echoes = new AtomicLong();
    private final double[] micros;

    private ManyPeers(int messages) {
        micros = new double[messages];
    }

    /** Two connections with an open channel; the second sends back what it gets. */
    private final class Pair {
        final PeerConnection a = factory.newPeerConnection();
        final PeerConnection b = factory.newPeerConnection();
        final DataChannel channel = a.createDataChannel("echo");
        final CompletableFuture<Void> open = new CompletableFuture<>();
        private volatile long sentAt;

        Pair() {
            a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
            b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
            b.onDataChannel(event ->
                    event.channel().onMessage(message -> event.channel().send(message.bytes())));
            channel.onOpen(() -> open.complete(null));
            channel.onMessage(message -> {
                double took = (System.nanoTime() - sentAt) / 1e3;
                micros[(int) (echoes.getAndIncrement() % micros.length)] = took;
            });
            a.setLocalDescription()
                    .thenCompose(b::setRemoteDescription)
                    .thenCompose(done -> b.setLocalDescription())
                    .thenCompose(a::setRemoteDescription);
        }

        void send() {
            sentAt = System.nanoTime();
            channel.send(new byte[MESSAGE_BYTES]);
        }

        void close() {
            a.close();
            b.close();
        }
    }

    private List<Pair> connect(int count) throws Exception {
        List<Pair> pairs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            pairs.add(new Pair());
            if (i >= AT_A_TIME) {
                pairs.get(i - AT_A_TIME).open.get(20, TimeUnit.SECONDS);
            }
        }
        for (Pair pair : pairs) {
            pair.open.get(20, TimeUnit.SECONDS);
        }
        return pairs;
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(200);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double cpuSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
    }

    /**
     * Runs and prints.
     *
     * @param args see the class
     * @throws Exception if a connection or an echo fails
     */
    public static void main(String[] args) throws Exception {
        int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 30;
        new ManyPeers(pairs * seconds).run(pairs, seconds);
        System.exit(0);
    }

    private void run(int count, int seconds) throws Exception {
        connect(100).forEach(Pair::close);
        Thread.sleep(2000);
        long heapBefore = heap();
        int threadsBefore = Thread.activeCount();
        long start = System.nanoTime();
        List<Pair> pairs = connect(count);
        double connecting = (System.nanoTime() - start) / 1e9;
        Thread.sleep(6000);
        long perConnection = (heap() - heapBefore) / (2L * count);
        System.out.printf(
                Locale.ROOT,
                "%d connections in %.1f s; %d threads (%d before); %d bytes of heap for each%n",
                2 * count,
                connecting,
                Thread.activeCount(),
                threadsBefore,
                perConnection);
        double cpu = cpuSeconds();
        Thread.sleep(5000);
        System.out.printf(Locale.ROOT, "idle: %.3f CPU seconds a second%n", (cpuSeconds() - cpu) / 5);
        cpu = cpuSeconds();
        start = System.nanoTime();
        for (long i = 0; i < (long) count * seconds; i++) {
            LockSupport.parkNanos(start + i * 1_000_000_000L / count - System.nanoTime());
            pairs.get((int) (i % count)).send();
        }
        double took = (System.nanoTime() - start) / 1e9;
        cpu = cpuSeconds() - cpu;
        Thread.sleep(1000);
        Arrays.sort(micros);
        System.out.printf(
                Locale.ROOT,
                "%d of %d echoes in %.1f s; round trip p50 %.0f us, p99 %.0f us; %.3f CPU seconds a second%n",
                echoes.get(),
                (long) count * seconds,
                took,
                micros[micros.length / 2],
                micros[micros.length * 99 / 100],
                cpu / took);
        if (echoes.get() != (long) count * seconds) {
            throw new IllegalStateException("echoes are missing");
        }
        pairs.forEach(Pair::close);
        factory.close();
    }
}
