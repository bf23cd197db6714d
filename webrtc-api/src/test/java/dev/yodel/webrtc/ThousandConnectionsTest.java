package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Loop;
import dev.yodel.io.loop.LoopStats;
import dev.yodel.io.loop.NioEnvironment;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections over real sockets with real handshakes, opened and closed in batches, leave nothing behind. */
class ThousandConnectionsTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static long descriptors() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.count();
        }
    }

    private static long directBytes() {
        System.gc();
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("yodel"))
                .toList();
    }

    private static CompletableFuture<Void> connect(PeerConnection a, PeerConnection b) {
        a.addTrack(EncodedTrack.opus("a"));
        b.addTrack(EncodedTrack.opus("b"));
        a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
        b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
        CompletableFuture<Void> connected = CompletableFuture.allOf(a.connected(), b.connected());
        a.setLocalDescription()
                .thenCompose(b::setRemoteDescription)
                .thenCompose(done -> b.setLocalDescription())
                .thenCompose(a::setRemoteDescription)
                .exceptionally(error -> {
                    connected.completeExceptionally(error);
                    return null;
                });
        return connected;
    }

    private static void batch(PeerConnectionFactory factory, int pairs) throws Exception {
        List<PeerConnection> open = new ArrayList<>();
        List<CompletableFuture<Void>> connected = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            PeerConnection a = factory.newPeerConnection();
            PeerConnection b = factory.newPeerConnection();
            open.add(a);
            open.add(b);
            connected.add(connect(a, b));
        }
        CompletableFuture.allOf(connected.toArray(new CompletableFuture<?>[0])).get(60, TimeUnit.SECONDS);
        open.forEach(PeerConnection::close);
    }

    /** One command through each loop: a loop counts at the end of a turn what it holds. */
    private static void turn(NioEnvironment environment) throws Exception {
        for (Loop loop : environment.loops()) {
            CompletableFuture<Void> ran = new CompletableFuture<>();
            loop.execute(() -> ran.complete(null));
            ran.get(10, TimeUnit.SECONDS);
        }
    }

    private static void awaitHeld(NioEnvironment environment, String expected) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!held(environment).equals(expected) && System.nanoTime() < deadline) {
            turn(environment);
        }
        assertThat(held(environment)).isEqualTo(expected);
    }

    private static String held(NioEnvironment environment) {
        StringBuilder text = new StringBuilder();
        for (LoopStats stats : environment.loopStats()) {
            text.append(stats.openTimers())
                    .append(" timers, ")
                    .append(stats.openPorts())
                    .append(" ports; ");
        }
        return text.toString();
    }

    private static void openAndClose(int connections) throws Exception {
        try (NioEnvironment environment = NioEnvironment.builder().loops(2).start();
                PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().environment(environment).build()) {
            for (int opened = 0; opened < connections; opened += 20) {
                batch(factory, Math.min(20, connections - opened) / 2);
            }
            awaitHeld(environment, "0 timers, 0 ports; 0 timers, 0 ports; ");
        }
    }

    private static void sweep(int connections) throws Exception {
        openAndClose(20);
        long descriptors = descriptors();
        long direct = directBytes();
        List<String> threads = threads();
        long begun = System.nanoTime();
        openAndClose(connections);
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%d connections in %.1f s; descriptors %d to %d, direct memory %d to %d bytes, threads %d to %d%n",
                connections,
                seconds,
                descriptors,
                descriptors(),
                direct,
                directBytes(),
                threads.size(),
                threads().size());
        assertThat(threads()).as("threads").hasSameSizeAs(threads);
        assertThat(descriptors()).as("file descriptors").isLessThanOrEqualTo(descriptors);
        assertThat(directBytes()).as("direct memory").isLessThanOrEqualTo(direct + 1024 * 1024);
    }

    @Test
    void connectionsLeaveNothing() throws Exception {
        sweep(60);
    }

    @Test
    @Tag("long")
    void aThousandConnectionsLeaveNothing() throws Exception {
        sweep(1000);
    }
}
