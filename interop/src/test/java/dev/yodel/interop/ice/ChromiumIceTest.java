package dev.yodel.interop.ice;

import static dev.yodel.interop.ice.IceChecks.RestartBy.PEER;
import static dev.yodel.interop.ice.IceChecks.RestartBy.US;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.data.BrowserPeer;
import dev.yodel.webrtc.IceTcpCandidateType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ICE with Chromium, in both roles. */
final class ChromiumIceTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartsByBothSides(boolean weOffer) throws Exception {
        try (Chromium page = Chromium.start();
                BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            IceChecks.restarts(peer, weOffer, US, PEER, PEER, US);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tcpToOurOnePort(boolean weOffer) throws Exception {
        try (Chromium page = Chromium.start();
                BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            IceChecks.tcp(peer, weOffer, IceTcpCandidateType.PASSIVE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourLiteServerOnOnePort(boolean weOffer) throws Exception {
        try (Chromium page = Chromium.start();
                BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            IceChecks.lite(peer, weOffer);
        }
    }
}
