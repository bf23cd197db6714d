package dev.yodel.interop.data;

import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The bots on Pion, each compiled once a build from a small program and Debian's packages. */
public final class PionBot {
    private static final Path FOLDER = Path.of("target", "pion-bot").toAbsolutePath();

    private static final Map<String, Path> PROGRAMS = new HashMap<>();

    private PionBot() {}

    /** Starts the data bot, or skips the test where it cannot be built. */
    public static ProcessPeer start(String... arguments) throws IOException, InterruptedException {
        return start(List.of(), arguments);
    }

    /** The same in a namespace. */
    public static ProcessPeer start(List<String> prefix, String... arguments) throws IOException, InterruptedException {
        return bot("data_bot.go", prefix, arguments);
    }

    /** Starts the bot that sends back the packets of the picture it receives. */
    public static ProcessPeer video() throws IOException, InterruptedException {
        return bot("video_bot.go", List.of());
    }

    private static ProcessPeer bot(String program, List<String> prefix, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(program(program).toString());
        command.addAll(List.of(arguments));
        return ProcessPeer.start(FOLDER, command);
    }

    private static synchronized Path program(String script) throws IOException, InterruptedException {
        Path built = PROGRAMS.get(script);
        if (built != null) {
            return built;
        }
        Path go = Files.isExecutable(Path.of("/usr/lib/go/bin/go"))
                ? Path.of("/usr/lib/go/bin/go")
                : Requirements.program("go");
        if (!Files.isDirectory(Path.of("/usr/share/gocode/src/github.com/pion/webrtc"))) {
            Requirements.missing("golang-github-pion-webrtc.v3-dev is not installed");
        }
        String name = script.replace(".go", "");
        Path source = Files.createDirectories(FOLDER.resolve("go/src/" + name));
        Files.writeString(source.resolve("main.go"), BrowserPeer.script(script));
        // Without modules Go finds a path with a version only for programs that have this file.
        Files.writeString(source.resolve("go.mod"), "module " + name + "\n");
        built = FOLDER.resolve(name);
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
        PROGRAMS.put(script, built);
        return built;
    }
}
