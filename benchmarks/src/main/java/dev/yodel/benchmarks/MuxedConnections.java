package dev.yodel.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Many connections with an open data channel whose one end shares a UDP port: all connected, threads, heap per connection
 * after a collection, CPU of idle seconds. Both ends live in this JVM, to be run with {@code -Xmx512m}. Arguments:
 * connections on the port (1,000) and idle seconds (60).
 */
public final class MuxedConnections {
    private static final int AT_A_TIME = 8;
    private static final int PORT = 40_404;

    private MuxedConnections() {}

    /** A client's connection and the server's, which is on the shared port. */
    private static final class Pair {
        final PeerConnection client;
        final PeerConnection server;
        final CompletableFuture<Void> open = new CompletableFuture<>();

        Pair(PeerConnectionFactory clients, PeerConnectionFactory servers) {
            client = clients.newPeerConnection();
            server = servers.newPeerConnection();
            client.onIceCandidate(event -> server.addIceCandidate(event.candidate()));
            server.onIceCandidate(event -> client.addIceCandidate(event.candidate()));
            DataChannel channel = client.createDataChannel("idle");
            channel.onOpen(() -> open.complete(null));
            client.setLocalDescription()
                    .thenCompose(server::setRemoteDescription)
                    .thenCompose(done -> server.setLocalDescription())
                    .thenCompose(client::setRemoteDescription);
        }
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
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
        Settings muxed = Settings.builder().loops(1).udpMux(PORT, 1).build();
        try (PeerConnectionFactory servers =
                        PeerConnectionFactory.builder().settings(muxed).build();
                PeerConnectionFactory clients = PeerConnectionFactory.builder()
                        .settings(Settings.builder().loops(1).build())
                        .build()) {
            Pair warm = new Pair(clients, servers);
            warm.open.get(60, TimeUnit.SECONDS);
            long before = heap();
            int threads = Thread.activeCount();
            long start = System.nanoTime();
            List<Pair> pairs = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                pairs.add(new Pair(clients, servers));
                if (i >= AT_A_TIME) {
                    pairs.get(i - AT_A_TIME).open.get(60, TimeUnit.SECONDS);
                }
            }
            for (Pair pair : pairs) {
                pair.open.get(60, TimeUnit.SECONDS);
            }
            double took = (System.nanoTime() - start) / 1e9;
            Thread.sleep(6000);
            System.out.printf(
                    Locale.ROOT,
                    "%d connections on one UDP port in %.1f s; %d threads (%d before); %d bytes of heap for each end%n",
                    count,
                    took,
                    Thread.activeCount(),
                    threads,
                    (heap() - before) / (2L * count));
            double cpu = cpuSeconds();
            Thread.sleep(1000L * seconds);
            System.out.printf(
                    Locale.ROOT, "idle for %d s: %.2f CPU seconds for both ends of all%n", seconds, cpuSeconds() - cpu);
            int lost = 0;
            for (Pair pair : pairs) {
                if (!pair.client.connectionState().toString().equals("connected")
                        || !pair.server.connectionState().toString().equals("connected")) {
                    lost++;
                    if (lost < 8) {
                        System.out.println("not connected any more: " + pair.client + " "
                                + pair.client.iceConnectionState() + ", " + pair.server + " "
                                + pair.server.iceConnectionState());
                        System.out.println(pair.client
                                .connected()
                                .handle((done, error) -> String.valueOf(error))
                                .join());
                        System.out.println(pair.server
                                .connected()
                                .handle((done, error) -> String.valueOf(error))
                                .join());
                    }
                }
            }
            if (lost > 0) {
                throw new IllegalStateException(lost + " were lost");
            }
        }
        System.exit(0);
    }
}
