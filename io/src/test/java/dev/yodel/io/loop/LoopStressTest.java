package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopStressTest {
    private final AtomicInteger errors = new AtomicInteger();
    private final NioEnvironment environment = NioEnvironment.builder()
            .loops(2)
            .name("stress")
            .diagnostics((where, error) -> errors.incrementAndGet())
            .start();

    @AfterEach
    void stop() {
        environment.close();
    }

    @Test
    void commandsOfManyThreadsKeepTheOrderOfEach() throws Exception {
        Loop loop = environment.loops().get(0);
        int producers = 4;
        long each = 10_000;
        List<int[]> ran = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    loop.execute(() -> ran.add(new int[] {producer, number}));
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> done.complete(null));
        done.get(20, TimeUnit.SECONDS);
        assertThat((long) ran.size()).isEqualTo(producers * each);
        int[] next = new int[producers];
        for (int[] entry : ran) {
            assertThat(entry[1]).isEqualTo(next[entry[0]]++);
        }
        // Bursts share their wake-ups.
        assertThat(environment.loopStats().get(0).turns()).isLessThan(producers * each);
    }

    /** Opens and closes sockets from their own handlers, timers and drains; nothing stays, nothing is reported. */
    @Test
    void aThousandSocketsComeAndGo() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Loop loop = environment.loops().get(1);
        AtomicInteger left = new AtomicInteger(1_000);
        loop.execute(() -> {
            for (int i = 0; i < 20; i++) {
                openOne(loop, left, done);
            }
        });
        done.get(25, TimeUnit.SECONDS);
        CompletableFuture<Void> turn = new CompletableFuture<>();
        loop.execute(() -> loop.execute(() -> turn.complete(null)));
        turn.get(10, TimeUnit.SECONDS);
        assertThat(errors).hasValue(0);
        LoopStats stats = environment.loopStats().get(1);
        assertThat(stats.openPorts()).isZero();
        assertThat(stats.openTimers()).isZero();
    }

    private static void openOne(Loop loop, AtomicInteger left, CompletableFuture<Void> done) {
        UdpPort[] port = new UdpPort[1];
        LoopTimer[] timer = new LoopTimer[1];
        Runnable drain = () -> {
            port[0].close();
            timer[0].close();
            int remaining = left.decrementAndGet();
            if (remaining >= 20) {
                openOne(loop, left, done);
            } else if (remaining == 0) {
                done.complete(null);
            }
        };
        try {
            port[0] = loop.openUdp(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), datagram -> loop.atEndOfTurn(drain));
            timer[0] = loop.newTimer(() -> port[0].send(new byte[20], 0, 20, port[0].localAddress()));
            timer[0].set(loop.now());
        } catch (IOException e) {
            done.completeExceptionally(e);
        }
    }
}
