package dev.yodel.examples.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.dtls.bc.BouncyCastleDtls;
import dev.yodel.examples.LogLines;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelState;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.SessionDescription;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * J10: the keys of a call stay out of the log at its most verbose, of exceptions, and of what objects say of
 * themselves.
 */
class SessionKeysTest {
    private final Logger library = (Logger) LoggerFactory.getLogger("dev.yodel");
    private final Level before = library.getLevel();
    private Canaries canaries = new Canaries();
    private final List<String> texts = new ArrayList<>();
    private final LogLines log = LogLines.open();

    @BeforeEach
    void logEverything() {
        library.setLevel(Level.TRACE);
        library.trace("the log is open");
    }

    @AfterEach
    void logAsBefore() {
        library.setLevel(before);
        log.close();
    }

    @Test
    void J10_everyFormOfAKeyWouldBeFound() throws GeneralSecurityException {
        byte[] exported = new byte[60];
        for (int i = 0; i < exported.length; i++) {
            exported[i] = (byte) (i * 37 + 130);
        }
        canaries.addKeyingMaterial(exported);
        byte[] key = Arrays.copyOf(exported, 16);
        byte[] framed = new byte[17];
        System.arraycopy(key, 0, framed, 1, 16);
        for (String leak : List.of(
                "key=" + HexFormat.of().formatHex(key),
                "key=" + HexFormat.ofDelimiter(":").withUpperCase().formatHex(key, 0, 8),
                Arrays.toString(framed),
                Base64.getEncoder().encodeToString(key),
                Base64.getUrlEncoder().withoutPadding().encodeToString(framed))) {
            assertThat(canaries.shownBy(List.of("a", leak))).as(leak).isNotEmpty();
        }
        assertThat(canaries.shownBy(List.of("a", "key=")))
                .as("nothing is found where nothing is")
                .isEmpty();
    }

    /** Bouncy Castle's handshakes over real sockets: one call that lives, one whose fingerprint is wrong. */
    @Test
    void J10_aCallShowsNoSessionKey() throws Exception {
        KeyWatchingDtls dtls = new KeyWatchingDtls(new BouncyCastleDtls());
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().dtls(dtls).build();
                PeerConnection a = factory.newPeerConnection();
                PeerConnection b = factory.newPeerConnection();
                PeerConnection c = factory.newPeerConnection();
                PeerConnection d = factory.newPeerConnection()) {
            DataChannel channel = connect(a, b, "");
            CompletableFuture.allOf(a.connected(), b.connected()).get(60, TimeUnit.SECONDS);
            CompletableFuture<Void> open = new CompletableFuture<>();
            channel.onOpen(() -> open.complete(null));
            if (channel.readyState() == DataChannelState.OPEN) {
                open.complete(null);
            }
            open.get(60, TimeUnit.SECONDS);
            channel.send("words");
            connect(c, d, "0");
            texts.add(shown(catchThrowable(() -> c.connected().get(60, TimeUnit.SECONDS))));
            SessionDescription foreign = Objects.requireNonNull(d.localDescription());
            texts.add(shown(catchThrowable(() -> a.setRemoteDescription(foreign).get(60, TimeUnit.SECONDS))));
            texts.add(a.getStats().get(60, TimeUnit.SECONDS).toString());
            lookAt(dtls, factory, a, b, c, d);
        }
        assertThat(dtls.keyingMaterial).hasSizeGreaterThanOrEqualTo(2);
        assertThat(canaries.names())
                .contains("exporter", "private key", "SRTP session key 5", "ICE password", "secret of 16 bytes");
        assertNothingIsShown();
    }

    /** Calls in which packets are lost, ICE restarts and one end goes. */
    @Test
    void J10_simulatedCallsShowNoSessionKey() throws Exception {
        for (long seed = 1; seed <= 4; seed++) {
            KeyWatchingDtls dtls = new KeyWatchingDtls(new SimulatedDtls());
            try (Simulator simulator = Simulator.create(seed)) {
                SimulatedHost hostA = simulator.internet().host("a", "10.1.0.1");
                SimulatedHost hostB = simulator.internet().host("b", "10.1.0.2");
                hostA.uplink().loss(0.05);
                hostB.uplink().loss(0.05);
                try (PeerConnectionFactory factoryA = factory(hostA, dtls);
                        PeerConnectionFactory factoryB = factory(hostB, dtls)) {
                    PeerConnection a = factoryA.newPeerConnection();
                    PeerConnection b = factoryB.newPeerConnection();
                    DataChannel channel = connect(a, b, "");
                    simulator.await(a.connected(), Duration.ofSeconds(20));
                    simulator.await(b.connected(), Duration.ofSeconds(20));
                    simulator.run(Duration.ofSeconds(5));
                    channel.send("words of seed " + seed);
                    simulator.run(Duration.ofSeconds(2));
                    lookAt(dtls, simulator, factoryA, factoryB, a, b);
                    a.close();
                    simulator.run(Duration.ofSeconds(2));
                    texts.addAll(ReachableObjects.from(simulator, factoryA, factoryB, a, b)
                            .texts());
                }
            }
            assertThat(dtls.keyingMaterial).as("seed %d", seed).hasSize(2);
            assertNothingIsShown();
            texts.clear();
            canaries = new Canaries();
        }
    }

    private static PeerConnectionFactory factory(SimulatedHost host, KeyWatchingDtls dtls) {
        return PeerConnectionFactory.builder().environment(host).dtls(dtls).build();
    }

    /** With a wrong fingerprint of the offerer if a digit is given. */
    private static DataChannel connect(PeerConnection from, PeerConnection to, String digit) {
        from.addTrack(EncodedTrack.opus("voice"));
        to.addTrack(EncodedTrack.opus("voice"));
        DataChannel channel = from.createDataChannel("words");
        from.onIceCandidate(event -> to.addIceCandidate(event.candidate()));
        to.onIceCandidate(event -> from.addIceCandidate(event.candidate()));
        from.setLocalDescription()
                .thenCompose(offer -> to.setRemoteDescription(
                        digit.isEmpty()
                                ? offer
                                : new SessionDescription(
                                        offer.type(),
                                        offer.sdp()
                                                .replaceAll(
                                                        "(fingerprint:sha-256 )..:..:..:..", "$1" + "00:11:22:33"))))
                .thenCompose(done -> to.setLocalDescription())
                .thenCompose(from::setRemoteDescription);
        return channel;
    }

    /** Learns the secrets of what is reachable, and what all of it says. */
    private void lookAt(KeyWatchingDtls dtls, Object... roots) throws Exception {
        for (byte[] exported : dtls.keyingMaterial) {
            canaries.addKeyingMaterial(exported);
        }
        dtls.privateKeys.forEach(key -> canaries.add("private key", key));
        ReachableObjects reachable = ReachableObjects.from(roots);
        for (byte[] secret : reachable.secrets()) {
            canaries.add("secret of " + secret.length + " bytes", secret);
        }
        for (Object root : roots) {
            SessionDescription local = root instanceof PeerConnection pc ? pc.localDescription() : null;
            if (local != null) {
                local.sdp()
                        .lines()
                        .filter(line -> line.startsWith("a=ice-pwd:"))
                        .forEach(line -> canaries.add("ICE password", line.substring("a=ice-pwd:".length())));
            }
        }
        texts.addAll(reachable.texts());
    }

    private static String shown(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private void assertNothingIsShown() {
        assertThat(log.lines()).anyMatch(line -> line.contains("the log is open"));
        assertThat(texts).hasSizeGreaterThan(100);
        assertThat(canaries.shownBy(log.lines())).as("in the log").isEmpty();
        assertThat(canaries.shownBy(texts)).as("in what objects say").isEmpty();
    }
}
