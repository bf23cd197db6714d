package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.io.Datagram;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Two connections over real sockets of this machine. */
class IceConnectionTest {
    private static final class Peer implements IceConnection.Listener {
        final Loop loop;
        final IceCredentials credentials;
        final IceConnection connection;
        final CountDownLatch completed = new CountDownLatch(1);
        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        volatile Peer other = this;

        Peer(Environment environment, Loop loop) {
            this.loop = loop;
            credentials = IceCredentials.generate(environment.random());
            connection = new IceConnection(environment, loop, IceConnectionOptions.DEFAULT, this);
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            Peer peer = other;
            peer.loop.execute(() -> peer.connection.addRemoteCandidate(candidate));
        }

        @Override
        public void onState(IceState state) {
            if (state == IceState.COMPLETED) {
                completed.countDown();
            }
        }

        @Override
        public void onDatagram(Datagram datagram) {
            received.add(new String(datagram.data, datagram.offset, datagram.length, StandardCharsets.UTF_8));
        }
    }

    private static <T> T onLoop(Loop loop, Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        loop.execute(future);
        return future.get(10, TimeUnit.SECONDS);
    }

    @Test
    void twoConnectionsMeetOverRealSockets() throws Exception {
        try (NioEnvironment environment = NioEnvironment.builder().loops(2).start()) {
            Peer a = onLoop(
                    environment.loops().get(0),
                    () -> new Peer(environment, environment.loops().get(0)));
            Peer b = onLoop(
                    environment.loops().get(1),
                    () -> new Peer(environment, environment.loops().get(1)));
            a.other = b;
            b.other = a;
            CountDownLatch gathering = new CountDownLatch(2);
            for (Peer peer : new Peer[] {a, b}) {
                peer.loop.execute(() -> {
                    peer.connection.gather(peer.credentials);
                    gathering.countDown();
                });
            }
            assertThat(gathering.await(10, TimeUnit.SECONDS)).isTrue();
            a.loop.execute(() -> {
                a.connection.start(IceRole.CONTROLLING, b.credentials);
                a.connection.endOfRemoteCandidates();
            });
            b.loop.execute(() -> {
                b.connection.start(IceRole.CONTROLLED, a.credentials);
                b.connection.endOfRemoteCandidates();
            });
            assertThat(a.completed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(b.completed.await(10, TimeUnit.SECONDS)).isTrue();
            // Both are on this machine: whatever its interfaces are like, such paths carry large datagrams.
            assertThat(onLoop(a.loop, a.connection::longestWhole)).isEqualTo(65_000);
            byte[] hello = "~hello".getBytes(StandardCharsets.UTF_8);
            a.loop.execute(() -> a.connection.send(hello, 0, hello.length));
            b.loop.execute(() -> b.connection.send(hello, 0, hello.length));
            assertThat(a.received.poll(10, TimeUnit.SECONDS)).isEqualTo("~hello");
            assertThat(b.received.poll(10, TimeUnit.SECONDS)).isEqualTo("~hello");
            // Who sends much gets a shorter way to its peer where the system has one; both go on as before.
            for (int i = 0; i < 300; i++) {
                byte[] data = ("~" + i).getBytes(StandardCharsets.UTF_8);
                a.loop.execute(() -> a.connection.send(data, 0, data.length));
                assertThat(b.received.poll(10, TimeUnit.SECONDS)).isEqualTo("~" + i);
            }
            b.loop.execute(() -> b.connection.send(hello, 0, hello.length));
            assertThat(a.received.poll(10, TimeUnit.SECONDS)).isEqualTo("~hello");
            if (System.getProperty("os.name").equals("Linux")) {
                // Of 200 at the least; statistics are up to 64 turns old.
                assertThat(environment.loopStats().get(0).datagramsPreferred()).isBetween(100L, 202L);
                assertThat(environment.loopStats().get(1).datagramsPreferred()).isZero();
            }
            CountDownLatch closed = new CountDownLatch(2);
            for (Peer peer : new Peer[] {a, b}) {
                peer.loop.execute(() -> {
                    peer.connection.close();
                    assertThat(peer.connection.longestWhole()).isZero();
                    closed.countDown();
                });
            }
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
