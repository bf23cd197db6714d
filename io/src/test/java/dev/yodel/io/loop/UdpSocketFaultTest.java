package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Datagram;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** F29: what the system refuses is a result and a counter; the socket and its loop go on. */
@Timeout(20)
class UdpSocketFaultTest {
    /** Fails as often as asked, then passes everything through. Loop thread only. */
    private static final class FaultyTransfer implements DatagramTransfer {
        final DatagramTransfer real;
        final Queue<Exception> receiveFaults = new ArrayDeque<>();
        final Queue<Exception> sendFaults = new ArrayDeque<>();
        boolean full;

        FaultyTransfer(DatagramChannel channel) {
            real = DatagramTransfer.of(channel);
        }

        private static void throwNext(Queue<Exception> faults) throws IOException {
            Exception next = faults.poll();
            if (next instanceof IOException io) {
                throw io;
            }
            if (next instanceof RuntimeException unchecked) {
                throw unchecked;
            }
        }

        @Override
        public @Nullable SocketAddress receive(ByteBuffer target) throws IOException {
            throwNext(receiveFaults);
            return real.receive(target);
        }

        @Override
        public int send(ByteBuffer source, SocketAddress remote) throws IOException {
            throwNext(sendFaults);
            return full ? 0 : real.send(source, remote);
        }
    }

    private final NioEnvironment environment =
            NioEnvironment.builder().loops(1).name("fault").start();
    private final EventLoop loop = (EventLoop) environment.loops().get(0);
    private final BlockingQueue<Integer> got = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

    @SuppressWarnings("NullAway.Init") // by open()
    private FaultyTransfer faulty;

    @AfterEach
    void stop() {
        environment.close();
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        return LoopCalls.on(loop, work);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private UdpSocket open() throws Exception {
        return onLoop(() -> {
            DatagramChannel channel = UdpSocket.openChannel(InetAddress.getLoopbackAddress());
            faulty = new FaultyTransfer(channel);
            return UdpSocket.open(loop, channel, faulty, loopback(), new UdpPort.Handler() {
                @Override
                public void onDatagram(Datagram datagram) {
                    got.add(datagram.length);
                }

                @Override
                public void onClosed(String reason) {
                    closed.add(reason);
                }
            });
        });
    }

    private SendResult send(UdpSocket socket, int length, InetSocketAddress to) throws Exception {
        return onLoop(() -> socket.send(new byte[length], 0, length, to));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Operation not permitted", "Network is unreachable", "No route to host", "Message too long"})
    void F29_refusedSendIsAResultAndTheNextOneWorks(String message) throws Exception {
        UdpSocket socket = open();
        faulty.sendFaults.add(new SocketException(message));
        assertThat(send(socket, 1, socket.localAddress())).isEqualTo(SendResult.REFUSED);
        assertThat(send(socket, 2, socket.localAddress())).isEqualTo(SendResult.SENT);
        assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(onLoop(() -> loop.counters().sendsRefused)).isEqualTo(1);
    }

    @Test
    void F29_noBufferSpaceAndAFullSocketAreFull() throws Exception {
        UdpSocket socket = open();
        faulty.sendFaults.add(new IOException("No buffer space available"));
        assertThat(send(socket, 1, socket.localAddress())).isEqualTo(SendResult.FULL);
        faulty.full = true;
        assertThat(send(socket, 1, socket.localAddress())).isEqualTo(SendResult.FULL);
        assertThat(onLoop(() -> loop.counters().sendsFull)).isEqualTo(2);
    }

    @Test
    void F28_icmpErrorsCostNeitherTheNextDatagramNorTheReadsAfterThem() throws Exception {
        UdpSocket socket = open();
        for (int round = 0; round < 100; round++) {
            faulty.sendFaults.add(new PortUnreachableException());
            faulty.receiveFaults.add(new PortUnreachableException());
            assertThat(send(socket, 7, socket.localAddress())).isEqualTo(SendResult.SENT);
            assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(7);
        }
        // More of them than attempts: this one is lost, and only this one.
        onLoop(() -> {
            for (int i = 0; i < 4; i++) {
                faulty.sendFaults.add(new PortUnreachableException());
            }
            return 0;
        });
        assertThat(send(socket, 8, socket.localAddress())).isEqualTo(SendResult.REFUSED);
        assertThat(send(socket, 9, socket.localAddress())).isEqualTo(SendResult.SENT);
        assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(9);
        assertThat(closed).isEmpty();
        assertThat(onLoop(() -> loop.counters().receiveErrors)).isEqualTo(100);
    }

    @Test
    void F29_failedReadsDoNotStopReceiving() throws Exception {
        UdpSocket socket = open();
        onLoop(() -> {
            for (int i = 0; i < 100; i++) {
                faulty.receiveFaults.add(new PortUnreachableException());
            }
            for (int i = 0; i < UdpSocket.MOST_FAILED_READS - 1; i++) {
                faulty.receiveFaults.add(new IOException("spurious"));
            }
            return socket.send(new byte[3], 0, 3, socket.localAddress());
        });
        assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(closed).isEmpty();
        assertThat(onLoop(() -> loop.counters().receiveErrors)).isEqualTo(100 + UdpSocket.MOST_FAILED_READS - 1);
    }

    @Test
    void F29_aSocketThatOnlyFailsIsClosedWithAReason() throws Exception {
        UdpSocket socket = open();
        onLoop(() -> {
            for (int i = 0; i < UdpSocket.MOST_FAILED_READS; i++) {
                faulty.receiveFaults.add(new IOException("broken"));
            }
            return socket.send(new byte[3], 0, 3, socket.localAddress());
        });
        assertThat(closed.poll(10, TimeUnit.SECONDS)).contains("broken");
        assertThat(send(socket, 1, socket.localAddress())).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void F29_impossibleDestinationsAreRefused() throws Exception {
        UdpSocket socket = open();
        InetAddress here = InetAddress.getLoopbackAddress();
        assertThat(send(socket, 1, new InetSocketAddress(here, 0))).isEqualTo(SendResult.REFUSED);
        assertThat(send(socket, 65_508, socket.localAddress())).isEqualTo(SendResult.REFUSED);
        assertThat(send(socket, 1, InetSocketAddress.createUnresolved("nowhere.test", 9)))
                .isEqualTo(SendResult.REFUSED);
        assertThat(send(socket, 1, new InetSocketAddress(InetAddress.getByName("2001:db8::1"), 9)))
                .isEqualTo(SendResult.REFUSED);
        assertThat(send(socket, 65_507, socket.localAddress())).isEqualTo(SendResult.SENT);
        assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(65_507);
    }

    @Test
    void F29_aPeerThatIsGoneDoesNotDisturbTheOthers() throws Exception {
        UdpSocket socket = open();
        UdpSocket gone = open();
        onLoop(() -> {
            gone.close();
            return 0;
        });
        for (int i = 0; i < 50; i++) {
            assertThat(send(socket, 1, gone.localAddress())).isEqualTo(SendResult.SENT);
        }
        assertThat(send(socket, 5, socket.localAddress())).isEqualTo(SendResult.SENT);
        assertThat(got.poll(10, TimeUnit.SECONDS)).isEqualTo(5);
        assertThat(closed).isEmpty();
    }

    @Test
    void F29_addressInUseAndForeignAddressAreExceptionsOfTheOpeningCall() throws Exception {
        UdpSocket socket = open();
        int before = onLoop(() -> loop.counters().openPorts);
        assertThatThrownBy(() -> onLoop(() -> loop.openUdp(socket.localAddress(), datagram -> {})))
                .hasRootCauseInstanceOf(BindException.class);
        assertThatThrownBy(() -> onLoop(() -> loop.openUdp(new InetSocketAddress("192.0.2.77", 0), datagram -> {})))
                .hasRootCauseInstanceOf(BindException.class);
        assertThat(onLoop(() -> loop.counters().openPorts)).isEqualTo(before);
    }

    @Test
    void closedPortsHandleNothingMore() throws Exception {
        UdpSocket socket = open();
        onLoop(() -> {
            socket.send(new byte[9], 0, 9, socket.localAddress());
            socket.close();
            socket.close();
            return 0;
        });
        assertThat(send(socket, 1, socket.localAddress())).isEqualTo(SendResult.CLOSED);
        assertThat(got).isEmpty();
        assertThat(closed).isEmpty();
    }
}
