package dev.yodel.interop.data;

import dev.yodel.interop.browser.Chromium;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with Chromium, in both roles. */
final class ChromiumDataTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer) throws Exception {
        try (Chromium page = Chromium.start();
                BrowserPeer peer = new BrowserPeer(page, "localhost")) {
            DataChecks.run(peer, weOffer);
        }
    }
}
