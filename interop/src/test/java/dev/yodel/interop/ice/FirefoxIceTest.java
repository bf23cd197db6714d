package dev.yodel.interop.ice;

import static dev.yodel.interop.ice.IceChecks.RestartBy.PEER;
import static dev.yodel.interop.ice.IceChecks.RestartBy.US;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.data.BrowserPeer;
import dev.yodel.webrtc.IceTcpCandidateType;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ICE with Firefox, in both roles. */
final class FirefoxIceTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartsByBothSides(boolean weOffer) throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox page = Firefox.start(namespace, Map.of());
                BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.restarts(peer, weOffer, US, PEER, PEER, US);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tcpToOurOnePort(boolean weOffer) throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox page = Firefox.start(namespace, Map.of());
                BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.tcp(peer, weOffer, IceTcpCandidateType.PASSIVE);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourLiteServerOnOnePort(boolean weOffer) throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox page = Firefox.start(namespace, Map.of());
                BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            IceChecks.lite(peer, weOffer);
        }
    }
}
