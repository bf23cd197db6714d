package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonPrimitive;
import dev.yodel.examples.serve.EchoBot;
import dev.yodel.examples.serve.EchoServer;
import dev.yodel.examples.video.VideoKind;
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
 * The page of {@code yodel serve} sends a picture and a tone and sees the pattern of {@code --video}, as old as the
 * time in it says; the JVM records what the page sent into a WebM file, and ffprobe and Chromium can read that.
 */
class RecordedCallTest {
    /** Reads the time that the pattern carries in its first row of blocks; how old the picture is, -1 without one. */
    private static final String PATTERN_AGE =
            """
            (() => {
              const video = document.getElementById('video');
              if (!video.videoWidth) { return -1; }
              const canvas = document.createElement('canvas');
              canvas.width = video.videoWidth;
              canvas.height = video.videoHeight;
              const paint = canvas.getContext('2d');
              paint.drawImage(video, 0, 0);
              const block = canvas.width / 40;
              let value = 0;
              let check = 0;
              for (let i = 0; i < 40; i++) {
                const pixel = paint.getImageData(i * block + block / 2, block / 2, 1, 1).data;
                const bit = pixel[1] > 128 ? 1 : 0;
                if (i < 32) { value = value * 2 + bit; } else { check = check * 2 + bit; }
              }
              const bytes = [value / 0x1000000, value / 0x10000, value / 0x100, value].map((b) => Math.floor(b) & 255);
              if ((bytes[0] ^ bytes[1] ^ bytes[2] ^ bytes[3] ^ 0xa5) !== check) { return -1; }
              return ((Date.now() % 0x100000000) - value + 0x100000000) % 0x100000000;
            })()""";

    @TempDir
    Path folder;

    @Test
    void thePatternIsSeenAndTheBrowsersPictureAndSoundRecorded() throws Exception {
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
                            bot.show(VideoKind.PATTERN);
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
                    "the pattern, " + log + page.console(),
                    40,
                    () -> page.evaluate("document.getElementById('video').currentTime > 6"
                                            + " && document.getElementById('video').videoWidth === 640")
                                    .getAsBoolean()
                            ? true
                            : null);
            double age = Polling.until("a picture whose time can be read", 20, () -> {
                double read = page.evaluate(PATTERN_AGE).getAsDouble();
                return read >= 0 ? read : null;
            });
            System.out.printf("the pattern is %.0f ms old when the page shows it%n", age);
            assertThat(age).isLessThan(3_000);
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
        // The browser's own picture, which is smaller than ours.
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
