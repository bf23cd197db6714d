package dev.yodel.interop.call;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import dev.yodel.interop.turn.Coturn;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.IceTransportPolicy;
import dev.yodel.webrtc.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Browsers with {@code iceTransportPolicy: 'relay'} call the echo bot through a real coturn. */
class BrowserRelayTest {
    @TempDir
    private Path folder;

    /** What a page's connection is made with. */
    static String relayOnly(String url) {
        return "{iceTransportPolicy: 'relay', iceServers: [{urls: '" + url
                + "', username: 'user', credential: 'pass'}]}";
    }

    @Test
    void chromiumAndWeMeetOnTheRelay() throws Exception {
        try (Coturn server = Coturn.start(folder, Coturn.localAddress(), null);
                EchoCheck check = new EchoCheck(
                        "localhost",
                        Settings.DEFAULT,
                        Configuration.builder()
                                .iceServers(IceServer.of(server.url("udp"), "user", "pass"))
                                .iceTransportPolicy(IceTransportPolicy.RELAY)
                                .build());
                Chromium page = Chromium.start()) {
            check.pageConfiguration(relayOnly(server.url("udp")));
            check.call(page, "tone", false, EchoCheck.randomHz(), false, EchoCheck.Analysis.LIVE);
            check.call(page, "tone", true, EchoCheck.randomHz(), true, EchoCheck.Analysis.LIVE);
        }
    }

    @Test
    void firefoxAndWeMeetOnTheRelay() throws Exception {
        final int hz = EchoCheck.randomHz();
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Coturn server = Coturn.start(folder, namespace.outerAddress(), null);
                EchoCheck check = new EchoCheck(
                        namespace.outerAddress(),
                        Settings.DEFAULT,
                        Configuration.builder()
                                .iceServers(IceServer.of(server.url("udp"), "user", "pass"))
                                .iceTransportPolicy(IceTransportPolicy.RELAY)
                                .build());
                Firefox page = Firefox.start(
                        namespace, Map.of("media.navigator.audio.fake_frequency", Integer.toString(hz)))) {
            check.pageConfiguration(relayOnly(server.url("udp")));
            check.call(page, "microphone", false, hz, false, EchoCheck.Analysis.RECORDED);
            check.pageConfiguration(relayOnly(server.url("tcp")));
            check.call(page, "microphone", true, hz, true, EchoCheck.Analysis.RECORDED);
        }
    }
}
