package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.UdpPort;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Datagrams that a shared port reads together, and what their handlers do to each other's. */
class UdpMuxBatchTest {
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();

    private final List<String> heard = new ArrayList<>();
    private final CompletableFuture<Void> lastHeard = new CompletableFuture<>();
    private NioEnvironment environment;
    private Loop loop;
    private DatagramSocket one;
    private DatagramSocket other;
    private UdpMux mux;

    @BeforeEach
    void open() throws Exception {
        environment = NioEnvironment.builder().loops(1).name("batch").start();
        loop = environment.nextLoop();
        one = new DatagramSocket(0, HOST);
        other = new DatagramSocket(0, HOST);
        mux = onLoop(() -> UdpMux.open(loop, new InetSocketAddress(HOST, 0), datagram -> null));
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
        environment.close();
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        loop.execute(task);
        return task.get(20, TimeUnit.SECONDS);
    }

    /** A port that notes what it hears. */
    private UdpPort port(String name, Runnable onFirst) {
        return mux.newPort(new UdpPort.Handler() {
            private boolean begun;

            @Override
            public void onDatagram(Datagram datagram) {
                heard.add(name + datagram.data[datagram.offset]);
                if (datagram.data[datagram.offset] == 4) {
                    lastHeard.complete(null);
                }
                if (!begun) {
                    begun = true;
                    onFirst.run();
                }
            }
        });
    }

    private static InetSocketAddress address(DatagramSocket socket) {
        return new InetSocketAddress(HOST, socket.getLocalPort());
    }

    /** The loop is held while these are sent, so that it reads them together. */
    private void send(DatagramSocket... from) throws Exception {
        onLoop(() -> {
            for (int i = 0; i < from.length; i++) {
                from[i].send(new DatagramPacket(new byte[] {(byte) (i + 1)}, 1, mux.localAddress()));
            }
            return true;
        });
    }

    @Test
    void whatOneHandlerClaimsIsItsOwnAtOnce() throws Exception {
        onLoop(() -> {
            UdpPort[] ports = new UdpPort[1];
            ports[0] = port("a", () -> mux.claim(address(other), ports[0]));
            mux.claim(address(one), ports[0]);
            mux.claim(address(other), port("b", () -> {}));
            return true;
        });
        send(one, other, one, other);
        lastHeard.get(20, TimeUnit.SECONDS);
        assertThat(heard).containsExactly("a1", "a2", "a3", "a4");
    }

    @Test
    void aHandlerThatFailsTakesNothingFromTheOthers() throws Exception {
        onLoop(() -> {
            UdpPort failing = port("a", () -> {
                throw new IllegalStateException("meant by the test");
            });
            mux.claim(address(one), failing);
            mux.claim(address(other), port("b", () -> {}));
            return true;
        });
        send(one, other, one, other);
        lastHeard.get(20, TimeUnit.SECONDS);
        assertThat(heard).containsExactly("a1", "b2", "b4");
        assertThat(onLoop(() -> mux.dropped())).isEqualTo(1);
    }
}
