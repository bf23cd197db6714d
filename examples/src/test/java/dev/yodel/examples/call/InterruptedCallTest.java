package dev.yodel.examples.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.yodel.examples.ExitCode;
import dev.yodel.examples.Shell;
import dev.yodel.examples.Yodel;
import dev.yodel.examples.signal.SignalServer;
import dev.yodel.examples.web.OriginRule;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C: a {@code yodel call} in a process of its own gets SIGINT in the middle of a call. */
class InterruptedCallTest {
    /** What a shell says of a process that ended by SIGINT, and what a JVM returns. */
    private static final int ENDED_BY_SIGINT = 130;

    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void ctrlCHangsUp() throws Exception {
        try (SignalServer server =
                SignalServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OriginRule.OWN_PAGES)) {
            final String room = server.room("r").toString();
            final Path said = folder.resolve("said.txt");
            final Shell other = Shell.start("call", room, "--send", "silence", "--wait", "60", "--json");
            // Whoever runs the tests in the background may have had SIGINT ignored, which children inherit.
            final Process process = new ProcessBuilder(
                            "env",
                            "--default-signal=INT",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Yodel.class.getName(),
                            "call",
                            room,
                            "--send",
                            "tone",
                            "--wait",
                            "60")
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            try {
                other.awaitOut("\"second\":2");
                final Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
                assertThat(kill.waitFor()).isZero();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).as(Files.readString(said)).isEqualTo(ENDED_BY_SIGINT);
                assertThat(Files.readString(said)).contains("call over: interrupted");
                assertThat(other.exitCode()).as("%s", other).isEqualTo(ExitCode.OK);
                assertThat(JsonParser.parseString(other.lastLine())
                                .getAsJsonObject()
                                .get("reason")
                                .getAsString())
                        .isEqualTo("the other side hung up");
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
