package dev.yodel.examples.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.YodelProcess;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.file.OggOpusReader;
import dev.yodel.media.file.OggOpusWriter;
import dev.yodel.media.file.WebmReader;
import dev.yodel.media.file.WebmTrack;
import dev.yodel.media.file.WebmWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yodel play} and {@code yodel record}: one file goes through a call into another. */
class PlayAndRecordTest {
    private static final int SECONDS = 2;

    @TempDir
    private Path folder;

    private SignalServer server;

    @BeforeEach
    void start() throws Exception {
        server = SignalServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String room(String name) {
        return server.room(name).toString();
    }

    /** Sound and picture, of which each says which moment it is of. */
    private Path film() throws IOException {
        final Path file = folder.resolve("film.webm");
        final WebmTrack picture = WebmTrack.video("VP8", picture(0));
        assertThat(picture).isNotNull();
        try (WebmWriter writer = WebmWriter.create(file, List.of(WebmTrack.opus(1), picture))) {
            for (int i = 0; i < SECONDS * 50; i++) {
                final long time = 20_000_000L * i;
                writer.write(0, new byte[] {0x78, 0, (byte) i}, 0, 3, time, true);
                if (i % 2 == 0) {
                    final byte[] frame = picture(i);
                    writer.write(1, frame, 0, frame.length, time, i % 50 == 0);
                }
            }
        }
        return file;
    }

    private static byte[] picture(int moment) {
        final byte[] frame = new byte[2_000];
        frame[0] = (byte) (moment % 50 == 0 ? 0x10 : 0x11);
        frame[3] = (byte) 0x9d;
        frame[4] = 1;
        frame[5] = 0x2a;
        frame[6] = 64;
        frame[8] = 48;
        frame[10] = (byte) moment;
        return frame;
    }

    /** Two JVMs; the recorder was there first, so the player offers. */
    @Test
    void aFilmIsPlayedIntoAnotherProcess() throws Exception {
        final Path copy = folder.resolve("copy.webm");
        try (YodelProcess recorder = YodelProcess.start("record", room("r"), copy.toString(), "--wait", "40")) {
            recorder.await("waiting");
            final Shell player = Shell.run("play", film().toString(), room("r"), "--wait", "40");
            assertThat(player.exitCode()).as("%s", player).isEqualTo(ExitCode.OK);
            assertThat(player.out()).contains("played to the end");
            assertThat(recorder.exitCode()).as("%s", recorder.story()).isZero();
        }
        checkFilm(copy);
    }

    private static void checkFilm(Path file) throws IOException {
        final long[] heard = new long[256];
        final long[] seen = new long[256];
        int sounds = 0;
        int pictures = 0;
        try (WebmReader reader = WebmReader.open(file)) {
            assertThat(reader.tracks()).hasSize(2);
            for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
                if (frame.data().length == 3) {
                    heard[frame.data()[2] & 0xff] = frame.timeNanos() + 1;
                    sounds++;
                } else {
                    seen[frame.data()[10] & 0xff] = frame.timeNanos() + 1;
                    pictures++;
                }
            }
        }
        assertThat(sounds).isGreaterThan(SECONDS * 50 * 8 / 10);
        assertThat(pictures).isGreaterThan(SECONDS * 25 * 8 / 10);
        int compared = 0;
        for (int i = SECONDS * 25; i < SECONDS * 50; i++) {
            if (heard[i] != 0 && seen[i] != 0) {
                compared++;
                // On a loaded machine, and before the peer's reports have settled.
                assertThat(Math.abs(heard[i] - seen[i])).as("moment %d", i).isLessThan(250_000_000L);
            }
        }
        assertThat(compared).isGreaterThan(20);
    }

    /** The player was there first, so the recorder offers to receive. */
    @Test
    void aSongIsRecordedByWhoComesLater() throws Exception {
        final Path song = folder.resolve("song.ogg");
        final Path copy = folder.resolve("copy.ogg");
        try (OggOpusWriter writer = OggOpusWriter.create(song, 1)) {
            for (int i = 0; i < SECONDS * 50; i++) {
                writer.write(new byte[] {0x78, 0, (byte) i}, 0, 3);
            }
        }
        final Shell player = Shell.start("play", song.toString(), room("s"), "--wait", "40");
        player.awaitOut("waiting");
        final Shell recorder = Shell.run("record", room("s"), copy.toString(), "--wait", "40");
        assertThat(recorder.exitCode()).as("%s %s", recorder, player).isEqualTo(ExitCode.OK);
        assertThat(player.exitCode()).as("%s %s", recorder, player).isEqualTo(ExitCode.OK);
        int packets = 0;
        try (OggOpusReader reader = OggOpusReader.open(copy)) {
            for (EncodedFrame frame = reader.next(); frame != null; frame = reader.next()) {
                // Others stand for what a player that was late left out.
                packets += frame.data().length == 3 ? 1 : 0;
            }
        }
        assertThat(packets).isBetween(SECONDS * 50 * 8 / 10, SECONDS * 50);
    }

    @Test
    void whatCannotBePlayedOrRecordedSaysWhy() throws Exception {
        final Path text = folder.resolve("text.webm");
        Files.writeString(text, "no film");
        for (final Shell wrong : List.of(
                Shell.run("play", text.toString(), room("w")),
                Shell.run("play", folder.resolve("none.ogg").toString(), "ws://localhost:1/r"),
                Shell.run("play", folder.resolve("film.avi").toString(), room("w")),
                Shell.run("record", room("w"), folder.resolve("film.avi").toString()),
                Shell.run("record", room("w"), folder.resolve("a.ogg").toString(), "--wait", "1"))) {
            assertThat(wrong.exitCode()).as("%s", wrong).isEqualTo(ExitCode.FAILED);
            assertThat(wrong.err()).as("%s", wrong).isNotBlank();
        }
        assertThat(Shell.run("play", text.toString(), "http://localhost/r").exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Shell.run("record", "ws://localhost", "a.webm").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Shell.run("play", text.toString(), room("w"), "--fps", "0").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }
}
