package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.dtls.SimulatedDtls;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C's RTCCertificate and what DTLS does with it (WebRTC 1.0, 4.10 and 5.5). */
class CertificateTest {
    private static final long DAY = 24L * 3_600 * 1_000;

    private static KeygenAlgorithm rsa(Integer bits, BigInteger exponent, String hash) {
        return new KeygenAlgorithm("rsassa-pkcs1-V1_5", null, bits, exponent, hash, null);
    }

    private static KeygenAlgorithm ecdsa(String curve) {
        return new KeygenAlgorithm("ecdsa", curve, null, null, null, null);
    }

    @Test
    void algorithmsAreCheckedAsWebCryptoSays() {
        try (Simulator simulator = Simulator.create(1)) {
            SimulatedHost host = simulator.internet().host("a", "10.1.0.1");
            PeerConnectionFactory factory = PeerConnectionFactory.builder()
                    .environment(host)
                    .dtls(new SimulatedDtls())
                    .build();
            BigInteger f4 = BigInteger.valueOf(65_537);
            List<KeygenAlgorithm> unsupported = List.of(
                    new KeygenAlgorithm("invalid-algo", null, null, null, null, null),
                    ecdsa("P-384"),
                    rsa(2_048, f4, "SHA-1"),
                    rsa(512, f4, "SHA-256"),
                    rsa(16_384, f4, "SHA-256"),
                    rsa(2_048, BigInteger.valueOf(3), "SHA-256"));
            List<KeygenAlgorithm> incomplete = List.of(
                    new KeygenAlgorithm("ECDSA", null, null, null, null, null),
                    new KeygenAlgorithm("RSASSA-PKCS1-v1_5", null, 2_048, f4, null, null),
                    new KeygenAlgorithm("RSASSA-PKCS1-v1_5", null, null, f4, "SHA-256", null),
                    new KeygenAlgorithm("invalid-algo", null, null, null, null, -1L),
                    KeygenAlgorithm.ecdsa().withExpires(-1));
            List<CompletableFuture<Certificate>> futures = new ArrayList<>();
            unsupported.forEach(algorithm -> futures.add(factory.generateCertificate(algorithm)));
            futures.add(factory.generateCertificate("invalid-algo"));
            incomplete.forEach(algorithm -> futures.add(factory.generateCertificate(algorithm)));
            futures.add(factory.generateCertificate("ECDSA"));
            simulator.run(Duration.ofMillis(10));
            for (int i = 0; i < futures.size(); i++) {
                Class<? extends Exception> error =
                        i <= unsupported.size() ? NotSupportedException.class : IllegalArgumentException.class;
                assertThatThrownBy(futures.get(i)::join).as("algorithm " + i).hasCauseInstanceOf(error);
            }
            for (long[] times : new long[][] {{0, 0}, {2_000, 2_000}, {Long.MAX_VALUE, 365 * DAY}}) {
                Certificate made = simulator.await(
                        factory.generateCertificate(KeygenAlgorithm.ecdsa().withExpires(times[0])),
                        Duration.ofSeconds(5));
                assertThat(made.expires() - host.wallClockMillis()).isBetween(times[1] - 100, times[1]);
            }
            Certificate expired = simulator.await(
                    factory.generateCertificate(KeygenAlgorithm.ecdsa().withExpires(1)), Duration.ofSeconds(5));
            simulator.run(Duration.ofMillis(10));
            assertThatThrownBy(() -> factory.newPeerConnection(
                            Configuration.builder().certificate(expired).build()))
                    .isInstanceOf(InvalidAccessException.class);
            factory.close();
        }
    }

    /** Real handshakes over real sockets, with a certificate of each kind on the side that answers. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theCertificateShowsInTheDescriptionAndToThePeer(boolean rsa) throws Exception {
        Settings settings = Settings.builder().resolveMdns(false).build();
        try (PeerConnectionFactory factory =
                PeerConnectionFactory.builder().settings(settings).build()) {
            Certificate made = factory.generateCertificate(rsa ? KeygenAlgorithm.rsa() : KeygenAlgorithm.ecdsa())
                    .get(30, TimeUnit.SECONDS);
            assertThat(made.getFingerprints()).hasSize(1);
            DtlsFingerprint print = made.getFingerprints().get(0);
            PeerConnection a = factory.newPeerConnection();
            PeerConnection b = factory.newPeerConnection(
                    Configuration.builder().certificate(made).build());
            a.addTransceiver(MediaKind.AUDIO);
            a.onIceCandidate(event -> b.addIceCandidate(event.candidate()));
            b.onIceCandidate(event -> a.addIceCandidate(event.candidate()));
            SessionDescription answer = a.setLocalDescription()
                    .thenCompose(b::setRemoteDescription)
                    .thenCompose(done -> b.setLocalDescription())
                    .get(30, TimeUnit.SECONDS);
            assertThat(answer.sdp().toLowerCase(Locale.ROOT))
                    .contains("a=fingerprint:" + print.algorithm() + " "
                            + print.value().toLowerCase(Locale.ROOT));
            a.setRemoteDescription(answer).get(30, TimeUnit.SECONDS);
            a.connected().get(30, TimeUnit.SECONDS);
            DtlsTransport transport =
                    Objects.requireNonNull(a.getSenders().get(0).transport());
            byte[] remote = transport.getRemoteCertificates().get(0);
            assertThat(dev.yodel.dtls.DtlsFingerprint.of("sha-256", remote).value())
                    .isEqualToIgnoringCase(print.value());
            // Fresh arrays: nobody can spoil what the next caller sees.
            remote[0] ^= 1;
            assertThat(transport.getRemoteCertificates().get(0)[0]).isNotEqualTo(remote[0]);
        }
    }

    @Test
    void D16_aFingerprintThatDoesNotMatchIsAnErrorBeforeTheStateChanges() {
        try (SimulatedPair pair = new SimulatedPair(2)) {
            pair.a.addTrack(EncodedTrack.opus("a"));
            pair.trickle();
            SessionDescription offer = pair.simulator.await(pair.a.setLocalDescription(), Duration.ofSeconds(5));
            String line = offer.sdp()
                    .lines()
                    .filter(text -> text.startsWith("a=fingerprint:"))
                    .findFirst()
                    .orElseThrow();
            String wrong = line.substring(0, line.length() - 2) + (line.endsWith("00") ? "01" : "00");
            pair.simulator.await(
                    pair.b.setRemoteDescription(
                            SessionDescription.offer(offer.sdp().replace(line, wrong))),
                    Duration.ofSeconds(5));
            SessionDescription answer = pair.simulator.await(pair.b.setLocalDescription(), Duration.ofSeconds(5));
            DtlsTransport transport =
                    Objects.requireNonNull(pair.b.getReceivers().get(0).transport());
            List<String> events = new ArrayList<>();
            List<RtcError> errors = new ArrayList<>();
            transport.onError(event -> {
                errors.add(event.error());
                events.add("error " + transport.state());
            });
            transport.onStateChange(() -> events.add("state " + transport.state()));
            pair.b.onConnectionStateChange(() -> events.add("connection " + pair.b.connectionState()));
            pair.simulator.await(pair.a.setRemoteDescription(answer), Duration.ofSeconds(5));
            pair.simulator.require(
                    "failed", () -> pair.b.connectionState() == ConnectionState.FAILED, Duration.ofSeconds(20));
            pair.simulator.run(Duration.ofMillis(10));
            assertThat(events).containsSubsequence("error failed", "state failed", "connection failed");
            assertThat(errors).hasSize(1);
            assertThat(errors.get(0).errorDetail()).isEqualTo(RtcErrorDetail.FINGERPRINT_FAILURE);
            assertThat(errors.get(0).receivedAlert()).isNull();
            assertThat(errors.get(0).sdpLineNumber()).isNull();
            assertThat(errors.get(0).message()).contains("announced");
        }
    }

    /**
     * Whoever offers, whoever is the DTLS client, and whoever was lied to about the other: both fail, and nothing is
     * heard.
     */
    @Test
    void D01_aWrongFingerprintFailsBothEndsInEveryRole() {
        for (int which = 0; which < 8; which++) {
            boolean liesInOffer = (which & 1) != 0;
            boolean offererIsClient = (which & 2) != 0;
            boolean aOffers = (which & 4) != 0;
            String what = "lie in the " + (liesInOffer ? "offer" : "answer") + ", DTLS client is the "
                    + (offererIsClient ? "offerer" : "answerer") + ", seed " + which;
            try (WatchedCall call = new WatchedCall(which)) {
                PeerConnection offerer = aOffers ? call.pair.a : call.pair.b;
                PeerConnection answerer = aOffers ? call.pair.b : call.pair.a;
                call.pair.trickle();
                SessionDescription offer = call.simulator().await(offerer.setLocalDescription(), Duration.ofSeconds(5));
                String offered = offererIsClient
                        ? offer.sdp().replace("a=setup:actpass", "a=setup:active")
                        : offer.sdp().replace("a=setup:actpass", "a=setup:passive");
                call.simulator()
                        .await(
                                answerer.setRemoteDescription(
                                        SessionDescription.offer(liesInOffer ? withALie(offered) : offered)),
                                Duration.ofSeconds(5));
                String answer = call.simulator()
                        .await(answerer.setLocalDescription(), Duration.ofSeconds(5))
                        .sdp();
                assertThat(answer).as(what).contains(offererIsClient ? "a=setup:passive" : "a=setup:active");
                call.simulator()
                        .await(
                                offerer.setRemoteDescription(
                                        SessionDescription.answer(liesInOffer ? answer : withALie(answer))),
                                Duration.ofSeconds(5));
                call.talk(50);
                call.run(Duration.ofSeconds(2));
                for (WatchedCall.Side side : List.of(call.a, call.b)) {
                    assertThat(side.connection.connectionState())
                            .as("%s of %s", what, side.name)
                            .isEqualTo(ConnectionState.FAILED);
                    assertThat(side.dtls().state())
                            .as("%s of %s", what, side.name)
                            .isEqualTo(DtlsTransportState.FAILED);
                    assertThat(side.was(ConnectionState.CONNECTED))
                            .as("%s of %s", what, side.name)
                            .isFalse();
                    assertThat(side.heard).as("%s of %s", what, side.name).isEmpty();
                }
            }
        }
    }

    private static String withALie(String sdp) {
        int at = sdp.indexOf("\r\n", sdp.indexOf("a=fingerprint:")) - 1;
        return sdp.substring(0, at) + (sdp.charAt(at) == '0' ? '1' : '0') + sdp.substring(at + 1);
    }
}
