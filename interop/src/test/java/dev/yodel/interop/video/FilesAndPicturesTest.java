package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.yodel.examples.Yodel;
import dev.yodel.examples.serve.EchoBot;
import dev.yodel.examples.serve.EchoServer;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.video.VideoKind;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code yodel play} and {@code yodel serve --video} send, Chromium decodes. */
class FilesAndPicturesTest {
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

    private static void run(Path folder, String program, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(Requirements.program(program).toString()));
        command.addAll(List.of(arguments));
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    }

    @Test
    void aFilmIsPlayedToChromium() throws Exception {
        Path film = folder.resolve("film.webm");
        run(
                folder,
                "ffmpeg",
                "-loglevel",
                "error",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=320x180:rate=25",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=600",
                "-t",
                "3",
                "-c:v",
                "libvpx",
                "-deadline",
                "realtime",
                "-b:v",
                "300k",
                "-g",
                "25",
                "-c:a",
                "libopus",
                film.toString());
        try (SignalServer server = SignalServer.start(new InetSocketAddress("localhost", 0), OriginRule.OWN_PAGES);
                Chromium page = Chromium.start()) {
            page.navigate(server.page());
            page.evaluate("document.getElementById('source').value = 'tone'");
            page.evaluate("document.getElementById('room').value = 'film'");
            page.evaluate("document.getElementById('call').click()");
            Polling.until(
                    "the page in the room",
                    20,
                    () -> page.evaluate("document.getElementById('state').textContent")
                                    .getAsString()
                                    .equals("waiting")
                            ? true
                            : null);
            String room = server.room("film").toString();
            CompletableFuture<Integer> player = CompletableFuture.supplyAsync(
                    () -> Yodel.commandLine().execute("play", film.toString(), room, "--wait", "30"));
            Polling.until(
                    "the film, " + page.console(),
                    40,
                    () -> page.evaluate("document.getElementById('video').currentTime > 1.5"
                                            + " && document.getElementById('video').videoWidth === 320")
                                    .getAsBoolean()
                            ? true
                            : null);
            double hz = page.evaluate("window.roomCall.monitor.heard.peakHz()").getAsDouble();
            int frames = page.evaluate("document.getElementById('video').getVideoPlaybackQuality().totalVideoFrames")
                    .getAsInt();
            assertThat(hz).isCloseTo(600, within(12.0));
            assertThat(frames).isGreaterThan(20);
            assertThat(player.get(30, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void thePatternIsSeenAndTheBrowsersPictureRecorded() throws Exception {
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
                    () -> page.evaluate("document.getElementById('video').currentTime > 1"
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
        }
        Process probe = new ProcessBuilder(
                        Requirements.program("ffprobe").toString(),
                        "-v",
                        "error",
                        "-count_packets",
                        "-show_entries",
                        "stream=codec_name,width,height,nb_read_packets",
                        "-of",
                        "csv",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String words = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(probe.waitFor(60, TimeUnit.SECONDS)).isTrue();
        // The browser's own picture, which is smaller than ours.
        assertThat(words).contains("stream,opus", "stream,vp8,320,240");
    }
}
