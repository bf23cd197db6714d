package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.turn.Coturn;
import dev.yodel.interop.turn.OwnTurn;
import dev.yodel.interop.turn.TestCertificate;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.IceTransportPolicy;
import dev.yodel.webrtc.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Browsers with {@code iceTransportPolicy: 'relay'} call the echo bot through our own TURN server. */
class OwnTurnBrowserTest {
    private static final String NAME = "turn.example.test";

    @TempDir
    private Path folder;

    private static EchoCheck bot(String host, OwnTurn server) throws Exception {
        return new EchoCheck(
                host,
                Settings.DEFAULT,
                Configuration.builder()
                        .iceServers(IceServer.of(server.url("udp"), "user", "pass"))
                        .iceTransportPolicy(IceTransportPolicy.RELAY)
                        .build());
    }

    /** The page by one transport, the bot by UDP. */
    private static void call(
            EchoCheck check,
            BrowserPage page,
            OwnTurn server,
            String transport,
            String source,
            int hz,
            boolean botOffers,
            EchoCheck.Analysis analysis)
            throws Exception {
        check.pageConfiguration(BrowserRelayTest.relayOnly(server.url(transport)));
        check.call(page, source, botOffers, hz, botOffers, analysis);
        assertAllocated(server, !transport.equals("udp"));
    }

    private static void assertAllocated(OwnTurn server, boolean byStream) {
        assertThat(server.allocated())
                .as("relays of the page and of the bot")
                .hasSizeGreaterThanOrEqualTo(2)
                .anyMatch(each -> each.stream() == byStream);
    }

    @Test
    void chromiumOverUdpAndTcp() throws Exception {
        try (OwnTurn server = OwnTurn.start(Coturn.localAddress(), null);
                EchoCheck check = bot("localhost", server);
                Chromium page = Chromium.start()) {
            call(check, page, server, "udp", "tone", EchoCheck.randomHz(), false, EchoCheck.Analysis.LIVE);
            call(check, page, server, "tcp", "tone", EchoCheck.randomHz(), true, EchoCheck.Analysis.LIVE);
        }
    }

    /** The browser is told to believe this one key, whoever has signed it. */
    @Test
    void chromiumOverTls() throws Exception {
        final String address = Coturn.localAddress();
        final TestCertificate certificate = TestCertificate.create(folder, "ip:" + address);
        try (OwnTurn server = OwnTurn.start(address, certificate);
                EchoCheck check = bot("localhost", server);
                Chromium page = Chromium.start("--ignore-certificate-errors-spki-list=" + certificate.keyHash())) {
            call(check, page, server, "tls", "tone", EchoCheck.randomHz(), false, EchoCheck.Analysis.LIVE);
        }
    }

    /**
     * Firefox leaves servers of {@code turns:} out that have an address in the place of a name, and believes
     * authorities only.
     */
    @Test
    @Tag("long")
    void firefoxOverTls() throws Exception {
        final int hz = EchoCheck.randomHz();
        final TestCertificate certificate = TestCertificate.signed(folder, "DNS:" + NAME);
        try (NetworkNamespace namespace = NetworkNamespace.create();
                OwnTurn server = OwnTurn.start(namespace.outerAddress(), certificate);
                EchoCheck check = bot(namespace.outerAddress(), server);
                Firefox page = Firefox.start(
                        namespace,
                        Map.of(
                                "media.navigator.audio.fake_frequency",
                                Integer.toString(hz),
                                "network.dns.forceResolve",
                                "\"" + namespace.outerAddress() + "\""),
                        certificate.authorityPem())) {
            check.pageConfiguration(
                    BrowserRelayTest.relayOnly(server.url("tls").replace(namespace.outerAddress(), NAME)));
            check.call(page, "microphone", false, hz, false, EchoCheck.Analysis.RECORDED);
            assertAllocated(server, true);
        }
    }

    @Test
    void firefoxOverUdpAndTcp() throws Exception {
        final int hz = EchoCheck.randomHz();
        try (NetworkNamespace namespace = NetworkNamespace.create();
                OwnTurn server = OwnTurn.start(namespace.outerAddress(), null);
                EchoCheck check = bot(namespace.outerAddress(), server);
                Firefox page = Firefox.start(
                        namespace, Map.of("media.navigator.audio.fake_frequency", Integer.toString(hz)))) {
            call(check, page, server, "udp", "microphone", hz, false, EchoCheck.Analysis.RECORDED);
            call(check, page, server, "tcp", "microphone", hz, true, EchoCheck.Analysis.RECORDED);
        }
    }
}
