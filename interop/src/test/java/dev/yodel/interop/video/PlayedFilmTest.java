package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.yodel.examples.Yodel;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code yodel play} sends, Chromium decodes. */
class PlayedFilmTest {
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

    /** The page of the signaling server waits in a room for who comes. */
    private static void waitInRoom(Chromium page, SignalServer server, String room) throws InterruptedException {
        page.navigate(server.page());
        page.evaluate("document.getElementById('source').value = 'tone'");
        page.evaluate("document.getElementById('room').value = '" + room + "'");
        page.evaluate("document.getElementById('call').click()");
        Polling.until(
                "the page in the room",
                20,
                () -> page.evaluate("document.getElementById('state').textContent")
                                .getAsString()
                                .equals("waiting")
                        ? true
                        : null);
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
            waitInRoom(page, server, "film");
            String room = server.room("film").toString();
            CompletableFuture<Integer> player = CompletableFuture.supplyAsync(
                    () -> Yodel.commandLine().execute("play", film.toString(), room, "--wait", "30"),
                    // It waits, and from JDK 25 on the WebSocket client needs the common pool's one thread.
                    command -> new Thread(command, "play").start());
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

    /** In a JVM of its own, in whose class path neither JNA nor opus-java is. */
    @Test
    @Tag("long")
    void anOggFileIsHeardInChromiumWithoutLibopus() throws Exception {
        Path sound = folder.resolve("tone.ogg");
        run(
                folder,
                "ffmpeg",
                "-loglevel",
                "error",
                "-f",
                "lavfi",
                "-i",
                "sine=frequency=900",
                "-t",
                "60",
                "-c:a",
                "libopus",
                sound.toString());
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains("jna") && !entry.contains("opus-java"))
                .collect(Collectors.joining(File.pathSeparator));
        Path said = folder.resolve("said-by-play");
        try (SignalServer server = SignalServer.start(new InetSocketAddress("localhost", 0), OriginRule.OWN_PAGES);
                Chromium page = Chromium.start()) {
            waitInRoom(page, server, "ogg");
            Process player = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            classPath,
                            Yodel.class.getName(),
                            "play",
                            sound.toString(),
                            server.room("ogg").toString(),
                            "--wait",
                            "90")
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            try {
                Polling.until("the sound, " + page.console(), 90, () -> {
                    boolean heard = player.isAlive()
                            && page.evaluate("Math.abs((window.roomCall?.monitor?.heard?.peakHz() ?? 0)"
                                            + " - 900) < 12")
                                    .getAsBoolean();
                    return heard ? true : null;
                });
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + "; the player said " + Files.readString(said), e);
            } finally {
                player.destroy();
                player.waitFor(10, TimeUnit.SECONDS);
            }
        }
    }
}
