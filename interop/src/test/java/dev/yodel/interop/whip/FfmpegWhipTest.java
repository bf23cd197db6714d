package dev.yodel.interop.whip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.serve.EchoServer;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.whip.Broadcasts;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.video.Ffmpeg8;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.Settings;
import dev.yodel.whip.WhipAuthorization;
import dev.yodel.whip.WhipServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FFmpeg's WHIP muxer publishes H.264 and Opus to {@code yodel serve --whip}, and a page of Chromium watches. */
class FfmpegWhipTest {
    /**
     * FFmpeg answers checks in its handshake only: consent to send to it is over after 30 s (RFC 7675 5.1). It makes checks
     * itself, and ends 30 s after the last answer.
     */
    private static final int SECONDS = Boolean.getBoolean("yodel.long") ? 90 : 1;

    @Test
    void ffmpegPublishesAndAPageWatches(@TempDir Path folder) throws Exception {
        List<String> log = new CopyOnWriteArrayList<>();
        Settings settings =
                Settings.builder().ice(ice -> ice.receiveWithoutConsent(true)).build();
        try (PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build();
                WhipServer whip = new Broadcasts(log::add)
                        .addTo(WhipServer.builder(factory))
                        .authorization(WhipAuthorization.token("sesame"))
                        .connectTimeout(Duration.ofSeconds(90))
                        .build();
                EchoServer server = EchoServer.start(
                        new InetSocketAddress("localhost", 0),
                        OriginRule.OWN_PAGES,
                        factory,
                        Configuration.DEFAULT,
                        log::add,
                        bot -> {},
                        whip);
                Chromium watcher = Chromium.start();
                Ffmpeg8 ffmpeg = Ffmpeg8.start(
                        folder,
                        folder,
                        "-re",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=size=320x240:rate=15",
                        "-f",
                        "lavfi",
                        "-i",
                        "sine=frequency=440:sample_rate=48000",
                        "-c:v",
                        "libopenh264",
                        "-pix_fmt",
                        "yuv420p",
                        "-profile:v",
                        "constrained_baseline",
                        "-g",
                        "15",
                        "-b:v",
                        "300k",
                        "-c:a",
                        "libopus",
                        "-ac",
                        "2",
                        "-b:a",
                        "48k",
                        "-f",
                        "whip",
                        // Five seconds are too short on a machine that has much to do.
                        "-handshake_timeout",
                        "60000",
                        "-authorization",
                        "sesame",
                        server.page().resolve("whip/live").toString())) {
            Polling.until("FFmpeg's stream: " + ffmpeg.said(), 60, () -> log.contains("live: published") ? true : null);
            watcher.navigate(server.page().resolve("watch"));
            watcher.evaluate("import('/watch.js').then(module => module.watch('live', 'sesame'))");
            try {
                Polling.until(
                        "picture and sound",
                        30 + 2 * SECONDS,
                        () -> watcher.evaluate("document.getElementById('video').videoWidth === 320"
                                                + " && document.getElementById('video').currentTime > " + SECONDS)
                                        .getAsBoolean()
                                ? true
                                : null);
                Polling.until(
                        "sound",
                        20,
                        () -> watcher.evaluate(
                                                "window.whep.pc.getStats().then((report) => [...report.values()].some((one) =>"
                                                        + " one.type === 'inbound-rtp' && one.totalAudioEnergy > 0))")
                                        .getAsBoolean()
                                ? true
                                : null);
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + ", " + log + watcher.console() + ffmpeg.said(), e);
            }
            assertThat(log).doesNotContain("live: over");
            // Interrupted, FFmpeg ends the session by DELETE.
            ffmpeg.interrupt();
            Polling.until("the end, " + log, 20, () -> whip.sessions() == 0 ? true : null);
            assertThat(log).contains("live: published", "live: watched by 1", "live: over");
        }
    }
}
