package dev.yodel.interop.negotiation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Firefox;
import dev.yodel.interop.browser.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The sequences of {@link Storm} between two connections of one page: which of them does a browser not get through
 * with itself? By hand, {@code -Plong -Dyodel.storms=N}, from {@code -Dyodel.storms.first} on; the failures are
 * printed.
 */
@Tag("long")
class BrowserAloneStormTest {
    private static int count() {
        int count = Integer.getInteger("yodel.storms", 0);
        assumeTrue(count > 0, "say how many by -Dyodel.storms=N");
        return count;
    }

    private static void storms(String browser, StormPage page, int count) {
        long first = Long.getLong("yodel.storms.first", 0);
        List<String> failures = new ArrayList<>();
        for (long seed = first; seed < first + count; seed++) {
            String failure = page.stormAlone(seed, Storm.STEPS);
            if (!failure.isEmpty()) {
                failures.add(failure);
            }
        }
        System.out.println(browser + " alone: " + failures.size() + " of " + count + " storms do not converge");
        failures.forEach(System.out::println);
        // A page that does not know what it does would show nothing.
        assertThat(failures.size()).isLessThan(Math.max(2, count / 2));
    }

    /** Why the pages of storms stop no transceiver that no answer has: negotiation would never end. */
    private static int asksAfterAnEarlyStop(BrowserPage page) {
        return page.evaluate(
                        """
                (async () => {
                  const one = new RTCPeerConnection();
                  const two = new RTCPeerConnection();
                  let asked = 0;
                  async function exchange() {
                    await one.setLocalDescription();
                    await two.setRemoteDescription(one.localDescription);
                    await two.setLocalDescription();
                    await one.setRemoteDescription(two.localDescription);
                  }
                  one.addTransceiver('audio');
                  await exchange();
                  await new Promise((done) => setTimeout(done, 100));
                  const enough = new Promise((done) => {
                    one.onnegotiationneeded = async () => {
                      asked++;
                      if (asked === 20) {
                        done();
                      } else {
                        await exchange();
                      }
                    };
                    setTimeout(done, 5000);
                  });
                  one.addTransceiver('video').stop();
                  await enough;
                  one.close();
                  two.close();
                  return asked;
                })()
                """)
                .getAsInt();
    }

    @Test
    void browsersAskForEverAfterAnEarlyStop() throws Exception {
        try (Chromium browser = Chromium.start()) {
            assertThat(asksAfterAnEarlyStop(browser)).as("Chromium").isEqualTo(20);
        }
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox browser = Firefox.start(namespace, Map.of())) {
            assertThat(asksAfterAnEarlyStop(browser)).as("Firefox").isEqualTo(20);
        }
    }

    @Test
    void chromiumWithItself() throws Exception {
        int count = count();
        try (Chromium browser = Chromium.start("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream");
                StormPage page = new StormPage(browser, "localhost")) {
            storms("Chromium", page, count);
        }
    }

    @Test
    void firefoxWithItself() throws Exception {
        int count = count();
        try (NetworkNamespace namespace = NetworkNamespace.create();
                Firefox browser = Firefox.start(namespace, Map.of());
                StormPage page = new StormPage(browser, namespace.outerAddress())) {
            storms("Firefox", page, count);
        }
    }
}
