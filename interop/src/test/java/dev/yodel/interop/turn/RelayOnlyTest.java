package dev.yodel.interop.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.EncodedTrack;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.IceTransportPolicy;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.PeerConnectionIceErrorEvent;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two of our connections with nothing but what a real coturn relays (W3C iceTransportPolicy). */
class RelayOnlyTest {
    @TempDir
    private Path folder;

    private static Configuration relayOnly(String url, String password) {
        return Configuration.builder()
                .iceServers(IceServer.of(url, "user", password))
                .iceTransportPolicy(IceTransportPolicy.RELAY)
                .build();
    }

    private static List<String> connect(PeerConnectionFactory factory, Configuration configuration) {
        final List<String> candidates = new CopyOnWriteArrayList<>();
        try (PeerConnection a = factory.newPeerConnection(configuration);
                PeerConnection b = factory.newPeerConnection(configuration)) {
            a.addTrack(EncodedTrack.opus("a"));
            carry(a, b, candidates);
            carry(b, a, candidates);
            final SessionDescription offer = a.setLocalDescription().join();
            b.setRemoteDescription(offer).join();
            final SessionDescription answer = b.setLocalDescription().join();
            a.setRemoteDescription(answer).join();
            a.connected().orTimeout(30, TimeUnit.SECONDS).join();
            b.connected().orTimeout(30, TimeUnit.SECONDS).join();
            final String local = Objects.requireNonNull(Objects.requireNonNull(
                            Objects.requireNonNull(a.getSenders().get(0).transport())
                                    .iceTransport()
                                    .getSelectedCandidatePair())
                    .local()
                    .candidate());
            assertThat(local).contains("typ relay");
        }
        return candidates;
    }

    private static void carry(PeerConnection from, PeerConnection to, List<String> seen) {
        from.onIceCandidate(event -> {
            final IceCandidate candidate = event.candidate();
            if (candidate != null) {
                seen.add(candidate.candidate());
                to.addIceCandidate(candidate);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp", "tls"})
    void over(String transport) throws Exception {
        final String address = Coturn.localAddress();
        final TestCertificate certificate = TestCertificate.create(folder, "ip:" + address);
        try (Coturn server = Coturn.start(folder, address, certificate);
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .settings(Settings.builder()
                                .tlsContext(certificate.trustingContext())
                                .build())
                        .build()) {
            final List<String> candidates = connect(factory, relayOnly(server.url(transport), "pass"));
            assertThat(candidates)
                    .filteredOn(each -> !each.isEmpty())
                    .hasSize(2)
                    .allSatisfy(each -> assertThat(each).contains("typ relay raddr 0.0.0.0 rport 0"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp", "tls"})
    void overOurOwnServer(String transport) throws Exception {
        final String address = Coturn.localAddress();
        final TestCertificate certificate = TestCertificate.create(folder, "ip:" + address);
        try (OwnTurn server = OwnTurn.start(address, certificate);
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .settings(Settings.builder()
                                .tlsContext(certificate.trustingContext())
                                .build())
                        .build()) {
            final List<String> candidates = connect(factory, relayOnly(server.url(transport), "pass"));
            assertThat(candidates)
                    .filteredOn(each -> !each.isEmpty())
                    .hasSize(2)
                    .allSatisfy(each -> assertThat(each).contains("typ relay raddr 0.0.0.0 rport 0"));
            assertThat(server.allocated()).hasSize(2).allMatch(each -> each.stream() == !transport.equals("udp"));
        }
    }

    private void fails(String subject, boolean trusted, String why) throws Exception {
        final String address = Coturn.localAddress();
        final TestCertificate certificate = TestCertificate.create(folder, subject);
        final Settings settings = trusted
                ? Settings.builder().trustStore(certificate.trustStore()).build()
                : Settings.DEFAULT;
        try (Coturn server = Coturn.start(folder, address, certificate);
                PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                PeerConnection pc = factory.newPeerConnection(relayOnly(server.url("tls"), "pass"))) {
            final BlockingQueue<PeerConnectionIceErrorEvent> errors = new LinkedBlockingQueue<>();
            pc.onIceCandidateError(errors::add);
            pc.addTrack(EncodedTrack.opus("a"));
            pc.setLocalDescription();
            final PeerConnectionIceErrorEvent error = errors.poll(20, TimeUnit.SECONDS);
            assertThat(error).isNotNull();
            assertThat(error.errorCode()).isEqualTo(701);
            assertThat(error.url()).isEqualTo(server.url("tls"));
            assertThat(error.errorText()).contains(why);
            pc.gatheringComplete().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void U03_aCertificateForAnotherNameIsRefused() throws Exception {
        fails("dns:turn.example.test", true, "subject alternative names");
    }

    @Test
    void U03_aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        fails("ip:" + Coturn.localAddress(), false, "unable to find valid certification path");
    }

    @Test
    void aWrongPasswordIsAnErrorEventOfItsServer() throws Exception {
        try (Coturn server = Coturn.start(folder, Coturn.localAddress(), null);
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .settings(Settings.builder().loops(1).build())
                        .build();
                PeerConnection pc = factory.newPeerConnection(relayOnly(server.url("udp"), "wrong"))) {
            final BlockingQueue<PeerConnectionIceErrorEvent> errors = new LinkedBlockingQueue<>();
            pc.onIceCandidateError(errors::add);
            pc.addTrack(EncodedTrack.opus("a"));
            pc.setLocalDescription();
            final PeerConnectionIceErrorEvent error = errors.poll(20, TimeUnit.SECONDS);
            assertThat(error).isNotNull();
            assertThat(error.errorCode()).isEqualTo(401);
            assertThat(error.url()).isEqualTo(server.url("udp"));
            // W3C 4.8.3: no candidate has told our address, so the error does not.
            assertThat(error.address()).isNull();
            assertThat(error.port()).isNull();
        }
    }

    /** Somebody else's proxies: tinyproxy for CONNECT, microsocks for SOCKS 5; both want a password. */
    @ParameterizedTest
    @CsvSource({"http,tcp", "http,tls", "socks5,tcp", "socks5,tls"})
    void throughAProxy(String kind, String transport) throws Exception {
        final String address = Coturn.localAddress();
        final TestCertificate certificate = TestCertificate.create(folder, "ip:" + address);
        final int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            port = free.getLocalPort();
        }
        final Process proxy = kind.equals("http") ? tinyproxy(address, port) : microsocks(address, port);
        try (Coturn server = Coturn.start(folder, address, certificate);
                PeerConnectionFactory factory = PeerConnectionFactory.builder()
                        .settings(Settings.builder()
                                .tlsContext(certificate.trustingContext())
                                .ice(ice -> ice.proxy(kind + "://yodel:secret@" + address + ":" + port))
                                .build())
                        .build()) {
            Polling.until("the proxy", 10, () -> {
                try (Socket probe = new Socket(address, port)) {
                    return probe.isConnected() ? true : null;
                } catch (IOException e) {
                    return null;
                }
            });
            final List<String> candidates = connect(factory, relayOnly(server.url(transport), "pass"));
            assertThat(candidates).filteredOn(each -> !each.isEmpty()).hasSize(2);
            if (kind.equals("http")) {
                assertThat(Files.readString(folder.resolve("proxy.log"))).contains("CONNECT " + address);
            }
        } finally {
            proxy.destroyForcibly();
        }
    }

    private Process tinyproxy(String address, int port) throws IOException {
        final Path program = Requirements.program("tinyproxy");
        final Path file = folder.resolve("tinyproxy.conf");
        Files.writeString(
                file,
                "Port " + port + "\nListen " + address
                        + "\nBasicAuth yodel secret\nTimeout 60\nMaxClients 20\nLogLevel Connect\n");
        return proxy(List.of(program.toString(), "-d", "-c", file.toString()));
    }

    private Process microsocks(String address, int port) throws IOException {
        final Path program = Requirements.program("microsocks");
        return proxy(List.of(
                program.toString(), "-i", address, "-p", Integer.toString(port), "-u", "yodel", "-P", "secret"));
    }

    private Process proxy(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("proxy.log").toFile())
                .start();
    }
}
