package dev.yodel.interop.ice;

import static dev.yodel.interop.ice.IceChecks.RestartBy.PEER;
import static dev.yodel.interop.ice.IceChecks.RestartBy.US;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.data.BrowserPeer;
import dev.yodel.webrtc.IceTcpCandidateType;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ICE with one Firefox, in both roles. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FirefoxIceTest {
    private final NetworkNamespace namespace = NetworkNamespace.create();
    private final Firefox page = Firefox.start(namespace, Map.of());

    @AfterAll
    void closeBrowser() {
        page.close();
        namespace.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartsByBothSides(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.restarts(peer, weOffer, US, PEER, PEER, US);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tcpToOurOnePort(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.tcp(peer, weOffer, IceTcpCandidateType.PASSIVE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourLiteServerOnOnePort(boolean weOffer) throws Exception {
        try (BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.lite(peer, weOffer, weOffer);
        }
    }
}
