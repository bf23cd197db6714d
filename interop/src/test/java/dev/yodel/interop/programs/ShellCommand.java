package dev.yodel.interop.programs;

import dev.yodel.architecture.SourceTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A command as a user types it: a process of its own, started by a shell. */
final class ShellCommand implements Running {
    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private ShellCommand(Process process) {
        this.process = process;
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader in = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                        in.lines().forEach(lines::add);
                    } catch (IOException | UncheckedIOException e) {
                        lines.add("(its output ended: " + e.getMessage() + ")");
                    }
                },
                "test-command-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** In the root of the repository. */
    static ShellCommand start(String line) {
        return start(line, SourceTree.root());
    }

    static ShellCommand start(String line, Path folder) {
        return start(line, folder, Map.of());
    }

    /** With further variables of the environment. */
    static ShellCommand start(String line, Path folder, Map<String, String> variables) {
        try {
            ProcessBuilder shell = new ProcessBuilder("sh", "-c", line)
                    .directory(folder.toFile())
                    .redirectErrorStream(true);
            // Surefire's is the one that gives each JVM a network of its own; a user's programs share theirs.
            shell.environment().put("JAVA_HOME", System.getProperty("java.home"));
            shell.environment().putAll(variables);
            return new ShellCommand(shell.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> lines() {
        return lines;
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public int exitCode() {
        return process.exitValue();
    }

    /** Types a line. */
    void type(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
