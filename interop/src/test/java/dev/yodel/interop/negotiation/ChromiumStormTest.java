package dev.yodel.interop.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.io.Environment;
import dev.yodel.io.FilteredEnvironment;
import dev.yodel.io.loop.NioEnvironment;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/** Random sequences of changes with Chromium (THREATS.md F34). */
class ChromiumStormTest {
    private static final boolean LONG = Boolean.getBoolean("yodel.long");

    @Test
    void F34_changesOfBothSidesConverge() throws Exception {
        try (Chromium browser = Chromium.start("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream");
                StormPage page = new StormPage(browser, "localhost")) {
            storms(page, Integer.getInteger("yodel.storms", LONG ? 1_000 : 8));
        }
    }

    /** As many storms, one after another, in one page. {@code -Dyodel.storms.first} starts at another seed. */
    static void storms(StormPage page, int count) {
        long first = Long.getLong("yodel.storms.first", 0);
        List<AssertionError> failures = new ArrayList<>();
        int own = 0;
        long begun = System.nanoTime();
        SentPackets packets = new SentPackets();
        try (Environment environment = new FilteredEnvironment(NioEnvironment.create(), packets);
                PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().environment(environment).build()) {
            for (long seed = first; seed < first + count; seed++) {
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
                try (Storm storm = new Storm(seed, factory, packets, page, clock)) {
                    AssertionError failure = storm.failure();
                    if (failure instanceof Storm.BrowsersOwn) {
                        own++;
                    } else if (failure != null) {
                        failures.add(failure);
                    }
                    if (failure != null) {
                        // Of a run of hours not only the end shall be known.
                        System.out.println(failure.getMessage());
                    }
                } finally {
                    clock.shutdownNow();
                }
                if ((seed - first) % 50 == 49) {
                    System.out.println((seed - first + 1) + " storms from " + first + ", " + failures.size()
                            + " do not converge, " + (System.nanoTime() - begun) / 1_000_000_000 + " s");
                }
            }
        }
        if (own > 0) {
            System.out.println(own + " of " + count + " storms from " + first + " end in a fault of the browser's own");
        }
        assertThat(failures)
                .as(failures.size() + " of " + count + " storms do not converge")
                .isEmpty();
    }
}
