package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The data bot on Pion, compiled once a build from a small program and Debian's packages. */
public final class PionBot {
    private static final Path FOLDER = Path.of("target", "pion-bot").toAbsolutePath();

    private static @Nullable Path program;

    private PionBot() {}

    /** Starts the bot, or skips the test where it cannot be built. */
    public static ProcessPeer start(String... arguments) throws IOException, InterruptedException {
        return start(List.of(), arguments);
    }

    /** The same in a namespace. */
    public static ProcessPeer start(List<String> prefix, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(program().toString());
        command.addAll(List.of(arguments));
        return ProcessPeer.start(FOLDER, command);
    }

    private static synchronized Path program() throws IOException, InterruptedException {
        Path built = program;
        if (built != null) {
            return built;
        }
        Path go = Files.isExecutable(Path.of("/usr/lib/go/bin/go"))
                ? Path.of("/usr/lib/go/bin/go")
                : Requirements.program("go");
        if (!Files.isDirectory(Path.of("/usr/share/gocode/src/github.com/pion/webrtc"))) {
            Requirements.missing("golang-github-pion-webrtc.v3-dev is not installed");
        }
        Path source = Files.createDirectories(FOLDER.resolve("go/src/bot"));
        Files.writeString(source.resolve("main.go"), BrowserPeer.script("data_bot.go"));
        // Without modules Go finds a path with a version only for programs that have this file.
        Files.writeString(source.resolve("go.mod"), "module bot\n");
        built = FOLDER.resolve("bot");
        ProcessBuilder builder = new ProcessBuilder(go.toString(), "build", "-o", built.toString());
        builder.environment().put("GO111MODULE", "off");
        builder.environment().put("GOPATH", FOLDER.resolve("go") + ":/usr/share/gocode");
        if (!builder.environment().containsKey("HOME")) {
            builder.environment().put("GOCACHE", FOLDER.resolve("cache").toString());
        }
        Process process = builder.directory(source.toFile())
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("go.log").toFile())
                .start();
        if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            Requirements.missing("the bot on Pion cannot be built: "
                    + Files.readString(FOLDER.resolve("go.log"), StandardCharsets.UTF_8));
        }
        program = built;
        return built;
    }
}
