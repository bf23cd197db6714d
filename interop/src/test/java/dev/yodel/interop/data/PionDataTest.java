package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data channels with Pion, compiled here from a small program and Debian's packages, in both roles. */
final class PionDataTest {
    @TempDir
    static Path folder;

    private static Path program = Path.of("bot");

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        Path go = Files.isExecutable(Path.of("/usr/lib/go/bin/go"))
                ? Path.of("/usr/lib/go/bin/go")
                : Requirements.program("go");
        if (!Files.isDirectory(Path.of("/usr/share/gocode/src/github.com/pion/webrtc"))) {
            Requirements.missing("golang-github-pion-webrtc.v3-dev is not installed");
        }
        Path source = Files.createDirectories(folder.resolve("go/src/bot"));
        Files.writeString(source.resolve("main.go"), BrowserPeer.script("data_bot.go"));
        // Without modules Go finds a path with a version only for programs that have this file.
        Files.writeString(source.resolve("go.mod"), "module bot\n");
        program = folder.resolve("bot");
        ProcessBuilder builder = new ProcessBuilder(go.toString(), "build", "-o", program.toString());
        builder.environment().put("GO111MODULE", "off");
        builder.environment().put("GOPATH", folder.resolve("go") + ":/usr/share/gocode");
        if (!builder.environment().containsKey("HOME")) {
            builder.environment().put("GOCACHE", folder.resolve("cache").toString());
        }
        Process process = builder.directory(source.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("go.log").toFile())
                .start();
        if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            Requirements.missing("the bot on Pion cannot be built: "
                    + Files.readString(folder.resolve("go.log"), StandardCharsets.UTF_8));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingThatDataChannelsCan(boolean weOffer) throws Exception {
        try (ProcessPeer peer = ProcessPeer.start(folder, List.of(program.toString()))) {
            DataChecks.run(peer, weOffer, DataChecks.Lack.WHOLE_64_KIB);
        }
    }
}
