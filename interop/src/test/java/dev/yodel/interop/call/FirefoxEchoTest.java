package dev.yodel.interop.call;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Firefox calls the echo bot from a network namespace with multicast, in both roles. */
class FirefoxEchoTest {
    @Test
    void microphoneComesBack() throws Exception {
        final int microphoneHz = EchoCheck.randomHz();
        try (NetworkNamespace namespace = NetworkNamespace.create();
                EchoCheck check = new EchoCheck(namespace.outerAddress());
                Firefox page = Firefox.start(
                        namespace, Map.of("media.navigator.audio.fake_frequency", Integer.toString(microphoneHz)))) {
            check.call(page, "microphone", false, microphoneHz, true, EchoCheck.Analysis.RECORDED);
            check.call(page, "microphone", true, microphoneHz, false, EchoCheck.Analysis.RECORDED);
        }
    }
}
