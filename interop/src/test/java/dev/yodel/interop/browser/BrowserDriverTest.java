package dev.yodel.interop.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The drivers themselves, and the signaling server's page: two browsers call each other without any of our media. */
class BrowserDriverTest {
    @Test
    @Tag("long")
    void chromiumsCallEachOtherThroughOurPage() throws Exception {
        try (SignalServer server = SignalServer.start(new InetSocketAddress("localhost", 0), OriginRule.OWN_PAGES);
                Chromium first = Chromium.start();
                Chromium second = Chromium.start()) {
            for (final Chromium page : new Chromium[] {first, second}) {
                page.navigate(server.page());
                page.evaluate("document.getElementById('source').value = 'tone'");
                page.evaluate("document.getElementById('call').click()");
                Polling.until("joining", 10, () -> state(page).equals("not in a call") ? null : true);
            }
            assertConnected(first);
            assertConnected(second);
            second.evaluate("document.getElementById('hangup').click()");
            Polling.until("the hang-up", 10, () -> state(first).equals("waiting") ? true : null);
            assertThat(first.console()).isEmpty();
        }
    }

    private static void assertConnected(BrowserPage page) {
        Polling.until("the call", 20, () -> state(page).equals("connected") ? true : null);
        Polling.until(
                "a tone",
                20,
                () -> page.evaluate("document.getElementById('heard-level').value")
                                .getAsString()
                                .endsWith("dB")
                        ? true
                        : null);
    }

    private static String state(BrowserPage page) {
        return page.evaluate("document.getElementById('state').textContent").getAsString();
    }

    @Test
    void chromiumReportsWhatGoesWrongInThePage() {
        try (Chromium page = Chromium.start()) {
            assertThat(page.evaluate("new Promise(done => setTimeout(() => done({a: [1, 'b']}), 10))"))
                    .hasToString("{\"a\":[1,\"b\"]}");
            assertThat(page.evaluate("undefined").isJsonNull()).isTrue();
            page.evaluate("console.log('here', 5)");
            assertThatThrownBy(() -> page.evaluate("Promise.reject(new Error('no such thing'))"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("no such thing")
                    .hasMessageContaining("log: \"here\" 5");
        }
    }

    @Test
    @Tag("long")
    void firefoxGathersCandidatesInItsNamespace() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.create();
                SignalServer server =
                        SignalServer.start(new InetSocketAddress(namespace.outerAddress(), 0), OriginRule.OWN_PAGES);
                Firefox page = Firefox.start(namespace, Map.of())) {
            page.navigate(server.page());
            final JsonObject seen = page.evaluate("(async () => {"
                            + "const stream = await navigator.mediaDevices.getUserMedia({audio: true});"
                            + "const pc = new RTCPeerConnection();"
                            + "pc.addTrack(stream.getAudioTracks()[0], stream);"
                            + "const candidates = [];"
                            + "const all = new Promise(done => pc.onicecandidate = event => event.candidate"
                            + "  ? candidates.push(event.candidate.candidate) : done());"
                            + "await pc.setLocalDescription(); await all; pc.close();"
                            + "return {title: document.title, candidates};"
                            + "})()")
                    .getAsJsonObject();
            assertThat(seen.get("title").getAsString()).contains("Yodel");
            assertThat(seen.get("candidates").toString()).contains(".local ");
            assertThatThrownBy(() -> page.evaluate("Promise.reject(new Error('no such thing'))"))
                    .hasMessageContaining("no such thing");
        }
    }
}
