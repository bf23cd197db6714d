package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.ServerTransport;
import dev.yodel.ice.StreamProxy;
import dev.yodel.ice.TurnServer;
import dev.yodel.io.Time;
import dev.yodel.simulator.Packet;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import dev.yodel.simulator.StreamSegmentation;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TURN servers that only a proxy leads to (RFC 9110 section 9.3.6, RFC 1928, RFC 1929). */
class ProxyTest {
    private static final int PORT = 3128;

    private final Simulator simulator = Simulator.builder()
            .seed(1928)
            .segmentation(StreamSegmentation.RANDOM)
            .build();
    private final TurnWorld world = new TurnWorld(simulator);
    private final SimulatedHost proxyHost = simulator.internet().host("proxy", "203.0.113.80");

    private static IceConnectionOptions through(StreamProxy proxy, String server) {
        return SimulatedCall.with(IceOptions.builder()
                .turnServers(List.of(new TurnServer(server, 3478, ServerTransport.TCP, "user", "pass")))
                .relayOnly(true)
                .proxy(proxy)
                .build());
    }

    /** Nothing but TCP to the proxy leaves the clients' hosts, and the proxy's name is all that they can resolve. */
    private void onlyTheProxyIsReached() {
        simulator.filter(packet -> {
            boolean client = packet.sender().equals("a") || packet.sender().equals("b");
            return !client
                    || (packet.protocol() == Packet.Protocol.TCP
                            && packet.destination().equals(new InetSocketAddress(proxyHost.address(), PORT)));
        });
        simulator.name("proxy.test", "203.0.113.80");
        simulator.name("turn.test", "192.0.2.1");
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP, false, 192.0.2.1",
        "HTTP, true, turn.test",
        "SOCKS5, false, turn.test",
        "SOCKS5, true, 192.0.2.1",
    })
    void aCallGoesThroughIt(StreamProxy.Kind kind, boolean password, String server) {
        onlyTheProxyIsReached();
        SimulatedProxy proxy = new SimulatedProxy(
                simulator, proxyHost, kind, PORT, password ? "me" : null, password ? "secret" : null);
        StreamProxy told =
                new StreamProxy(kind, "proxy.test", PORT, password ? "me" : null, password ? "secret" : null);
        SimulatedCall call = world.behindSymmetricNats(through(told, server));
        call.settle();
        assertThat(TurnWorld.talk(call, 1000)).isEqualTo(10);
        assertThat(proxy.asked).hasSize(2).allMatch(asked -> asked.equals(server + ":3478"));
        assertThat(told.toString()).doesNotContain("secret");
    }

    private IceEvent.CandidateError error(StreamProxy told) {
        simulator.name("proxy.test", "203.0.113.80");
        SimulatedHost host = simulator.internet().host("c", "198.51.100.3");
        IcePeer peer = world.gather(host, through(told, "192.0.2.1"));
        assertThat(TurnWorld.relays(peer)).isEmpty();
        return peer.errors.get(0);
    }

    @ParameterizedTest
    @CsvSource({"HTTP", "SOCKS5"})
    void wrongCredentialsAreToldInWords(StreamProxy.Kind kind) {
        new SimulatedProxy(simulator, proxyHost, kind, PORT, "me", "secret");
        IceEvent.CandidateError error = error(new StreamProxy(kind, "proxy.test", PORT, "me", "wrong"));
        assertThat(error.errorCode()).isEqualTo(701);
        assertThat(error.errorText())
                .contains("proxy.test")
                .contains("credentials")
                .doesNotContain("wrong");
    }

    @Test
    void aProxyWithoutANameIsAnError() {
        IceEvent.CandidateError error = error(new StreamProxy(StreamProxy.Kind.HTTP, "nowhere.test", PORT, null, null));
        assertThat(error.errorText()).contains("nowhere.test does not resolve");
    }

    @ParameterizedTest
    @CsvSource({"HTTP", "SOCKS5"})
    void U03_whatIsNoProxyEndsTheStreamAndHoldsLittle(StreamProxy.Kind kind) {
        SimulatedProxy proxy = new SimulatedProxy(simulator, proxyHost, kind, PORT, null, null);
        proxy.firstWord = "x".repeat(9000).getBytes(StandardCharsets.ISO_8859_1);
        long began = simulator.now();
        assertThat(error(new StreamProxy(kind, "proxy.test", PORT, null, null)).errorCode())
                .isEqualTo(701);
        assertThat(simulator.now() - began).isLessThan(2 * Time.SECOND);
    }

    @Test
    void U03_aSilentProxyEndsWithGathering() {
        SimulatedProxy proxy = new SimulatedProxy(simulator, proxyHost, StreamProxy.Kind.HTTP, PORT, null, null);
        proxy.firstWord = new byte[0];
        long began = simulator.now();
        error(new StreamProxy(StreamProxy.Kind.HTTP, "proxy.test", PORT, null, null));
        assertThat(simulator.now() - began).isLessThan(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void U03_noBytesMakeTheHandshakeThrow() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StreamProxy.Kind kind = random.nextBoolean() ? StreamProxy.Kind.HTTP : StreamProxy.Kind.SOCKS5;
            ProxyHandshake handshake = new ProxyHandshake(
                    new StreamProxy(kind, "p", 1, "u", "w"), InetSocketAddress.createUnresolved("t", 2));
            handshake.start();
            for (int k = 0; k < 8 && !handshake.isOpen() && !handshake.isFailed(); k++) {
                byte[] bytes = new byte[random.nextInt(40)];
                random.nextBytes(bytes);
                if (random.nextBoolean() && bytes.length > 1) {
                    bytes[0] = 5;
                    bytes[1] = (byte) random.nextInt(3);
                }
                handshake.handleBytes(bytes, 0, bytes.length);
                handshake.pollOutput();
            }
            assertThat(handshake.rest().length).isLessThan(8192);
        }
    }

    @Test
    void urisAreRead() {
        assertThat(StreamProxy.parse("http://me:secret@proxy.test:3128"))
                .isEqualTo(new StreamProxy(StreamProxy.Kind.HTTP, "proxy.test", 3128, "me", "secret"));
        assertThat(StreamProxy.parse("socks5://[2001:db8::1]"))
                .isEqualTo(new StreamProxy(StreamProxy.Kind.SOCKS5, "2001:db8::1", 1080, null, null));
        assertThat(StreamProxy.parse("http://proxy.test").port()).isEqualTo(8080);
        for (String wrong :
                List.of("proxy.test:3128", "ftp://x", "http://", "socks4://x", "http://x:0", "http://a b")) {
            assertThatThrownBy(() -> StreamProxy.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
