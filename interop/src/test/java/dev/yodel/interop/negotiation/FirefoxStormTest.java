package dev.yodel.interop.negotiation;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of changes with Firefox (THREATS.md F34). By hand, {@code -Plong -Dyodel.storms=N}: not all of them
 * converge yet (docs/webrtc-api.md).
 */
@Tag("long")
class FirefoxStormTest {
    @Test
    void F34_changesOfBothSidesConverge() throws Exception {
        int count = Integer.getInteger("yodel.storms", 0);
        assumeTrue(count > 0, "say how many by -Dyodel.storms=N");
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox browser = Firefox.start(namespace, Map.of());
                StormPage page = new StormPage(browser, namespace.outerAddress())) {
            ChromiumStormTest.storms(page, count);
        }
    }
}
