package dev.yodel.benchmarks.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The programs on other people's stacks: fetched or built once into a folder for temporary files. */
final class OtherStacks {
    private static final String NODE_PACKAGE = "node-datachannel@0.33.4";
    private static final String PION = "/usr/share/gocode/src/github.com/pion/webrtc";

    private final Path folder;

    OtherStacks(Path folder) {
        this.folder = folder;
    }

    /** The command before a run's arguments, or null with a word on standard error where the stack cannot be had. */
    @Nullable
    List<String> command(String stack) throws IOException, InterruptedException {
        return switch (stack) {
            case "yodel", "yodel-on-loop", "libwebrtc" -> java(stack);
            case "libdatachannel" -> node();
            case "pion" -> pion();
            default -> throw new IllegalArgumentException("no such stack: " + stack);
        };
    }

    private static List<String> java(String stack) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx1g");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DataChannelRun.class.getName(), stack));
        return command;
    }

    private @Nullable List<String> node() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("package.json"), "{\"private\": true}");
        Path script = script("data_bench.mjs", folder.resolve("data_bench.mjs"));
        boolean there = run(
                Map.of(),
                folder,
                List.of(
                        "npm",
                        "install",
                        "--no-audit",
                        "--no-fund",
                        "--ignore-scripts",
                        "--prefer-offline",
                        NODE_PACKAGE));
        return there ? List.of("node", script.toString()) : null;
    }

    private @Nullable List<String> pion() throws IOException, InterruptedException {
        if (!Files.isDirectory(Path.of(PION))) {
            System.err.println("no Pion: golang-github-pion-webrtc.v3-dev is not installed");
            return null;
        }
        Path source = Files.createDirectories(folder.resolve("go/src/bench"));
        script("data_bench.go", source.resolve("main.go"));
        Files.writeString(source.resolve("go.mod"), "module bench\n");
        Path program = folder.resolve("bench");
        Path go = Path.of("/usr/lib/go/bin/go");
        boolean built = run(
                Map.of("GO111MODULE", "off", "GOPATH", folder.resolve("go") + ":/usr/share/gocode"),
                source,
                List.of(Files.isExecutable(go) ? go.toString() : "go", "build", "-o", program.toString()));
        return built ? List.of(program.toString()) : null;
    }

    private static Path script(String name, Path target) throws IOException {
        try (InputStream in = OtherStacks.class.getResourceAsStream("/dev/yodel/benchmarks/data/" + name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return Files.write(target, in.readAllBytes());
        }
    }

    private static boolean run(Map<String, String> environment, Path where, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(where.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor(5, TimeUnit.MINUTES) && process.exitValue() == 0) {
                return true;
            }
            System.err.println(command + ": " + said);
        } catch (IOException e) {
            System.err.println(command + ": " + e.getMessage());
        }
        return false;
    }
}
