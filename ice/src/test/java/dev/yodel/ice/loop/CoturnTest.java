package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.TurnServer;
import dev.yodel.io.Datagram;
import dev.yodel.io.Loop;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.loop.NioEnvironment;
import java.io.File;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Relayed candidates of a real coturn on loopback. Skipped where coturn is not installed, unless interop is required. */
class CoturnTest {
    private static final class Peer implements IceConnection.Listener {
        final IceCredentials credentials;
        final IceConnection connection;
        final Loop loop;
        final BlockingQueue<IceState> states = new LinkedBlockingQueue<>();
        final BlockingQueue<GatheringState> gathering = new LinkedBlockingQueue<>();
        final BlockingQueue<IceEvent.CandidateError> errors = new LinkedBlockingQueue<>();
        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        volatile Peer other = this;
        /** On the loop: candidates that came before this end has begun, as signaling would keep them. */
        private final List<Candidate> early = new ArrayList<>();

        private boolean begun;

        Peer(NioEnvironment environment, Loop loop, IceOptions options) {
            this.loop = loop;
            credentials = IceCredentials.generate(environment.random());
            connection = new IceConnection(environment, loop, new IceConnectionOptions(options, null), this);
        }

        void onLoop(Runnable action) throws Exception {
            CoturnTest.onLoop(loop, () -> {
                action.run();
                return true;
            });
        }

        @Override
        public String toString() {
            try {
                return CoturnTest.onLoop(
                        loop,
                        () -> connection.state() + ", " + connection.gatheringState() + ", "
                                + connection.failureReason() + ", " + connection.stats() + ", " + errors);
            } catch (Exception e) {
                return e.toString();
            }
        }

        boolean reaches(IceState wanted) throws InterruptedException {
            for (IceState state = next(); state != null; state = next()) {
                if (state == wanted) {
                    return true;
                }
            }
            return false;
        }

        private IceState next() throws InterruptedException {
            return states.poll(15, TimeUnit.SECONDS);
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            Peer peer = other;
            peer.loop.execute(() -> {
                if (peer.begun) {
                    peer.connection.addRemoteCandidate(candidate);
                } else {
                    peer.early.add(candidate);
                }
            });
        }

        void gather() throws Exception {
            onLoop(() -> {
                connection.gather(credentials);
                begun = true;
                early.forEach(connection::addRemoteCandidate);
            });
        }

        @Override
        public void onState(IceState state) {
            states.add(state);
        }

        @Override
        public void onGatheringState(GatheringState state, String ufrag) {
            gathering.add(state);
        }

        @Override
        public void onCandidateError(IceEvent.CandidateError error) {
            errors.add(error);
        }

        @Override
        public void onDatagram(Datagram datagram) {
            received.add(new String(datagram.data, datagram.offset, datagram.length, StandardCharsets.UTF_8));
        }
    }

    @TempDir
    Path directory;

    private Process coturn;
    private int port;

    private static <T> T onLoop(Loop loop, Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        loop.execute(future);
        return future.get(10, TimeUnit.SECONDS);
    }

    @BeforeEach
    void startCoturn() throws IOException {
        boolean installed = false;
        for (String folder :
                Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1)) {
            installed |= new File(folder, "turnserver").canExecute();
        }
        boolean required = Boolean.getBoolean("yodel.interop.required");
        assertThat(installed || !required)
                .as("coturn is required (apt install coturn) and not on the PATH")
                .isTrue();
        assumeTrue(installed, "coturn is not installed (apt install coturn)");
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        coturn = new ProcessBuilder(
                        "turnserver",
                        "-n",
                        "--no-cli",
                        "--no-rfc5780",
                        "-L",
                        "127.0.0.1",
                        "-E",
                        "127.0.0.1",
                        "--allow-loopback-peers",
                        "-p",
                        Integer.toString(port),
                        "--no-tls",
                        "--no-dtls",
                        "-a",
                        "-u",
                        "user:pass",
                        "-r",
                        "example.test",
                        "--log-file=stdout",
                        "--simple-log",
                        "--pidfile",
                        directory.resolve("pid").toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("coturn.log").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isListening()) {
            assertThat(System.nanoTime()).as("coturn starts in time").isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private boolean isListening() {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @AfterEach
    void stopCoturn() throws InterruptedException {
        if (coturn != null) {
            coturn.destroyForcibly().waitFor();
        }
    }

    private IceOptions options(String password) {
        return IceOptions.builder()
                .turnServers(List.of(new TurnServer("127.0.0.1", port, "user", password)))
                .relayOnly(true)
                .addressFilter(NetworkAddress::loopback)
                .build();
    }

    @Test
    void twoPeersMeetThroughCoturnOnly() throws Exception {
        try (NioEnvironment environment = NioEnvironment.builder().loops(2).start()) {
            Loop loopA = environment.loops().get(0);
            Loop loopB = environment.loops().get(1);
            Peer a = onLoop(loopA, () -> new Peer(environment, loopA, options("pass")));
            Peer b = onLoop(loopB, () -> new Peer(environment, loopB, options("pass")));
            a.other = b;
            b.other = a;
            a.gather();
            b.gather();
            a.onLoop(() -> {
                a.connection.start(IceRole.CONTROLLING, b.credentials);
                a.connection.endOfRemoteCandidates();
            });
            b.onLoop(() -> {
                b.connection.start(IceRole.CONTROLLED, a.credentials);
                b.connection.endOfRemoteCandidates();
            });
            assertThat(a.reaches(IceState.COMPLETED)).as("a completes: %s", a).isTrue();
            assertThat(b.reaches(IceState.COMPLETED)).as("b completes: %s", b).isTrue();
            CandidatePair pair = Objects.requireNonNull(onLoop(loopA, a.connection::selectedPair));
            assertThat(pair.local().type()).isEqualTo(CandidateType.RELAY);
            assertThat(pair.remote().type()).isEqualTo(CandidateType.RELAY);
            for (int i = 0; i < 50; i++) {
                byte[] data = ("~" + i + "x".repeat(1100)).getBytes(StandardCharsets.UTF_8);
                a.onLoop(() -> a.connection.send(data, 0, data.length));
                b.onLoop(() -> b.connection.send(data, 0, data.length));
                assertThat(a.received.poll(10, TimeUnit.SECONDS)).startsWith("~" + i + "x");
                assertThat(b.received.poll(10, TimeUnit.SECONDS)).startsWith("~" + i + "x");
            }
            a.onLoop(a.connection::close);
            b.onLoop(b.connection::close);
        }
    }

    /** RFC 8829 section 3.5.4: what was gathered ahead is told when it is asked for, and works. */
    @Test
    void aRelayThatWasPreparedIsToldAtOnceAndCarriesData() throws Exception {
        try (NioEnvironment environment = NioEnvironment.builder().loops(1).start()) {
            Loop loop = environment.loops().get(0);
            Peer a = onLoop(loop, () -> new Peer(environment, loop, options("pass")));
            Peer b = onLoop(loop, () -> new Peer(environment, loop, options("pass")));
            a.other = b;
            b.other = a;
            a.onLoop(a.connection::prepare);
            b.onLoop(b.connection::prepare);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
            while (onLoop(loop, a.connection::localCandidates).isEmpty()
                    || onLoop(loop, b.connection::localCandidates).isEmpty()) {
                assertThat(System.nanoTime()).as("both have a relay in time").isLessThan(deadline);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            assertThat(a.gathering).isEmpty();
            a.gather();
            b.gather();
            assertThat(a.gathering.poll(1, TimeUnit.SECONDS)).isEqualTo(GatheringState.GATHERING);
            a.onLoop(() -> a.connection.start(IceRole.CONTROLLING, b.credentials));
            b.onLoop(() -> b.connection.start(IceRole.CONTROLLED, a.credentials));
            assertThat(a.reaches(IceState.CONNECTED)).as("a connects: %s", a).isTrue();
            assertThat(b.reaches(IceState.CONNECTED)).as("b connects: %s", b).isTrue();
            byte[] data = "~pooled".getBytes(StandardCharsets.UTF_8);
            a.onLoop(() -> a.connection.send(data, 0, data.length));
            assertThat(b.received.poll(10, TimeUnit.SECONDS)).isEqualTo("~pooled");
            a.onLoop(a.connection::close);
            b.onLoop(b.connection::close);
        }
    }

    @Test
    void aWrongPasswordIsTold() throws Exception {
        try (NioEnvironment environment = NioEnvironment.builder().loops(1).start()) {
            Loop loop = environment.loops().get(0);
            Peer peer = onLoop(loop, () -> new Peer(environment, loop, options("wrong")));
            peer.gather();
            IceEvent.CandidateError error = peer.errors.poll(15, TimeUnit.SECONDS);
            assertThat(error).isNotNull();
            assertThat(error.errorCode()).isEqualTo(401);
            assertThat(error.url()).isEqualTo("turn:127.0.0.1:" + port + "?transport=udp");
            assertThat(peer.gathering.poll(10, TimeUnit.SECONDS)).isEqualTo(GatheringState.GATHERING);
            assertThat(peer.gathering.poll(10, TimeUnit.SECONDS)).isEqualTo(GatheringState.COMPLETE);
            peer.onLoop(peer.connection::close);
        }
    }
}
