package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Datagram;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The short way to a preferred peer, over real sockets: nobody sees a difference, whatever becomes of it. */
@Timeout(30)
@EnabledOnOs(OS.LINUX)
final class PreferredPeerTest {
    /** A datagram that came, by its sender's port. */
    private record Heard(int port, int number) {}

    private final NioEnvironment environment =
            NioEnvironment.builder().loops(1).name("preferred").start();
    private final EventLoop loop = (EventLoop) environment.loops().get(0);
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();
    private final List<DatagramSocket> peers = new ArrayList<>();

    @AfterEach
    void stop() {
        environment.close();
        peers.forEach(DatagramSocket::close);
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        return LoopCalls.on(loop, work);
    }

    private UdpSocket open(String host) throws Exception {
        InetSocketAddress local = new InetSocketAddress(InetAddress.getByName(host), 0);
        return onLoop(() -> UdpSocket.open(loop, local, new UdpPort.Handler() {
            @Override
            public void onDatagram(Datagram datagram) {
                heard.add(new Heard(
                        datagram.remote.getPort(),
                        ByteBuffer.wrap(datagram.data).getInt(datagram.offset)));
            }

            @Override
            public void onClosed(String reason) {
                closed.add(reason);
            }
        }));
    }

    private DatagramSocket peer(String host) throws IOException {
        DatagramSocket peer = new DatagramSocket(0, InetAddress.getByName(host));
        peer.setReceiveBufferSize(1 << 20);
        peer.setSoTimeout(10_000);
        peers.add(peer);
        return peer;
    }

    private static InetSocketAddress address(DatagramSocket socket) {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private static void send(DatagramSocket from, int number, InetSocketAddress to) throws IOException {
        from.send(new DatagramPacket(ByteBuffer.allocate(4).putInt(number).array(), 4, to));
    }

    private SendResult send(UdpSocket from, int number, InetSocketAddress to) throws Exception {
        byte[] data = ByteBuffer.allocate(4).putInt(number).array();
        return onLoop(() -> from.send(data, 0, 4, to));
    }

    private static Heard received(DatagramSocket at) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        at.receive(packet);
        return new Heard(packet.getPort(), ByteBuffer.wrap(packet.getData()).getInt());
    }

    private Heard heard() throws InterruptedException {
        return Objects.requireNonNull(heard.poll(10, TimeUnit.SECONDS), "nothing was heard");
    }

    private void prefer(UdpSocket socket, InetSocketAddress remote) throws Exception {
        assertThat(onLoop(() -> {
                    socket.prefer(remote);
                    return socket.preferred() != null;
                }))
                .as("a short way to %s", remote)
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void allAreHeardAndSentToFromTheSameAddress(String host) throws Exception {
        UdpSocket socket = open(host);
        DatagramSocket one = peer(host);
        DatagramSocket two = peer(host);
        InetSocketAddress first = address(one);
        InetSocketAddress second = address(two);
        int port = socket.localAddress().getPort();
        prefer(socket, first);
        for (int i = 0; i < 20; i++) {
            assertThat(send(socket, i, first)).isEqualTo(SendResult.SENT);
            assertThat(send(socket, i, second)).isEqualTo(SendResult.SENT);
            // The same address as another object goes the long way, to the same peer.
            InetSocketAddress same = new InetSocketAddress(first.getAddress(), first.getPort());
            assertThat(send(socket, 100 + i, same)).isEqualTo(SendResult.SENT);
            assertThat(List.of(received(one), received(one)))
                    .containsExactlyInAnyOrder(new Heard(port, i), new Heard(port, 100 + i));
            assertThat(received(two)).isEqualTo(new Heard(port, i));
            send(one, i, socket.localAddress());
            assertThat(heard()).isEqualTo(new Heard(one.getLocalPort(), i));
            send(two, i, socket.localAddress());
            assertThat(heard()).isEqualTo(new Heard(two.getLocalPort(), i));
        }
        assertThat(onLoop(() -> loop.counters().datagramsPreferred)).isEqualTo(20);
        assertThat(onLoop(() -> loop.counters().datagramsSent)).isEqualTo(60);
        assertThat(onLoop(() -> loop.counters().datagramsReceived)).isEqualTo(40);
        // The empty datagram is one too.
        assertThat(onLoop(() -> socket.send(new byte[0], 0, 0, first))).isEqualTo(SendResult.SENT);
        DatagramPacket empty = new DatagramPacket(new byte[100], 100);
        one.receive(empty);
        assertThat(empty.getLength()).isZero();
    }

    @Test
    void anotherPeerMayBePreferredAndNobody() throws Exception {
        UdpSocket socket = open("127.0.0.1");
        List<DatagramSocket> all = List.of(peer("127.0.0.1"), peer("127.0.0.1"), peer("127.0.0.1"));
        for (int round = 0; round < 30; round++) {
            prefer(socket, address(all.get(round % 3)));
            for (DatagramSocket each : all) {
                assertThat(send(socket, round, address(each))).isEqualTo(SendResult.SENT);
                assertThat(received(each))
                        .isEqualTo(new Heard(socket.localAddress().getPort(), round));
                send(each, round, socket.localAddress());
                assertThat(heard()).isEqualTo(new Heard(each.getLocalPort(), round));
            }
        }
        onLoop(() -> {
            socket.prefer(null);
            socket.prefer(null);
            return true;
        });
        for (DatagramSocket each : all) {
            send(each, 99, socket.localAddress());
            assertThat(heard()).isEqualTo(new Heard(each.getLocalPort(), 99));
        }
        assertThat(onLoop(() -> loop.counters().openPorts)).isEqualTo(1);
        assertThat(closed).isEmpty();
    }

    /** Several turns' worth waits in the channel whose peer is preferred no longer. */
    @Test
    void whatHasComeAlreadyIsHeard() throws Exception {
        UdpSocket socket = open("127.0.0.1");
        DatagramSocket one = peer("127.0.0.1");
        prefer(socket, address(one));
        onLoop(() -> {
            for (int i = 0; i < 500; i++) {
                send(one, i, socket.localAddress());
            }
            socket.prefer(null);
            return true;
        });
        for (int i = 0; i < 500; i++) {
            assertThat(heard()).isEqualTo(new Heard(one.getLocalPort(), i));
        }
    }

    /** A channel that was left is on the wildcard: somebody who floods other addresses of ours must not keep it. */
    @Test
    void nobodyKeepsAChannelThatWasLeft() throws Exception {
        DatagramSocket one = peer("127.0.0.1");
        InetAddress elsewhere = InetAddress.getByName("127.0.0.9");
        AtomicInteger came = new AtomicInteger();
        UdpSocket socket =
                onLoop(() -> UdpSocket.open(loop, new InetSocketAddress(one.getLocalAddress(), 0), datagram -> {
                    came.incrementAndGet();
                    // One more for each that is read.
                    assertThatCode(() -> send(one, 0, new InetSocketAddress(elsewhere, datagram.local.getPort())))
                            .doesNotThrowAnyException();
                }));
        prefer(socket, address(one));
        ConnectedChannel left = onLoop(() -> {
            ConnectedChannel channel = Objects.requireNonNull(socket.preferred());
            for (int i = 0; i < 200; i++) {
                send(one, i, socket.localAddress());
            }
            socket.prefer(null);
            return channel;
        });
        for (int turn = 0; turn < 2 * UdpSocket.MOST_LAST_ROUNDS && left.isOpen(); turn++) {
            onLoop(() -> true);
        }
        assertThat(left.isOpen()).isFalse();
        assertThat(came).hasValueGreaterThan(1_000);
    }

    /** The kernel reports a forged or true ICMP error to the connected channel (RFC 5927). */
    @Test
    void F29_aPeerThatIsGoneDisturbsNobodyAndMayComeBack() throws Exception {
        UdpSocket socket = open("127.0.0.1");
        DatagramSocket one = peer("127.0.0.1");
        DatagramSocket two = peer("127.0.0.1");
        InetSocketAddress gone = address(one);
        prefer(socket, gone);
        one.close();
        for (int i = 0; i < 50; i++) {
            assertThat(send(socket, i, gone)).isIn(SendResult.SENT, SendResult.REFUSED);
            assertThat(send(socket, i, address(two))).isEqualTo(SendResult.SENT);
            assertThat(received(two).number()).isEqualTo(i);
        }
        try (DatagramSocket again = new DatagramSocket(gone)) {
            again.setSoTimeout(10_000);
            // The error about what was sent to nobody may still be to come.
            for (int i = 0; send(socket, 77, gone) != SendResult.SENT; i++) {
                assertThat(i).isLessThan(10);
            }
            assertThat(received(again).number()).isEqualTo(77);
            send(again, 78, socket.localAddress());
            assertThat(heard()).isEqualTo(new Heard(gone.getPort(), 78));
        }
        assertThat(closed).isEmpty();
    }

    @Test
    void F29_aShortWayThatFailsIsLeft() throws Exception {
        UdpSocket socket = open("127.0.0.1");
        DatagramSocket one = peer("127.0.0.1");
        InetSocketAddress first = address(one);
        prefer(socket, first);
        onLoop(() -> {
            Objects.requireNonNull(socket.preferred()).close();
            return true;
        });
        assertThat(send(socket, 1, first)).isEqualTo(SendResult.SENT);
        assertThat(received(one).number()).isEqualTo(1);
        assertThat(onLoop(() -> socket.preferred() == null)).isTrue();
        send(one, 2, socket.localAddress());
        assertThat(heard().number()).isEqualTo(2);
        prefer(socket, first);
        assertThat(closed).isEmpty();
    }

    /** Where the port is another socket's on the wildcard, or the route would take another address of ours. */
    @Test
    void whereThereIsNoShortWayTheLongOneServes() throws Exception {
        UdpSocket socket = open("127.0.0.2");
        DatagramSocket one = peer("127.0.0.1");
        InetSocketAddress first = address(one);
        onLoop(() -> {
            socket.prefer(first);
            assertThat(socket.preferred()).as("the route takes 127.0.0.1").isNull();
            socket.prefer(new InetSocketAddress(InetAddress.getByAddress(new byte[16]), 5_000));
            socket.prefer(InetSocketAddress.createUnresolved("no.such.host", 5_000));
            socket.prefer(new InetSocketAddress(first.getAddress(), 0));
            assertThat(socket.preferred()).isNull();
            return true;
        });
        assertThat(send(socket, 1, first)).isEqualTo(SendResult.SENT);
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        one.receive(packet);
        assertThat(packet.getSocketAddress()).isEqualTo(socket.localAddress());

        UdpSocket other = open("127.0.0.1");
        try (DatagramSocket samePort =
                new DatagramSocket(other.localAddress().getPort(), InetAddress.getByName("127.0.0.3"))) {
            onLoop(() -> {
                other.prefer(first);
                assertThat(other.preferred())
                        .as("%s has the port too", samePort.getLocalSocketAddress())
                        .isNull();
                return true;
            });
            assertThat(send(other, 2, first)).isEqualTo(SendResult.SENT);
            assertThat(received(one)).isEqualTo(new Heard(other.localAddress().getPort(), 2));
        }
    }

    @Test
    void nobodyElseGetsThePortUntilItIsClosed() throws Exception {
        UdpSocket socket = open("127.0.0.1");
        DatagramSocket one = peer("127.0.0.1");
        InetSocketAddress local = socket.localAddress();
        prefer(socket, address(one));
        assertThatThrownBy(() -> new DatagramSocket(local).close()).isInstanceOf(IOException.class);
        onLoop(() -> {
            socket.close();
            return true;
        });
        // A selector lets go of closed channels in its next turn.
        onLoop(() -> true);
        onLoop(() -> true);
        new DatagramSocket(local).close();
        onLoop(() -> {
            socket.prefer(address(one));
            assertThat(socket.preferred()).isNull();
            return true;
        });
        assertThatThrownBy(() -> socket.prefer(null)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theEnvironmentsEndClosesIt() throws Exception {
        UdpSocket socket = open("127.0.0.1");
        DatagramSocket one = peer("127.0.0.1");
        prefer(socket, address(one));
        environment.close();
        new DatagramSocket(socket.localAddress()).close();
    }

    /** What leaves in batches goes over one socket. */
    @Test
    void batchesComeFirst() throws Exception {
        try (NioEnvironment batched =
                NioEnvironment.builder().loops(1).batchedSends(true).start()) {
            EventLoop its = (EventLoop) batched.loops().get(0);
            DatagramSocket one = peer("127.0.0.1");
            CompletableFuture<Boolean> preferred = new CompletableFuture<>();
            its.execute(() -> {
                try {
                    UdpSocket socket = UdpSocket.open(
                            its, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), datagram -> {});
                    socket.prefer(address(one));
                    preferred.complete(socket.preferred() != null);
                } catch (IOException e) {
                    preferred.completeExceptionally(e);
                }
            });
            assertThat(preferred.get(10, TimeUnit.SECONDS)).isFalse();
        }
    }
}
