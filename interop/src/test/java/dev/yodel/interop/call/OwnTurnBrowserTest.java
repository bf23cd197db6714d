package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.turn.Coturn;
import dev.yodel.interop.turn.OwnTurn;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.IceTransportPolicy;
import dev.yodel.webrtc.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Browsers with {@code iceTransportPolicy: 'relay'} call the echo bot through our own TURN server. */
class OwnTurnBrowserTest {
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
        assertThat(server.allocated())
                .as("relays of the page and of the bot")
                .hasSizeGreaterThanOrEqualTo(2)
                .anyMatch(each -> each.stream() == transport.equals("tcp"));
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
