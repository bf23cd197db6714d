package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.turn.PeerPolicy;
import dev.yodel.ice.turn.RelayAddress;
import dev.yodel.ice.turn.TurnCredentials;
import dev.yodel.ice.turn.TurnServerEvent;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.io.Loop;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The TURN server with sockets: real ones, and simulated ones between two NATs (RFC 8656). */
class TurnServerSocketTest implements TurnServerSocket.Listener {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final char[] STORE_PASSWORD = "yodel-test".toCharArray();

    private final BlockingQueue<TurnServerEvent> events = new LinkedBlockingQueue<>();
    private NioEnvironment environment;
    private Loop loop;
    private TurnServerSocket server;

    @BeforeEach
    void start() throws Exception {
        environment = NioEnvironment.builder().loops(1).start();
        loop = environment.loops().get(0);
        TurnServerOptions options = options(LOOPBACK)
                .peerPolicy(PeerPolicy.PUBLIC.allowingLoopback())
                .build();
        server = onLoop(() -> new TurnServerSocket(environment, loop, options, this));
    }

    @AfterEach
    void stop() throws Exception {
        onLoop(() -> {
            server.close();
            return true;
        });
        environment.close();
    }

    private static TurnServerOptions.Builder options(InetAddress relay) {
        return TurnServerOptions.builder()
                .realm("example.test")
                .credentials(TurnCredentials.of(Map.of("user", "pass")))
                .relayAddresses(List.of(RelayAddress.of(relay)));
    }

    private <T> T onLoop(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        loop.execute(future);
        return future.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void onAllocated(TurnServerEvent.Allocated event) {
        events.add(event);
    }

    @Override
    public void onReleased(TurnServerEvent.Released event) {
        events.add(event);
    }

    private static SSLContext tls() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = TurnServerSocketTest.class.getResourceAsStream("/tls-localhost.p12")) {
            store.load(Objects.requireNonNull(in), STORE_PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, STORE_PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    /** A peer on loopback sends everything back. */
    private void echo(BlockingTurnClient client, int[] sizes) throws Exception {
        try (DatagramSocket peer = new DatagramSocket(0, LOOPBACK)) {
            peer.setSoTimeout(10_000);
            InetSocketAddress relayed = client.allocate();
            TurnServerEvent made = events.poll(10, TimeUnit.SECONDS);
            assertThat(made).isInstanceOf(TurnServerEvent.Allocated.class);
            client.bind(0x4000, new InetSocketAddress(LOOPBACK, peer.getLocalPort()));
            Random random = new Random(1);
            long bytes = 0;
            for (int size : sizes) {
                byte[] data = new byte[size];
                random.nextBytes(data);
                client.send(0x4000, data);
                DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
                peer.receive(packet);
                assertThat(packet.getSocketAddress()).isEqualTo(relayed);
                assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(data);
                peer.send(packet);
                assertThat(client.receive(0x4000)).isEqualTo(data);
                bytes += size;
            }
            client.giveBack();
            TurnServerEvent released = events.poll(10, TimeUnit.SECONDS);
            assertThat(released).isInstanceOf(TurnServerEvent.Released.class);
            assertThat(((TurnServerEvent.Released) released).sentBytes()).isEqualTo(bytes);
            assertThat(((TurnServerEvent.Released) released).receivedBytes()).isEqualTo(bytes);
        }
    }

    private static int[] sizes() {
        int[] sizes = new int[60];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = i * 27;
        }
        return sizes;
    }

    @Test
    void relaysOverUdp() throws Exception {
        InetSocketAddress at = onLoop(() -> server.listenUdp(new InetSocketAddress(LOOPBACK, 0)));
        try (BlockingTurnClient client = BlockingTurnClient.udp(at)) {
            echo(client, sizes());
        }
        assertThat(onLoop(server::allocationCount)).isZero();
    }

    @Test
    void relaysOverTcp() throws Exception {
        InetSocketAddress at = onLoop(() -> server.listenTcp(new InetSocketAddress(LOOPBACK, 0)));
        try (BlockingTurnClient client = BlockingTurnClient.stream(new Socket(at.getAddress(), at.getPort()))) {
            echo(client, sizes());
        }
    }

    @Test
    void relaysOverTls() throws Exception {
        SSLContext context = tls();
        InetSocketAddress at = onLoop(() -> server.listenTls(new InetSocketAddress(LOOPBACK, 0), context));
        try (Socket socket = context.getSocketFactory().createSocket(at.getAddress(), at.getPort());
                BlockingTurnClient client = BlockingTurnClient.stream(socket)) {
            echo(client, sizes());
        }
    }

    @Test
    void aClientThatDoesNotReadLosesDataAndNothingElse() throws Exception {
        InetSocketAddress at = onLoop(() -> server.listenTcp(new InetSocketAddress(LOOPBACK, 0)));
        try (DatagramSocket peer = new DatagramSocket(0, LOOPBACK);
                BlockingTurnClient client = BlockingTurnClient.stream(new Socket(at.getAddress(), at.getPort()))) {
            InetSocketAddress relayed = client.allocate();
            client.bind(0x4000, new InetSocketAddress(LOOPBACK, peer.getLocalPort()));
            byte[] data = new byte[1200];
            for (int i = 0; i < 20_000; i++) {
                peer.send(new DatagramPacket(data, data.length, relayed));
                if (i % 64 == 0) {
                    onLoop(() -> true);
                }
            }
            // What comes then is whole frames, and new data after them.
            int frames = 0;
            byte[] last = new byte[1200];
            client.send(0x4000, new byte[] {7});
            DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            peer.setSoTimeout(10_000);
            peer.receive(packet);
            for (int i = 0; i < 30_000 && last.length != 1; i++) {
                if (i % 200 == 0) {
                    peer.send(new DatagramPacket(new byte[] {9}, 1, relayed));
                }
                last = client.receive(0x4000);
                assertThat(last.length).isIn(1, 1200);
                frames++;
            }
            assertThat(last).containsExactly(9);
            assertThat(frames).isLessThan(20_000);
        }
    }

    @Test
    void aClosedConnectionGivesItsRelayBack() throws Exception {
        InetSocketAddress at = onLoop(() -> server.listenTcp(new InetSocketAddress(LOOPBACK, 0)));
        try (BlockingTurnClient client = BlockingTurnClient.stream(new Socket(at.getAddress(), at.getPort()))) {
            client.allocate();
            assertThat(events.poll(10, TimeUnit.SECONDS)).isInstanceOf(TurnServerEvent.Allocated.class);
        }
        TurnServerEvent released = events.poll(10, TimeUnit.SECONDS);
        assertThat(released).isInstanceOf(TurnServerEvent.Released.class);
        assertThat(((TurnServerEvent.Released) released).reason()).contains("ended");
        assertThat(onLoop(server::allocationCount)).isZero();
    }

    @Test
    void twoAgentsBehindSymmetricNatsMeetInVirtualTime() throws IOException {
        Simulator simulator = Simulator.create(8656);
        SimulatedHost host = simulator.internet().host("turn", "192.0.2.1");
        TurnServerSocket turn = simulator.onLoop(host.loop(), () -> {
            TurnServerSocket made = new TurnServerSocket(
                    host, host.loop(), options(host.address()).build(), new TurnServerSocket.Listener() {});
            made.listenUdp(new InetSocketAddress(host.address(), 3478));
            return made;
        });
        IceConnectionOptions options = SimulatedCall.with(IceOptions.builder()
                .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                .turnServers(List.of(new dev.yodel.ice.TurnServer("192.0.2.1", 3478, "user", "pass")))
                .build());
        SimulatedCall call = new SimulatedCall(
                simulator,
                simulator
                        .internet()
                        .nat("natA", "203.0.113.1", NatBehaviour.SYMMETRIC)
                        .inside()
                        .host("a", "10.0.0.1"),
                simulator
                        .internet()
                        .nat("natB", "203.0.113.2", NatBehaviour.SYMMETRIC)
                        .inside()
                        .host("b", "10.0.1.1"),
                options);
        call.connect(Duration.ofSeconds(5));
        simulator.run(Duration.ofMinutes(30));
        assertThat(turn.allocationCount()).as("both refresh").isEqualTo(2);
        int before = call.b.received.size();
        call.a.send("~" + "x".repeat(1000));
        simulator.run(Duration.ofSeconds(1));
        assertThat(call.b.received.size()).isGreaterThan(before);
        assertThat(List.of(
                        Objects.requireNonNull(call.a.connection.selectedPair())
                                .local()
                                .type(),
                        call.a.connection.selectedPair().remote().type()))
                .contains(CandidateType.RELAY);
        call.a.onLoop(call.a.connection::close);
        call.b.onLoop(call.b.connection::close);
        simulator.run(Duration.ofSeconds(1));
        assertThat(turn.allocationCount()).isZero();
        simulator.onLoop(host.loop(), () -> {
            turn.close();
            return true;
        });
        simulator.assertNoLeaks();
    }
}
