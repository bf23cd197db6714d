package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.loop.NioEnvironment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many connections for data alone in one JVM, over real sockets: what each costs, and that all of them answer. */
class ManyChannelsTest {
    private static final int PAIRS = 60;
    private static final int ROUNDS = 3;

    /** Two connections; the second sends back what it gets. */
    private static final class Pair {
        final PeerConnection a;
        final PeerConnection b;
        final DataChannel channel;
        final CompletableFuture<Void> open = new CompletableFuture<>();
        final ConcurrentLinkedQueue<String> echoes = new ConcurrentLinkedQueue<>();
        private volatile CountDownLatch latch = new CountDownLatch(0);

        Pair(PeerConnectionFactory factory) {
            a = factory.newPeerConnection();
            b = factory.newPeerConnection();
            a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
            b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
            b.onDataChannel(event ->
                    event.channel().onMessage(message -> event.channel().send(message.text())));
            channel = a.createDataChannel("echo");
            channel.onOpen(() -> open.complete(null));
            channel.onMessage(message -> {
                echoes.add(message.text());
                latch.countDown();
            });
            a.setLocalDescription()
                    .thenCompose(b::setRemoteDescription)
                    .thenCompose(done -> b.setLocalDescription())
                    .thenCompose(a::setRemoteDescription)
                    .exceptionally(error -> {
                        open.completeExceptionally(error);
                        return null;
                    });
        }

        void send(String text, CountDownLatch arrived) {
            latch = arrived;
            channel.send(text);
        }

        void close() {
            a.close();
            b.close();
        }
    }

    private static List<Pair> connect(PeerConnectionFactory factory, int count) throws Exception {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(new Pair(factory));
            if (i >= 8) {
                pairs.get(i - 8).open.get(60, TimeUnit.SECONDS);
            }
        }
        for (Pair pair : pairs) {
            pair.open.get(60, TimeUnit.SECONDS);
        }
        return pairs;
    }

    private static void echo(List<Pair> pairs, int rounds) throws InterruptedException {
        for (int round = 0; round < rounds; round++) {
            CountDownLatch arrived = new CountDownLatch(pairs.size());
            for (int i = 0; i < pairs.size(); i++) {
                pairs.get(i).send(round + " " + i, arrived);
            }
            assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** What handshakes needed goes by itself after a while; what listeners run on are these. */
    private static long laneThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("-lane-"))
                .count();
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void eachOfManyAnswersAndCostsLessThan100KilobytesAndNoThread() throws Exception {
        try (NioEnvironment environment = NioEnvironment.builder().loops(2).start();
                PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().environment(environment).build()) {
            List<Pair> first = connect(factory, 10);
            echo(first, 1);
            long before = usedHeap();
            List<Pair> pairs = connect(factory, PAIRS);
            echo(pairs, ROUNDS);
            for (int i = 0; i < PAIRS; i++) {
                assertThat(pairs.get(i).echoes).containsExactly("0 " + i, "1 " + i, "2 " + i);
            }
            assertThat(laneThreads()).isLessThan(PAIRS / 2);
            assertThat((usedHeap() - before) / (2 * PAIRS))
                    .as("bytes of heap each")
                    .isLessThan(100_000);
            first.forEach(Pair::close);
            pairs.forEach(Pair::close);
        }
    }
}
