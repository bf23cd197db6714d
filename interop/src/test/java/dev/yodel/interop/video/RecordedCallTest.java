package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import dev.yodel.examples.serve.EchoBot;
import dev.yodel.examples.serve.EchoServer;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of {@code yodel serve} shows a picture and sounds a tone; both come back, the JVM records both into a WebM file, and
 * ffprobe and Chromium can read that.
 */
class RecordedCallTest {
    @TempDir
    Path folder;

    @Test
    void aBrowsersPictureAndSoundAreRecorded() throws Exception {
        Path file = folder.resolve("call.webm");
        List<String> log = new CopyOnWriteArrayList<>();
        BlockingQueue<EchoBot> bots = new LinkedBlockingQueue<>();
        try (PeerConnectionFactory factory = PeerConnectionFactory.create();
                EchoServer server = EchoServer.start(
                        new InetSocketAddress("localhost", 0),
                        OriginRule.OWN_PAGES,
                        factory,
                        Configuration.DEFAULT,
                        log::add,
                        bot -> {
                            bot.record(file);
                            bots.add(bot);
                        });
                Chromium page = Chromium.start()) {
            page.navigate(server.page());
            page.evaluate("document.getElementById('source').value = 'tone'");
            page.evaluate("document.getElementById('picture').value = 'pattern'");
            page.evaluate("import('/echo.js').then(module => module.call(500))");
            EchoBot bot = bots.poll(20, TimeUnit.SECONDS);
            assertThat(bot).as("a call, %s", log).isNotNull();
            Polling.until(
                    "the echoed picture, " + log + page.console(),
                    40,
                    () -> page.evaluate("document.getElementById('video').currentTime > 6"
                                            + " && document.getElementById('video').videoWidth === 320")
                                    .getAsBoolean()
                            ? true
                            : null);
            bot.close();
            probe(file);
        }
        // Not in the server's page, which forbids what is not its own.
        try (Chromium player = Chromium.start()) {
            play(player, file);
        }
    }

    private static void probe(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        Requirements.program("ffprobe").toString(),
                        "-v",
                        "error",
                        "-show_entries",
                        "packet=stream_index,pts_time",
                        "-show_entries",
                        "stream=codec_name,width,height",
                        "-of",
                        "csv",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        double[] last = new double[2];
        int[] packets = new int[2];
        for (String line : words.split("\n", -1)) {
            String[] fields = line.split(",", -1);
            if (fields[0].equals("packet")) {
                int stream = Integer.parseInt(fields[1].strip());
                last[stream] = Math.max(last[stream], Double.parseDouble(fields[2].strip()));
                packets[stream]++;
            }
        }
        assertThat(words).contains("stream,opus", "stream,vp8,320,240");
        System.out.printf(
                "recorded %d and %d packets, up to %.2f and %.2f s%n", packets[0], packets[1], last[0], last[1]);
        assertThat(last[0]).isGreaterThan(4);
        assertThat(Math.abs(last[0] - last[1])).isLessThan(0.5);
        assertThat(packets[0] + packets[1]).isGreaterThan(250);
    }

    private static void play(BrowserPage page, Path file) throws Exception {
        String data = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        page.evaluate(
                """
                void (() => {
                  const film = document.createElement('video');
                  film.muted = true;
                  film.src = 'data:video/webm;base64,' + %s;
                  window.film = film;
                  film.play();
                })()"""
                        .formatted(new JsonPrimitive(data)));
        Polling.until("the film to end, " + page.console(), 40, () -> {
            assertThat(page.evaluate("window.film.error?.message ?? ''").getAsString())
                    .isEmpty();
            return page.evaluate("window.film.ended").getAsBoolean() ? true : null;
        });
        assertThat(page.evaluate("window.film.videoWidth").getAsInt()).isEqualTo(320);
        assertThat(page.evaluate("window.film.duration").getAsDouble()).isGreaterThan(4);
        assertThat(page.evaluate("window.film.getVideoPlaybackQuality().totalVideoFrames")
                        .getAsInt())
                .isGreaterThan(50);
    }
}
