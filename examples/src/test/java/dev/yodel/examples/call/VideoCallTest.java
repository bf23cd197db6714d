package dev.yodel.examples.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.video.Picture;
import dev.yodel.examples.video.TestPattern;
import dev.yodel.examples.video.VpxDecoder;
import dev.yodel.examples.web.OriginRule;
import dev.yodel.media.file.WebmReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code yodel call --video}: the pattern goes over, is recorded, and says in each picture when it was taken. */
class VideoCallTest {
    @TempDir
    private Path folder;

    @Test
    void thePatternIsRecordedOnTheOtherSide() throws Exception {
        final VpxDecoder decoder = VpxDecoder.of("VP8");
        Assumptions.assumeTrue(decoder != null, "no libvpx here");
        final Path film = folder.resolve("seen.webm");
        final Path capture = folder.resolve("call.pcap");
        try (decoder;
                SignalServer server = SignalServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES)) {
            final String room = server.room("v").toString();
            final Shell waiting = Shell.start(
                    "call",
                    room,
                    "--send",
                    "silence",
                    "--record",
                    film.toString(),
                    "--wait",
                    "40",
                    "--json",
                    "--pcap",
                    capture.toString());
            final Shell calling =
                    Shell.run("call", room, "--video", "--send", "tone", "--duration", "3", "--wait", "40");
            assertThat(calling.exitCode()).as("%s %s", calling, waiting).isEqualTo(ExitCode.OK);
            assertThat(waiting.exitCode()).as("%s %s", calling, waiting).isEqualTo(ExitCode.OK);
            long last = -1;
            int pictures = 0;
            int sounds = 0;
            try (WebmReader reader = WebmReader.open(film)) {
                assertThat(reader.tracks()).as("%s %s", calling, waiting).hasSize(2);
                for (WebmReader.Frame frame = reader.next(); frame != null; frame = reader.next()) {
                    if (!reader.tracks().get(frame.track()).video()) {
                        sounds++;
                        continue;
                    }
                    final Picture picture = Objects.requireNonNull(decoder).decode(frame.data());
                    if (picture != null) {
                        assertThat(picture.width()).isEqualTo(640);
                        final OptionalLong taken = TestPattern.read(picture);
                        assertThat(taken).isPresent();
                        assertThat(taken.getAsLong()).isGreaterThan(last);
                        last = taken.getAsLong();
                        pictures++;
                    }
                }
            }
            assertThat(pictures).isGreaterThan(10);
            assertThat(sounds).isGreaterThan(50);
            assertThat(Files.size(capture)).isGreaterThan(20_000);
        }
    }
}
