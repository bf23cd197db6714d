package dev.yodel.interop.data;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with Firefox, in both roles. */
final class FirefoxDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer) throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox page = Firefox.start(namespace, Map.of());
                BrowserPeer peer = new BrowserPeer(page, namespace.outerAddress())) {
            DataChecks.run(peer, weOffer);
        }
    }
}
