package dev.yodel.interop.negotiation;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Random sequences of changes with Firefox (THREATS.md F34). */
class FirefoxStormTest {
    @Test
    void F34_changesOfBothSidesConverge() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox browser = Firefox.start(namespace, Map.of());
                StormPage page = new StormPage(browser, namespace.outerAddress())) {
            ChromiumStormTest.storms(page, Integer.getInteger("yodel.storms", ChromiumStormTest.LONG ? 1_000 : 2));
        }
    }
}
