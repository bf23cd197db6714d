package dev.yodel.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One command in a JVM of its own, for what needs a standard input or is to be killed. */
public final class YodelProcess implements AutoCloseable {
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();

    private YodelProcess(Process process) {
        this.process = process;
        final Thread reader = new Thread(
                () -> {
                    try (BufferedReader in = new BufferedReader(
                            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                        in.lines().forEach(lines::add);
                    } catch (IOException | java.io.UncheckedIOException e) {
                        lines.add("(its output ended: " + e.getMessage() + ")");
                    }
                },
                "test-process-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a command.
     *
     * @param arguments the command line
     * @return the process
     * @throws IOException if there is no JVM to start
     */
    public static YodelProcess start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /**
     * Starts a command.
     *
     * @param environment variables to be set besides ours
     * @param arguments the command line
     * @return the process
     * @throws IOException if there is no JVM to start
     */
    public static YodelProcess start(Map<String, String> environment, String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Yodel.class.getName()));
        command.addAll(List.of(arguments));
        final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new YodelProcess(builder.start());
    }

    /**
     * Waits for a line.
     *
     * @param words part of it
     * @return the line
     * @throws InterruptedException if interrupted
     */
    public String await(String words) throws InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            final String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("\"" + words + "\" was not printed within 60 s, but: " + said);
            }
            said.add(line);
            if (line.contains(words)) {
                return line;
            }
        }
    }

    /**
     * What it printed, as far as it was awaited.
     *
     * @return its lines
     */
    public String story() {
        return String.join("\n", said);
    }

    /**
     * Types a line.
     *
     * @param line without its end
     * @throws IOException if the process is gone
     */
    public void type(String line) throws IOException {
        final OutputStream out = process.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /**
     * Ends the standard input.
     *
     * @throws IOException if the process is gone
     */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /**
     * Waits for the end.
     *
     * @return the exit code
     * @throws InterruptedException if interrupted
     */
    public int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + said + " " + lines);
        }
        return process.exitValue();
    }

    /** Asks it to end, as a service manager does (SIGTERM). */
    public void terminate() {
        // Not Process.destroy: that closes its output, too.
        process.toHandle().destroy();
    }

    /**
     * Kills it as {@code kill -9} does, and waits until it is gone.
     *
     * @throws InterruptedException if interrupted
     */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
