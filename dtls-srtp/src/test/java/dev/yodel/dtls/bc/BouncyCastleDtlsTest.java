package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.io.Time;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BouncyCastleDtlsTest {
    @Test
    void connectsInTwoRoundTripsWithTheSameKeys() {
        HandshakePair pair = new HandshakePair().start();
        long begin = pair.now;
        pair.runUntilDone(Time.SECOND);
        assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
        assertThat(pair.now - begin).isEqualTo(4 * HandshakePair.ONE_WAY);
        DtlsEvent.Connected client = pair.clientConnected();
        DtlsEvent.Connected server = pair.serverConnected();
        assertThat(client.srtpProfile())
                .isEqualTo(DtlsOptions.SRTP_AEAD_AES_128_GCM)
                .isEqualTo(server.srtpProfile());
        assertThat(client.keyingMaterial()).hasSize(56).isEqualTo(server.keyingMaterial());
        assertThat(client.cipher())
                .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
                .isEqualTo(server.cipher());
        assertThat(client.tlsVersion()).isEqualTo("FEFD");
        assertThat(client.peerCertificates().get(0)).isEqualTo(HandshakePair.SERVER_CERTIFICATE.der());
        assertThat(server.peerCertificates().get(0)).isEqualTo(HandshakePair.CLIENT_CERTIFICATE.der());
        assertThat(pair.fromClient).hasSize(2).allSatisfy(datagram -> assertThat(datagram.length)
                .isLessThanOrEqualTo(1200));
        assertThat(pair.fromServer).hasSize(2);
        assertThat(pair.client.nextTimeout()).isEqualTo(Time.NEVER);
        assertThat(pair.server.nextTimeout()).isEqualTo(Time.NEVER);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true"})
    void eitherSideMayHaveAnRsaCertificate(boolean client, boolean server) {
        DtlsCertificate rsa = DtlsCertificate.generateRsa(
                new SeededRandom(13), 1_790_000_000_000L, DtlsCertificate.DEFAULT_LIFETIME_MILLIS, 2_048);
        DtlsCertificate clients = client ? rsa : HandshakePair.CLIENT_CERTIFICATE;
        DtlsCertificate servers = server ? rsa : HandshakePair.SERVER_CERTIFICATE;
        HandshakePair pair = new HandshakePair(DtlsOptions.of(clients), DtlsOptions.of(servers));
        pair.announcedByClient = List.of(clients.fingerprint());
        pair.announcedByServer = List.of(servers.fingerprint());
        pair.start().runUntilDone(5 * Time.SECOND);
        assertThat(pair.bothConnected()).as(pair.toString()).isTrue();
        assertThat(pair.clientConnected().cipher())
                .isEqualTo(
                        server ? "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" : "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
        assertThat(pair.serverConnected().peerCertificates().get(0)).isEqualTo(clients.der());
    }

    @Test
    void carriesApplicationDataBothWays() {
        HandshakePair pair = new HandshakePair().start();
        pair.runUntilDone(Time.SECOND);
        byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
        byte[] answer = new byte[1163];
        assertThat(pair.client.send(hello, 0, hello.length, pair.now)).isTrue();
        assertThat(pair.server.send(answer, 0, answer.length, pair.now)).isTrue();
        pair.run(Time.SECOND);
        assertThat(pair.serverEvents.getLast())
                .isInstanceOfSatisfying(DtlsEvent.ApplicationData.class, data -> assertThat(data.data())
                        .isEqualTo(hello));
        assertThat(pair.clientEvents.getLast())
                .isInstanceOfSatisfying(DtlsEvent.ApplicationData.class, data -> assertThat(data.data())
                        .isEqualTo(answer));
        assertThat(pair.fromServer.get(2)).hasSize(1200);
    }

    @Test
    void everySrtpProfileExportsItsLength() {
        for (int profile : List.of(0x0001, 0x0007, 0x0008)) {
            DtlsOptions client =
                    DtlsOptions.of(HandshakePair.CLIENT_CERTIFICATE).withSrtp(List.of(profile), true);
            HandshakePair pair = new HandshakePair(client, DtlsOptions.of(HandshakePair.SERVER_CERTIFICATE)).start();
            pair.runUntilDone(Time.SECOND);
            assertThat(pair.clientConnected().srtpProfile()).isEqualTo(profile);
            assertThat(pair.clientConnected().keyingMaterial())
                    .hasSize(DtlsOptions.keyingMaterialBytes(profile))
                    .isEqualTo(pair.serverConnected().keyingMaterial());
        }
    }

    @Test
    void theServersOrderOfSrtpProfilesDecides() {
        DtlsOptions client =
                DtlsOptions.of(HandshakePair.CLIENT_CERTIFICATE).withSrtp(List.of(0x0001, 0x0008, 0x0007), true);
        DtlsOptions server = DtlsOptions.of(HandshakePair.SERVER_CERTIFICATE).withSrtp(List.of(0x0008, 0x0001), true);
        HandshakePair pair = new HandshakePair(client, server).start();
        pair.runUntilDone(Time.SECOND);
        assertThat(pair.clientConnected().srtpProfile()).isEqualTo(0x0008);
    }

    @Test
    void prewarmingCompletes() throws Exception {
        BouncyCastleDtls.prewarm(HandshakePair.WORKERS).get(20, TimeUnit.SECONDS);
    }
}
