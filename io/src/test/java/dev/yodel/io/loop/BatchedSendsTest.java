package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sends in batches over real sockets: the same datagrams in the same order, and nothing that is missed where they are
 * not to be had.
 */
@Timeout(30)
final class BatchedSendsTest {
    private static <T> T on(EventLoop loop, Callable<T> task) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                done.complete(task.call());
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        return done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static byte[] datagram(int number, int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) number);
        return data;
    }

    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "aarch64"})
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void everyDatagramArrivesWholeAndInOrder(String host) throws IOException {
        InetAddress here = InetAddress.getByName(host);
        int[] lengths = {1_100, 1_100, 1_100, 1_100, 1_100, 1_100, 1_100, 900, 100, 1_200, 1_200, 20, 1_450, 3_000};
        try (NioEnvironment environment =
                        NioEnvironment.builder().loops(1).batchedSends(true).start();
                DatagramSocket one = new DatagramSocket(0, here);
                DatagramSocket two = new DatagramSocket(0, here)) {
            EventLoop loop = (EventLoop) environment.loops().get(0);
            UdpPort port = on(loop, () -> loop.openUdp(new InetSocketAddress(here, 0), datagram -> {}));
            on(loop, () -> {
                for (DatagramSocket to : List.of(one, two)) {
                    InetSocketAddress remote = (InetSocketAddress) to.getLocalSocketAddress();
                    for (int i = 0; i < lengths.length; i++) {
                        assertThat(port.send(datagram(i, lengths[i]), 0, lengths[i], remote))
                                .isEqualTo(SendResult.SENT);
                    }
                }
                return true;
            });
            for (DatagramSocket from : List.of(one, two)) {
                from.setSoTimeout(10_000);
                for (int i = 0; i < lengths.length; i++) {
                    DatagramPacket packet = new DatagramPacket(new byte[4_000], 4_000);
                    from.receive(packet);
                    assertThat(packet.getPort()).isEqualTo(port.localAddress().getPort());
                    assertThat(Arrays.copyOf(packet.getData(), packet.getLength()))
                            .as("datagram %d", i)
                            .isEqualTo(datagram(i, lengths[i]));
                }
            }
            assertThat(on(loop, () -> loop.counters().datagramsBatched)).isEqualTo(22);
            assertThat(on(loop, () -> loop.counters().datagramsSent)).isEqualTo(28);
            on(loop, () -> {
                port.close();
                return true;
            });
            // A selector lets go of a closed channel in its next turn. The duplicate that the batch had is closed too.
            on(loop, () -> true);
            on(loop, () -> true);
            new DatagramSocket(port.localAddress().getPort(), here).close();
        }
    }

    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "aarch64"})
    @Test
    void aPeerThatIsGoneDisturbsNobody() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (NioEnvironment environment =
                        NioEnvironment.builder().loops(1).batchedSends(true).start();
                DatagramSocket peer = new DatagramSocket(0, here)) {
            EventLoop loop = (EventLoop) environment.loops().get(0);
            InetSocketAddress nobody;
            try (DatagramSocket closed = new DatagramSocket(0, here)) {
                nobody = (InetSocketAddress) closed.getLocalSocketAddress();
            }
            UdpPort port = on(loop, () -> loop.openUdp(new InetSocketAddress(here, 0), datagram -> {}));
            for (int turn = 0; turn < 3; turn++) {
                on(loop, () -> {
                    for (int i = 0; i < 4; i++) {
                        port.send(datagram(i, 1_000), 0, 1_000, nobody);
                    }
                    return port.send(datagram(9, 1_000), 0, 1_000, (InetSocketAddress) peer.getLocalSocketAddress());
                });
            }
            peer.setSoTimeout(10_000);
            for (int turn = 0; turn < 3; turn++) {
                peer.receive(new DatagramPacket(new byte[2_000], 2_000));
            }
        }
    }

    /** Packets say when they were sent: what waits does not wait for all that a turn still has to do. */
    @EnabledOnOs(
            value = OS.LINUX,
            architectures = {"amd64", "aarch64"})
    @ParameterizedTest
    @ValueSource(longs = {0, EventLoop.MOST_SENDS_WAIT_NANOS, EventLoop.MOST_SENDS_WAIT_NANOS + 1})
    void aLongTurnDoesNotHoldThemBack(long took) throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        AtomicLong clock = new AtomicLong(1_000_000_000L);
        try (NioEnvironment environment = NioEnvironment.builder()
                        .loops(1)
                        .batchedSends(true)
                        .clock(clock::get)
                        .start();
                DatagramSocket peer = new DatagramSocket(0, here)) {
            EventLoop loop = (EventLoop) environment.loops().get(0);
            InetSocketAddress to = (InetSocketAddress) peer.getLocalSocketAddress();
            UdpPort port = on(loop, () -> loop.openUdp(new InetSocketAddress(here, 0), datagram -> {}));
            CompletableFuture<Long> sentWithinTheTurn = new CompletableFuture<>();
            on(loop, () -> {
                // What a command gives to its own loop runs in one turn, the next.
                loop.execute(() -> port.send(datagram(1, 1_000), 0, 1_000, to));
                loop.execute(() -> clock.addAndGet(took));
                loop.execute(() -> sentWithinTheTurn.complete(loop.counters().datagramsSent));
                return true;
            });
            assertThat(sentWithinTheTurn.orTimeout(10, TimeUnit.SECONDS).join())
                    .isEqualTo(took > EventLoop.MOST_SENDS_WAIT_NANOS ? 1 : 0);
            assertThat(on(loop, () -> loop.counters().datagramsSent)).isEqualTo(1);
        }
    }

    /** As a program sees the library that has no JNA on its class path. */
    @Test
    void withoutJnaDatagramsLeaveOneByOne() throws Exception {
        List<URL> places = new ArrayList<>();
        for (String place : System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1)) {
            places.add(java.nio.file.Path.of(place).toUri().toURL());
        }
        try (URLClassLoader loader = new WithoutJna(places.toArray(URL[]::new))) {
            Class<?> program = loader.loadClass(SendsOne.class.getName());
            assertThat(program.getClassLoader()).isSameAs(loader);
            Object sent = program.getDeclaredMethod("run").invoke(null);
            assertThat(sent).isEqualTo("1 sent, 0 batched");
        }
    }

    private static final class WithoutJna extends URLClassLoader {
        WithoutJna(URL[] places) {
            super(places, ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("com.sun.jna.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }

    /** Asks for batches and sends a datagram to itself. */
    public static final class SendsOne {
        private SendsOne() {}

        public static String run() {
            try (NioEnvironment environment =
                    NioEnvironment.builder().loops(1).batchedSends(true).start()) {
                EventLoop loop = (EventLoop) environment.loops().get(0);
                InetAddress here = InetAddress.getLoopbackAddress();
                CompletableFuture<Integer> came = new CompletableFuture<>();
                on(loop, () -> {
                    UdpPort port =
                            loop.openUdp(new InetSocketAddress(here, 0), datagram -> came.complete(datagram.length));
                    return port.send(datagram(1, 1_000), 0, 1_000, port.localAddress());
                });
                came.orTimeout(10, TimeUnit.SECONDS).join();
                return on(
                        loop,
                        () -> loop.counters().datagramsSent + " sent, " + loop.counters().datagramsBatched
                                + " batched");
            }
        }
    }
}
