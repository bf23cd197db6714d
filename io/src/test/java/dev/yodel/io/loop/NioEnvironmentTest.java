package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NioEnvironmentTest {
    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static long threadsOf(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name))
                .count();
    }

    /** Open sockets, pipes, selectors and wake-ups; not files, which the JVM opens by itself to load classes. */
    private static List<String> descriptors() throws Exception {
        Path directory = Path.of("/proc/self/fd");
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<String> open = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                try {
                    String target = Files.readSymbolicLink(file).toString();
                    if (!target.startsWith("/")) {
                        open.add(target);
                    }
                } catch (NoSuchFileException closedMeanwhile) {
                    assertThat(file).doesNotExist();
                }
            }
        }
        return open;
    }

    private static void openAndUse(NioEnvironment environment) throws Exception {
        CountDownLatch used = new CountDownLatch(5);
        for (Loop loop : environment.loops()) {
            loop.execute(() -> {
                try {
                    UdpPort port = loop.openUdp(loopback(), datagram -> used.countDown());
                    port.send(new byte[10], 0, 10, port.localAddress());
                    loop.listen(loopback(), stream -> {
                        throw new IllegalStateException();
                    });
                    loop.newTimer(() -> {}).set(loop.now() + 1_000_000_000_000L);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        environment.workers().execute(used::countDown);
        environment.mediaWorkers().execute(used::countDown);
        environment.newLane().execute(used::countDown);
        environment.resolve("127.0.0.1", environment.nextLoop(), addresses -> {});
        assertThat(used.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closeLeavesNoThreadAndNoDescriptor() throws Exception {
        // The first round loads classes and whatever they keep open.
        List<String> before = List.of();
        for (int round = 0; round < 4; round++) {
            NioEnvironment environment =
                    NioEnvironment.builder().loops(2).name("leaves-nothing").start();
            openAndUse(environment);
            assertThat(threadsOf("leaves-nothing")).isGreaterThanOrEqualTo(3);
            environment.close();
            environment.close();
            assertThat(threadsOf("leaves-nothing")).isZero();
            assertThat(environment.poolThreadCount()).isZero();
            if (round == 0) {
                before = descriptors();
            } else {
                assertThat(descriptors()).containsExactlyInAnyOrderElementsOf(before);
            }
            assertThatThrownBy(() -> environment.nextLoop().execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> environment.workers().execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void closeOnALoopALaneOrAWorkerDoesNotWaitForItself() throws Exception {
        for (int where = 0; where < 3; where++) {
            NioEnvironment environment =
                    NioEnvironment.builder().loops(2).name("closed-inside").start();
            BlockingQueue<Long> took = new LinkedBlockingQueue<>();
            Runnable close = () -> {
                long start = System.nanoTime();
                environment.close();
                took.add(System.nanoTime() - start);
            };
            switch (where) {
                case 0 -> environment.nextLoop().execute(close);
                case 1 -> environment.newLane().execute(close);
                default -> environment.workers().execute(close);
            }
            assertThat(took.poll(10, TimeUnit.SECONDS)).isLessThan(1_000_000_000L);
            environment.close();
            awaitNoThreads("closed-inside");
        }
    }

    @Test
    void aFarewellOfSeveralStepsIsStillSaid() throws Exception {
        try (NioEnvironment other =
                NioEnvironment.builder().loops(1).name("hears").start()) {
            BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
            CompletableFuture<UdpPort> bound = new CompletableFuture<>();
            Loop otherLoop = other.nextLoop();
            otherLoop.execute(() -> {
                try {
                    bound.complete(otherLoop.openUdp(loopback(), datagram -> heard.add(datagram.length)));
                } catch (IOException e) {
                    bound.completeExceptionally(e);
                }
            });
            UdpPort target = bound.get(10, TimeUnit.SECONDS);
            NioEnvironment environment =
                    NioEnvironment.builder().loops(1).name("says").start();
            Loop loop = environment.nextLoop();
            CompletableFuture<UdpPort> opened = new CompletableFuture<>();
            loop.execute(() -> {
                try {
                    opened.complete(loop.openUdp(loopback(), datagram -> {}));
                } catch (IOException e) {
                    opened.completeExceptionally(e);
                }
            });
            UdpPort port = opened.get(10, TimeUnit.SECONDS);
            loop.execute(() -> loop.execute(() ->
                    loop.execute(() -> loop.atEndOfTurn(() -> port.send(new byte[77], 0, 77, target.localAddress())))));
            environment.close();
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(77);
        }
    }

    private static void awaitNoThreads(String name) throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(name)) {
                thread.join(10_000);
            }
        }
        assertThat(threadsOf(name)).isZero();
    }

    @Test
    void closeRunsWhatLanesHaveAndInterruptsWhatBlocks() throws Exception {
        NioEnvironment environment =
                NioEnvironment.builder().loops(1).name("blocked").start();
        Lane lane = environment.newLane();
        CountDownLatch started = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch ran = new CountDownLatch(1);
        environment.workers().execute(() -> {
            started.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        lane.execute(started::countDown);
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        Loop loop = environment.nextLoop();
        // The last command of a loop still reaches its lane.
        loop.execute(() -> lane.execute(ran::countDown));
        long start = System.nanoTime();
        environment.close();
        assertThat(System.nanoTime() - start).isLessThan(2_500_000_000L);
        assertThat(ran.getCount()).isZero();
        assertThat(interrupted.getCount()).isZero();
        awaitNoThreads("blocked");
    }

    @Test
    void loopsAreGivenInTurnAndTheEmptierFirst() throws Exception {
        try (NioEnvironment environment =
                NioEnvironment.builder().loops(2).name("turns").start()) {
            List<? extends Loop> loops = environment.loops();
            assertThat(environment.nextLoop()).isSameAs(loops.get(0));
            assertThat(environment.nextLoop()).isSameAs(loops.get(1));
            CompletableFuture<Void> opened = new CompletableFuture<>();
            loops.get(0).execute(() -> {
                try {
                    for (int i = 0; i < 4; i++) {
                        loops.get(0).openUdp(loopback(), datagram -> {});
                    }
                } catch (Exception e) {
                    opened.completeExceptionally(e);
                }
                // The count is published at the end of the turn, so look in the next.
                loops.get(0).execute(() -> opened.complete(null));
            });
            opened.get(10, TimeUnit.SECONDS);
            // One was given to the second loop above; three more and they are level.
            for (int i = 0; i < 3; i++) {
                assertThat(environment.nextLoop()).isSameAs(loops.get(1));
            }
            assertThat(List.of(environment.nextLoop(), environment.nextLoop()))
                    .containsExactlyInAnyOrder(loops.get(0), loops.get(1));
        }
    }

    @Test
    void namesResolveOffTheLoopAndLiteralsPassThoseThatHang() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        AtomicLong skew = new AtomicLong();
        try (NioEnvironment environment = NioEnvironment.builder()
                .loops(1)
                .name("names")
                .clock(() -> System.nanoTime() + skew.get())
                .names(host -> {
                    if (host.equals("good.test")) {
                        return new InetAddress[] {InetAddress.getLoopbackAddress()};
                    }
                    if (host.equals("hangs.test")) {
                        try {
                            hang.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                    throw new UnknownHostException(host);
                })
                .start()) {
            Loop loop = environment.nextLoop();
            BlockingQueue<String> answers = new LinkedBlockingQueue<>();
            for (int i = 0; i < 20; i++) {
                environment.resolve("hangs.test", loop, found -> answers.add("hung " + found + loop.inLoop()));
            }
            environment.resolve("192.0.2.1", loop, found -> answers.add(found.toString() + loop.inLoop()));
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("[/192.0.2.1]true");
            // 5 s later all that hang are answered, and their late answers are ignored.
            skew.addAndGet(NameResolver.DEADLINE_NANOS);
            loop.execute(() -> {});
            for (int i = 0; i < 20; i++) {
                assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("hung []true");
            }
            hang.countDown();
            environment.resolve("good.test", loop, found -> answers.add("good " + found.size()));
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("good 1");
            environment.resolve("bad.test", loop, found -> answers.add("bad " + found.size()));
            assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo("bad 0");
        }
    }

    @Test
    void interfacesAreListedAndChangesAreTold() throws Exception {
        List<NetworkAddress> list = new CopyOnWriteArrayList<>();
        NetworkInterfaces interfaces = new NetworkInterfaces(() -> list);
        try (NioEnvironment environment = NioEnvironment.create()) {
            assertThat(environment.networkAddresses())
                    .anyMatch(address -> address.loopback() && address.prefixLength() > 0)
                    .as("what was there first is preferred")
                    .isSortedAccordingTo(Comparator.comparingInt(NetworkAddress::interfaceIndex));
            Loop loop = environment.nextLoop();
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            assertThat(interfaces.isWatched()).isFalse();
            var watch = interfaces.watch(loop, () -> told.add("changed"));
            interfaces.poll();
            list.addAll(environment.networkAddresses());
            interfaces.poll();
            interfaces.poll();
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("changed");
            assertThat(interfaces.addresses()).isEqualTo(environment.networkAddresses());
            watch.close();
            assertThat(interfaces.isWatched()).isFalse();
            list.clear();
            interfaces.poll();
            CompletableFuture<Void> turn = new CompletableFuture<>();
            loop.execute(() -> turn.complete(null));
            turn.get(10, TimeUnit.SECONDS);
            assertThat(told).isEmpty();
        }
    }

    @Test
    void whatComesAfterAFirstReadThatFailedIsTold() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        NetworkAddress address = new NetworkAddress(
                "eth0", 2, InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 24, false, false, true);
        NetworkInterfaces interfaces = new NetworkInterfaces(() -> {
            if (fails.get()) {
                throw new IOException("an interface vanished");
            }
            return List.of(address);
        });
        try (NioEnvironment environment = NioEnvironment.create()) {
            BlockingQueue<String> told = new LinkedBlockingQueue<>();
            assertThat(interfaces.addresses()).isEmpty();
            var watch = interfaces.watch(environment.nextLoop(), () -> told.add("changed"));
            fails.set(false);
            interfaces.poll();
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("changed");
            assertThat(interfaces.addresses()).containsExactly(address);
            watch.close();
        }
    }
}
