package dev.yodel.io.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Datagram;
import dev.yodel.io.SendResult;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams that leave at the end of a turn: in order, all of them, and what becomes of them is counted. */
@Timeout(20)
class SendQueueTest {
    /** Says what it was given; fails as often as asked. Loop thread only. */
    private final class Recorder implements DatagramTransfer {
        final int socket;
        final Queue<IOException> faults = new ArrayDeque<>();
        boolean full;

        Recorder(int socket) {
            this.socket = socket;
        }

        @Override
        public @Nullable SocketAddress receive(ByteBuffer target) {
            return null;
        }

        @Override
        public int send(ByteBuffer source, SocketAddress remote) throws IOException {
            IOException fault = faults.poll();
            if (fault != null) {
                throw fault;
            }
            if (full) {
                return 0;
            }
            int length = source.remaining();
            int first = source.get(source.position());
            for (int i = source.position(); i < source.limit(); i++) {
                assertThat(source.get(i)).isEqualTo((byte) first);
            }
            sent.add(socket + ": " + first + " x " + length);
            source.position(source.limit());
            return length;
        }
    }

    private static final InetSocketAddress REMOTE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final NioEnvironment environment =
            NioEnvironment.builder().loops(1).name("queue").start();
    private final EventLoop loop = (EventLoop) environment.loops().get(0);
    private final List<String> sent = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();
    private final Recorder first = new Recorder(1);
    private final Recorder second = new Recorder(2);

    @AfterEach
    void stop() {
        environment.close();
    }

    private <T> T onLoop(Callable<T> work) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.get(10, TimeUnit.SECONDS);
    }

    private UdpSocket open(Recorder recorder) throws IOException {
        DatagramChannel channel = UdpSocket.openChannel(InetAddress.getLoopbackAddress());
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return UdpSocket.open(loop, channel, recorder, any, new UdpPort.Handler() {
            @Override
            public void onDatagram(Datagram datagram) {}

            @Override
            public void onClosed(String reason) {
                closed.add(reason);
            }
        });
    }

    private static byte[] bytes(int number, int length) {
        byte[] data = new byte[length];
        Arrays.fill(data, (byte) number);
        return data;
    }

    private static SendResult later(UdpSocket socket, int number, int length) {
        return socket.sendLater(bytes(number, length), 0, length, REMOTE);
    }

    @Test
    void theyLeaveAtTheEndOfTheTurnInOrderWithAllOthers() throws Exception {
        onLoop(() -> {
            UdpSocket one = open(first);
            UdpSocket two = open(second);
            assertThat(later(one, 1, 100)).isEqualTo(SendResult.SENT);
            assertThat(later(two, 2, 1_500)).isEqualTo(SendResult.SENT);
            assertThat(sent).isEmpty();
            // What must leave at once leaves behind what waits.
            assertThat(one.send(bytes(3, 50), 0, 50, REMOTE)).isEqualTo(SendResult.SENT);
            assertThat(sent).containsExactly("1: 1 x 100", "2: 2 x 1500", "1: 3 x 50");
            later(one, 4, 1);
            // Too long to wait.
            later(two, 5, 1_501);
            assertThat(sent).hasSize(5).endsWith("1: 4 x 1", "2: 5 x 1501");
            later(two, 6, 7);
            assertThat(sent).hasSize(5);
            return true;
        });
        assertThat(onLoop(() -> List.copyOf(sent))).hasSize(6).endsWith("2: 6 x 7");
        assertThat(onLoop(() -> loop.counters().datagramsSent)).isEqualTo(6);
    }

    @Test
    void aLongTurnLetsThemLeaveByTheWay() throws Exception {
        onLoop(() -> {
            UdpSocket one = open(first);
            for (int i = 0; i < 2 * SendQueue.MOST + 1; i++) {
                later(one, i % 100, SendQueue.LARGEST);
            }
            assertThat(sent).hasSize(2 * SendQueue.MOST);
            return true;
        });
        List<String> all = onLoop(() -> List.copyOf(sent));
        assertThat(all).hasSize(2 * SendQueue.MOST + 1);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i)).isEqualTo("1: " + i % 100 + " x 1500");
        }
    }

    @Test
    void F29_whatTheSystemDoesNotTakeIsCountedAndTheOthersLeave() throws Exception {
        onLoop(() -> {
            UdpSocket one = open(first);
            UdpSocket two = open(second);
            second.full = true;
            first.faults.add(new IOException("Network is unreachable"));
            first.faults.add(new PortUnreachableException());
            later(one, 1, 10);
            later(two, 2, 10);
            later(one, 3, 10);
            return true;
        });
        assertThat(onLoop(() -> List.copyOf(sent))).containsExactly("1: 3 x 10");
        assertThat(onLoop(() -> loop.counters().sendsRefused)).isEqualTo(1);
        assertThat(onLoop(() -> loop.counters().sendsFull)).isEqualTo(1);
        assertThat(onLoop(() -> loop.counters().datagramsSent)).isEqualTo(1);
    }

    @Test
    void F29_aSocketThatIsGoneTakesItsOwnOnly() throws Exception {
        onLoop(() -> {
            UdpSocket one = open(first);
            UdpSocket two = open(second);
            first.faults.add(new ClosedChannelException());
            later(one, 1, 10);
            later(one, 2, 10);
            later(two, 3, 10);
            return true;
        });
        assertThat(onLoop(() -> List.copyOf(sent))).containsExactly("2: 3 x 10");
        assertThat(onLoop(() -> List.copyOf(closed))).containsExactly("closed by the system");
    }

    @Test
    void whoClosesASocketLosesNothing() throws Exception {
        onLoop(() -> {
            UdpSocket one = open(first);
            later(one, 1, 10);
            one.close();
            assertThat(sent).containsExactly("1: 1 x 10");
            assertThat(later(one, 2, 10)).isEqualTo(SendResult.CLOSED);
            return true;
        });
    }

    @Test
    void whatCannotBeSentIsRefusedAtOnce() throws Exception {
        onLoop(() -> {
            UdpSocket one = open(first);
            InetSocketAddress noPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            assertThat(one.sendLater(new byte[10], 0, 10, noPort)).isEqualTo(SendResult.REFUSED);
            assertThat(one.sendLater(new byte[70_000], 0, 70_000, REMOTE)).isEqualTo(SendResult.REFUSED);
            assertThat(loop.counters().sendsRefused).isEqualTo(2);
            return true;
        });
    }
}
