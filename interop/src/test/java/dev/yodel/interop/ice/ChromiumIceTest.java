package dev.yodel.interop.ice;

import static dev.yodel.interop.ice.IceChecks.RestartBy.PEER;
import static dev.yodel.interop.ice.IceChecks.RestartBy.US;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.data.BrowserPeer;
import dev.yodel.webrtc.IceTcpCandidateType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ICE with one Chromium, in both roles. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChromiumIceTest {
    private final Chromium page = Chromium.start();

    @AfterAll
    void closeBrowser() {
        page.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartsByBothSides(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            IceChecks.restarts(peer, weOffer, US, PEER, PEER, US);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tcpToOurOnePort(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            IceChecks.tcp(peer, weOffer, IceTcpCandidateType.PASSIVE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourLiteServerOnOnePort(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            IceChecks.lite(peer, weOffer, weOffer);
        }
    }
}
