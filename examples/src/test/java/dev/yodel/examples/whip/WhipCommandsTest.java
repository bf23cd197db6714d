package dev.yodel.examples.whip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.YodelProcess;
import dev.yodel.examples.video.PictureSender;
import dev.yodel.examples.video.VideoKind;
import dev.yodel.media.file.WebmReader;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.media.file.WebmWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yodel serve --whip}, {@code yodel whip} and {@code yodel whep} together. */
class WhipCommandsTest {
    private static final byte[] SILENCE = {(byte) 0xf8, (byte) 0xff, (byte) 0xfe};
    /** A key frame of VP8 as far as its header goes (RFC 6386 9.1): 160 x 120. */
    private static final byte[] KEY_FRAME = {0x10, 0x02, 0x00, (byte) 0x9d, 0x01, 0x2a, (byte) 160, 0, 120, 0, 1, 2, 3};

    @TempDir
    private Path folder;

    /** Five seconds of silence and of the same picture. */
    private Path film() throws IOException {
        final Path file = folder.resolve("film.webm");
        final WebmTrack picture = WebmTrack.video("VP8", KEY_FRAME);
        assertThat(picture).isNotNull();
        try (WebmWriter writer = WebmWriter.create(file, List.of(WebmTrack.opus(2), picture))) {
            for (int i = 0; i < 250; i++) {
                writer.write(0, SILENCE, 0, SILENCE.length, i * 20_000_000L, true);
                if (i % 5 == 0) {
                    writer.write(1, KEY_FRAME, 0, KEY_FRAME.length, i * 20_000_000L, true);
                }
            }
        }
        return file;
    }

    @Test
    void aFileIsPublishedThroughTheServerIntoAFile() throws Exception {
        final Shell server = Shell.start("serve", "--port", "0", "--whip", "--token", "sesame");
        server.awaitOut("publish to ");
        final String start = "publish to ";
        final String base = server.out()
                .substring(server.out().indexOf(start) + start.length())
                .split("whip/NAME", 2)[0];

        assertThat(Shell.run(
                                "whep",
                                base + "whep/live",
                                folder.resolve("no.webm").toString(),
                                "--token",
                                "x")
                        .err())
                .contains("401", "token");
        final Shell publisher =
                Shell.start("whip", film().toString(), base + "whip/live", "--token", "sesame", "--repeat", "0");
        publisher.awaitOut("publishing");
        final Path heard = folder.resolve("heard.webm");
        final Shell player =
                Shell.run("whep", base + "whep/live", heard.toString(), "--token", "sesame", "--duration", "2");
        assertThat(player.exitCode()).as(player.toString() + server).isZero();
        assertThat(player.out()).contains("recorded for 2 s");
        try (WebmReader reader = WebmReader.open(heard)) {
            assertThat(reader.tracks()).extracting(WebmTrack::encodingName).containsExactlyInAnyOrder("opus", "VP8");
        }
        assertThat(Files.size(heard)).isGreaterThan(500);
        assertThat(Shell.run("whip", film().toString(), base + "whip/live", "--token", "sesame")
                        .err())
                .contains("409", "already");
        server.awaitOut("live: watched by 0");
    }

    @Test
    void aPatternIsEncodedPublishedAndRecorded() throws Exception {
        try {
            PictureSender.open(VideoKind.PATTERN).close();
        } catch (IOException missing) {
            Assumptions.abort(missing.getMessage());
        }
        final Shell server = Shell.start("serve", "--port", "0", "--whip");
        server.awaitOut("publish to ");
        final String start = "publish to ";
        final String base = server.out()
                .substring(server.out().indexOf(start) + start.length())
                .split("whip/NAME", 2)[0];
        final Shell publisher = Shell.start("whip", "pattern", base + "whip/live");
        publisher.awaitOut("publishing pattern");
        final Path seen = folder.resolve("seen.webm");
        final Shell player = Shell.run("whep", base + "whep/live", seen.toString(), "--duration", "2");
        assertThat(player.exitCode()).as(player.toString() + server).isZero();
        try (WebmReader reader = WebmReader.open(seen)) {
            assertThat(reader.tracks()).hasSize(1);
            assertThat(reader.tracks().get(0)).hasToString("V_VP8 640x360");
        }
    }

    /**
     * It says nothing, neither by HTTP nor by DTLS: consent runs out after 30 s (RFC 7675), and its players are sent
     * away.
     */
    @Test
    @Tag("long")
    void aPublisherThatIsKilledIsForgotten() throws Exception {
        final Shell server = Shell.start("serve", "--port", "0", "--whip");
        server.awaitOut("publish to ");
        final String start = "publish to ";
        final String base = server.out()
                .substring(server.out().indexOf(start) + start.length())
                .split("whip/NAME", 2)[0];
        try (YodelProcess publisher =
                YodelProcess.start("whip", film().toString(), base + "whip/live", "--repeat", "0")) {
            publisher.await("publishing");
            final Shell player = Shell.start(
                    "whep", base + "whep/live", folder.resolve("seen.webm").toString());
            player.awaitOut("playing");
            publisher.kill();
            final CountDownLatch never = new CountDownLatch(1);
            for (int i = 0; i < 600 && !server.out().contains("live: over"); i++) {
                assertThat(never.await(100, TimeUnit.MILLISECONDS)).isFalse();
            }
            server.awaitOut("live: over");
            // How many frames came before, chance has decided.
            assertThat(player.exitCode()).isIn(ExitCode.OK, ExitCode.FAILED);
            assertThat(player.out()).contains("recorded ");
        }
    }

    @Test
    void wrongCommandLinesAreToldInWords() throws IOException {
        assertThat(Shell.run("whip", "film.webm", "ws://localhost/x").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Shell.run("whep", "nonsense", "film.webm").exitCode()).isEqualTo(ExitCode.USAGE);
        final Path text = Files.writeString(folder.resolve("text.webm"), "no film");
        final Shell shell = Shell.run("whip", text.toString(), "http://localhost:1/whip/x");
        assertThat(shell.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(shell.err()).contains("no WebM file");
        final Shell nobody = Shell.run("whip", film().toString(), "http://localhost:1/whip/x");
        assertThat(nobody.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(nobody.err()).contains("was not answered");
    }
}
