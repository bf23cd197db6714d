package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Datagram;
import dev.yodel.io.Diagnostics;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventLoopTest {
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final BlockingQueue<String> slowTurns = new LinkedBlockingQueue<>();
    private final AtomicLong skew = new AtomicLong();
    private NioEnvironment environment;
    private Loop loop;

    @BeforeEach
    void start() {
        environment = NioEnvironment.builder()
                .loops(1)
                .clock(() -> System.nanoTime() + skew.get())
                .diagnostics(new Diagnostics() {
                    @Override
                    public void onError(String where, Throwable error) {
                        errors.add(where + ": " + error.getMessage());
                    }

                    @Override
                    public void onSlowTurn(String name, String stage, long turnNanos) {
                        slowTurns.add(stage);
                    }
                })
                .start();
        loop = environment.loops().get(0);
    }

    @AfterEach
    void stop() {
        environment.close();
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        return LoopCalls.on(loop, work);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void datagramsTravelBothWaysWithAddressesAndTailRoom() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        UdpPort[] ports = new UdpPort[2];
        onLoop(() -> {
            ports[0] = loop.openUdp(loopback(0), datagram -> {
                assertThat(datagram.data.length - datagram.offset - datagram.length)
                        .isGreaterThanOrEqualTo(64);
                ports[0].send(datagram.data, datagram.offset, datagram.length, datagram.remote);
            });
            ports[1] = loop.openUdp(
                    loopback(0), datagram -> got.add(datagram.length + " from " + datagram.remote.getPort()));
            return ports[1].send(new byte[1200], 0, 1200, ports[0].localAddress());
        });
        assertThat(got.poll(10, TimeUnit.SECONDS))
                .isEqualTo("1200 from " + ports[0].localAddress().getPort());
        assertThat(errors).isEmpty();
    }

    /** How many of 500 datagrams that wait are read before the commands of the same turn run. */
    private int readInOneTurn(int connections) throws Exception {
        int count = 500;
        int[] read = new int[1];
        UdpPort port = onLoop(() -> loop.openUdp(loopback(0), datagram -> read[0]++));
        CompletableFuture<Integer> atCommand = new CompletableFuture<>();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch allSent = new CountDownLatch(1);
        loop.execute(() -> {
            port.serves(connections);
            busy.countDown();
            loop.execute(() -> atCommand.complete(read[0]));
            try {
                allSent.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
        try (DatagramSocket sender = new DatagramSocket(loopback(0))) {
            for (int i = 0; i < count; i++) {
                sender.send(new DatagramPacket(new byte[100], 100, port.localAddress()));
            }
        }
        allSent.countDown();
        return atCommand.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aSocketOfManyConnectionsReadsMoreInATurn() throws Exception {
        assertThat(readInOneTurn(1)).isEqualTo(UdpSocket.MOST_PER_TURN);
        assertThat(readInOneTurn(4)).isEqualTo(4 * UdpSocket.MOST_PER_TURN);
        assertThat(readInOneTurn(1000)).isEqualTo(500);
    }

    @Test
    void everyDatagramOfATurnStaysReadableUntilTheDrain() throws Exception {
        int count = 200;
        CompletableFuture<List<Integer>> drained = new CompletableFuture<>();
        List<Datagram> turn = new ArrayList<>();
        List<Integer> all = new ArrayList<>();
        UdpPort receiver = onLoop(() -> loop.openUdp(loopback(0), datagram -> {
            turn.add(datagram);
            loop.atEndOfTurn(drain(turn, all, count, drained));
        }));
        UdpPort sender = onLoop(() -> loop.openUdp(loopback(0), datagram -> {}));
        onLoop(() -> {
            for (int i = 0; i < count; i++) {
                byte[] bytes = new byte[1 + i];
                bytes[0] = (byte) i;
                assertThat(sender.send(bytes, 0, bytes.length, receiver.localAddress()))
                        .isEqualTo(SendResult.SENT);
            }
            return 0;
        });
        List<Integer> result = drained.get(10, TimeUnit.SECONDS);
        for (int i = 0; i < count; i++) {
            assertThat(result.get(i)).isEqualTo(i);
        }
    }

    private Runnable lastDrain = () -> {};

    private Runnable drain(List<Datagram> turn, List<Integer> all, int count, CompletableFuture<List<Integer>> done) {
        if (turn.size() == 1) {
            lastDrain = () -> {
                assertThat(turn.size()).isLessThanOrEqualTo(UdpSocket.MOST_PER_TURN);
                for (Datagram each : turn) {
                    assertThat(each.length).isEqualTo(1 + (each.data[each.offset] & 0xff));
                    all.add(each.data[each.offset] & 0xff);
                }
                turn.clear();
                if (all.size() == count) {
                    done.complete(all);
                }
            };
        }
        return lastDrain;
    }

    @Test
    void commandsRunInOrderAndNeverInsideExecute() throws Exception {
        List<String> order = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            order.add("a");
            loop.execute(() -> {
                order.add("c");
                done.complete(null);
            });
            order.add("b");
        });
        done.get(10, TimeUnit.SECONDS);
        assertThat(order).containsExactly("a", "b", "c");
    }

    @Test
    void drainRunsOnceATurnAfterTimersAndCommands() throws Exception {
        List<String> order = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runnable drain = () -> {
            order.add("drain");
            done.complete(null);
        };
        loop.execute(() -> {
            loop.atEndOfTurn(drain);
            loop.atEndOfTurn(drain);
            LoopTimer timer = loop.newTimer(() -> order.add("timer"));
            timer.set(loop.now());
            order.add("command");
        });
        done.get(10, TimeUnit.SECONDS);
        onLoop(() -> 0);
        assertThat(order).containsExactly("command", "timer", "drain");
    }

    @Test
    void timersFireInOrderOfDeadlineAndNeverEarly() throws Exception {
        List<String> order = new ArrayList<>();
        CompletableFuture<Long> done = new CompletableFuture<>();
        long start = onLoop(() -> {
            long now = loop.now();
            LoopTimer second = loop.newTimer(() -> order.add("second"));
            LoopTimer first = loop.newTimer(() -> order.add("first"));
            LoopTimer never = loop.newTimer(() -> order.add("never"));
            LoopTimer last = loop.newTimer(() -> done.complete(loop.now()));
            second.set(now + 2 * Time.MILLISECOND);
            first.set(now + 20 * Time.MILLISECOND);
            first.set(now + Time.MILLISECOND);
            never.set(now + Time.MILLISECOND);
            never.set(Time.NEVER);
            last.set(now + 30 * Time.MILLISECOND + 1);
            return now;
        });
        assertThat(done.get(10, TimeUnit.SECONDS) - start).isGreaterThan(30 * Time.MILLISECOND);
        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void whatAStepThrowsIsReportedAndHarmsNothingElse() throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        loop.execute(() -> {
            throw new IllegalStateException("command");
        });
        onLoop(() -> {
            LoopTimer timer = loop.newTimer(() -> {
                throw new StackOverflowError("timer");
            });
            timer.set(loop.now());
            loop.atEndOfTurn(() -> {
                throw new AssertionError("drain");
            });
            return 0;
        });
        String closed = onLoop(() -> {
            UdpPort bad = loop.openUdp(loopback(0), new UdpPort.Handler() {
                @Override
                public void onDatagram(Datagram datagram) {
                    throw new IllegalArgumentException("handler");
                }

                @Override
                public void onClosed(String text) {
                    got.add(text);
                }
            });
            return bad.send(new byte[1], 0, 1, bad.localAddress()).toString();
        });
        assertThat(closed).isEqualTo("SENT");
        assertThat(got.poll(10, TimeUnit.SECONDS)).contains("its handler failed");
        assertThat(onLoop(() -> "alive")).isEqualTo("alive");
        assertThat(errors).hasSize(4);
        assertThat(String.join(" ", errors)).contains("command", "timer", "drain", "handler");
    }

    @Test
    void watchdogNamesTheSlowStep() throws Exception {
        loop.execute(new Runnable() {
            @Override
            public void run() {
                skew.addAndGet(80 * Time.MILLISECOND);
            }

            @Override
            public String toString() {
                return "sleepy";
            }
        });
        assertThat(slowTurns.poll(10, TimeUnit.SECONDS))
                .contains("command sleepy took 8")
                .contains(" ms");
    }

    @Test
    void loopMethodsRefuseOtherThreads() {
        assertThatThrownBy(() -> loop.newTimer(() -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("loop.execute");
    }
}
