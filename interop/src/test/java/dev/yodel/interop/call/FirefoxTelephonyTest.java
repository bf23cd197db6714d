package dev.yodel.interop.call;

import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Firefox as a telephone: RFC 3551's codecs, RFC 4733's keys. */
class FirefoxTelephonyTest {
    @Test
    @Tag("long")
    void codecsAndKeysBothWays() throws Exception {
        int microphoneHz = EchoCheck.randomHz();
        try (NetworkNamespace namespace = NetworkNamespace.create();
                EchoCheck server = new EchoCheck(namespace.outerAddress());
                Firefox page = Firefox.start(
                        namespace, Map.of("media.navigator.audio.fake_frequency", Integer.toString(microphoneHz)))) {
            // A microphone is granted to a page of a server that the profile trusts.
            server.open(page);
            call(page, microphoneHz);
        }
    }

    private static void call(Firefox page, int microphoneHz) throws Exception {
        try (TelephonyCheck check = new TelephonyCheck(page, true, microphoneHz)) {
            check.call("PCMU", true);
            check.call("PCMA", false);
            check.call("G722", false);
            check.call("opus", true);
        }
    }
}
