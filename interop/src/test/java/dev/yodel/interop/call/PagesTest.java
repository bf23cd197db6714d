package dev.yodel.interop.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.serve.EchoServer;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.whip.Broadcasts;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.PageLooks;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.whip.WhipServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pages of {@code yodel serve} and {@code yodel signal} on a telephone and a desk, at rest and in use. */
class PagesTest {
    /** Pages behind others go on. */
    private static final String[] FLAGS = {
        "--disable-background-timer-throttling",
        "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows"
    };

    private static void assertGood(Chromium page) {
        PageLooks looks = new PageLooks(page);
        looks.assertFitsATelephone(false);
        looks.assertReadable();
        looks.assertNamed();
    }

    private static void await(Chromium page, String expression) {
        Polling.until(
                expression + ", " + page.console(),
                30,
                () -> page.evaluate(expression).getAsBoolean() ? true : null);
    }

    /** With its picture, its graphs, and in sight of whoever runs the tests: target/screenshots. */
    private static void assertGoodInUse(Chromium page, String name) throws IOException {
        await(page, "document.getElementById('video').videoWidth > 0");
        new PageLooks(page).awaitGraphs();
        assertGood(page);
        Path folder = Files.createDirectories(Path.of("target", "screenshots"));
        Files.write(folder.resolve(name + ".png"), page.screenshot(1280, 800));
        Files.write(folder.resolve(name + "-phone.png"), page.screenshot(390, 844));
    }

    @Test
    void pagesFitATelephoneAndDrawTheirFigures() throws Exception {
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                WhipServer whip = new Broadcasts(line -> {})
                        .addTo(WhipServer.builder(factory))
                        .build();
                EchoServer echo = EchoServer.start(
                        new InetSocketAddress("localhost", 0),
                        OriginRule.OWN_PAGES,
                        factory,
                        Configuration.DEFAULT,
                        line -> {},
                        bot -> {},
                        whip);
                SignalServer signal = SignalServer.start(new InetSocketAddress("localhost", 0), OriginRule.OWN_PAGES);
                Chromium page = Chromium.start(FLAGS)) {
            page.navigate(signal.page());
            assertGood(page);
            page.navigate(signal.page().resolve("/chat"));
            assertGood(page);

            // All three at once, since each takes some seconds to draw something.
            page.navigate(echo.page().resolve("/publish"));
            assertGood(page);
            page.evaluate("void (document.getElementById('source').value = 'pattern')");
            page.evaluate("document.getElementById('go').click()");
            Chromium caller = page.newPage();
            caller.navigate(echo.page());
            assertGood(caller);
            caller.evaluate("void (document.getElementById('source').value = 'tone',"
                    + " document.getElementById('picture').value = 'pattern')");
            caller.evaluate("document.getElementById('call').click()");
            Chromium watcher = page.newPage();
            watcher.navigate(echo.page().resolve("/watch"));
            assertGood(watcher);
            await(page, "document.getElementById('state').textContent === 'connected'");
            watcher.evaluate("document.getElementById('go').click()");
            assertGoodInUse(watcher, "watch");
            assertGoodInUse(page, "publish");
            assertGoodInUse(caller, "echo");

            page.evaluate("document.getElementById('stop').click()");
            assertThat(page.evaluate("document.getElementById('video').hidden").getAsBoolean())
                    .isTrue();
        }
    }
}
