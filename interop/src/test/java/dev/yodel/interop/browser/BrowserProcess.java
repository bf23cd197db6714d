package dev.yodel.interop.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A browser's processes and its profile; closing kills the one and removes the other, whatever has happened. */
final class BrowserProcess implements AutoCloseable {
    private static final int LAST_LINES = 30;

    private final Process process;
    private final Path profile;
    private final Path log;
    private final Thread atExit = new Thread(this::end);
    private volatile boolean killed;

    private BrowserProcess(Process process, Path profile, Path log) {
        this.process = process;
        this.profile = profile;
        this.log = log;
    }

    static Path newProfile(String name) {
        try {
            return Files.createTempDirectory("yodel-" + name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static BrowserProcess start(List<String> command, Path profile) {
        try {
            final Path log = profile.resolve("yodel-browser.log");
            final ProcessBuilder builder = new ProcessBuilder(Requirements.withoutPriority(command));
            builder.environment().put("HOME", profile.toString());
            builder.environment().remove("DISPLAY");
            final Process process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            final BrowserProcess browser = new BrowserProcess(process, profile, log);
            Runtime.getRuntime().addShutdownHook(browser.atExit);
            return browser;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path profile() {
        return profile;
    }

    /** What the browser wrote to its standard streams. */
    String log() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    /**
     * For a failure message: whether it lives, and the end of its log, which is kept whole in {@code
     * target/browser-logs}.
     */
    String lastWords() {
        String state = "alive";
        if (!process.isAlive()) {
            state = "ended with " + process.exitValue();
        }
        if (killed) {
            state += ", killed by this JVM, which closes it or is itself told to end";
        }
        final String all = log();
        // There is no desktop, and it says so often.
        final List<String> lines =
                all.lines().filter(line -> !line.contains("dbus/")).toList();
        String kept;
        try {
            final Path folder = Files.createDirectories(Path.of("target", "browser-logs"));
            final Path file = folder.resolve(profile.getFileName() + ".log");
            Files.writeString(file, all, StandardCharsets.ISO_8859_1);
            kept = file.toString();
        } catch (IOException e) {
            kept = "nowhere: " + e;
        }
        return "the browser is " + state + "; the end of its log (" + kept + "):\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is on its way out, and the hook does the same.
            return;
        }
        end();
    }

    private void end() {
        killed = true;
        final List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle ->
                handle.onExit().completeOnTimeout(handle, 5, TimeUnit.SECONDS).join());
        try (Stream<Path> files = Files.walk(profile)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // A dying process may still write; what is left lies in the system's folder for temporary files.
            System.err.println("could not remove " + profile + ": " + e.getMessage());
        }
    }
}
