package dev.yodel.interop.whip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.examples.serve.EchoServer;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.whip.Broadcasts;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import dev.yodel.whip.WhipAuthorization;
import dev.yodel.whip.WhipServer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The pages of {@code yodel serve --whip}: one Chromium publishes by WHIP, another watches by WHEP. */
class ChromiumWhipTest {
    @Test
    void onePagePublishesAndAnotherWatches() throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        Settings settings = Settings.builder().receiveSimulcast().build();
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                WhipServer whip = new Broadcasts(log::add)
                        .addTo(WhipServer.builder(factory))
                        .authorization(WhipAuthorization.token("sesame"))
                        .build();
                EchoServer server = EchoServer.start(
                        new InetSocketAddress("localhost", 0),
                        OriginRule.OWN_PAGES,
                        factory,
                        Configuration.DEFAULT,
                        log::add,
                        bot -> {},
                        whip);
                // Three layers of the small pattern too.
                Chromium publisher = Chromium.start("--force-fieldtrials=WebRTC-LegacySimulcastLayerLimit/Disabled/");
                Chromium watcher = Chromium.start()) {
            watcher.navigate(server.page().resolve("watch"));
            assertThatThrownBy(() -> watch(watcher, "wrong")).hasMessageContaining("the token is wrong");
            assertThatThrownBy(() -> watch(watcher, "sesame")).hasMessageContaining("nobody publishes");

            publisher.navigate(server.page().resolve("publish"));
            publisher.evaluate("import('/publish.js').then(module => module.publish('pattern', 'live', 'sesame', 1))");
            awaitState(publisher, "connected");
            watch(watcher, "sesame");
            awaitPicture(watcher, 1, log);
            assertThat(watcher.evaluate("document.getElementById('video').srcObject.getTracks().length")
                            .getAsInt())
                    .isEqualTo(2);

            // Simulcast: three layers are sent, and the player gets one of them.
            Polling.until(
                    "three layers",
                    20,
                    () -> publisher
                                            .evaluate(
                                                    "window.whip.pc.getStats().then((report) => [...report.values()].filter((one) =>"
                                                            + " one.type === 'outbound-rtp' && one.rid && one.framesSent > 5).length)")
                                            .getAsInt()
                                    == 3
                            ? true
                            : null);

            // RFC 9725 4.3.3, asked for by the page.
            double before = seconds(watcher);
            publisher.evaluate("window.whip.restart()");
            awaitPicture(watcher, before + 0.5, log);

            publisher.evaluate("document.getElementById('stop').click()");
            Polling.until("the end, " + log, 20, () -> whip.sessions() == 0 ? true : null);
            assertThat(log).contains("live: published", "live: watched by 1", "live: over");
        }
    }

    private static void watch(Chromium page, String token) {
        page.evaluate("import('/watch.js').then(module => module.watch('live', '" + token + "'))");
    }

    private static void awaitState(Chromium page, String state) {
        Polling.until(
                "the state " + state + ", " + page.console(),
                30,
                () -> page.evaluate("document.getElementById('state').textContent")
                                .getAsString()
                                .equals(state)
                        ? true
                        : null);
    }

    private static double seconds(Chromium page) {
        return page.evaluate("document.getElementById('video').currentTime").getAsDouble();
    }

    private static void awaitPicture(Chromium page, double second, List<String> log) {
        Polling.until("the picture of second " + second + ", " + log + page.console(), 40, () -> {
            if (page.evaluate("document.getElementById('video').videoWidth").getAsInt() == 0) {
                return null;
            }
            return seconds(page) > second ? true : null;
        });
    }
}
