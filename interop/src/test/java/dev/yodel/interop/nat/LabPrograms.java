package dev.yodel.interop.nat;

import dev.yodel.interop.browser.Polling;
import dev.yodel.interop.browser.Requirements;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Programs at places of the lab, each with a log; they end with it. */
final class LabPrograms implements AutoCloseable {
    private final NatLab lab;
    private final Path folder;
    private final List<Process> running = new ArrayList<>();

    LabPrograms(NatLab lab, Path folder) {
        this.lab = lab;
        this.folder = folder;
    }

    private Process start(String name, String place, List<String> words) throws IOException {
        final List<String> command = new ArrayList<>(lab.at(place));
        command.addAll(words);
        final Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        running.add(process);
        return process;
    }

    /** coturn in the internet, on port 3478, with what else it is told. */
    void coturn(String... options) throws IOException {
        final List<String> words = new ArrayList<>(List.of(
                Requirements.program("turnserver").toString(),
                "-n",
                "--no-cli",
                "--no-tls",
                "--no-dtls",
                "-p",
                "3478",
                "--log-file=stdout",
                "--simple-log",
                "--pidfile",
                folder.resolve("pid").toString()));
        words.addAll(List.of(options));
        start("coturn", "inet", words);
    }

    /** Everything between b's NAT and the internet takes a while from now on. */
    void delay(int millis) throws IOException {
        final Path script = folder.resolve("delayed_wire.py");
        try (InputStream in = Objects.requireNonNull(LabPrograms.class.getResourceAsStream("delayed_wire.py"))) {
            Files.copy(in, script);
        }
        start(
                "wire",
                "inet",
                List.of(Requirements.file("/usr/bin/python3").toString(), script.toString(), Integer.toString(millis)));
        await("wire", "ready");
        lab.insertWire("near", "far");
    }

    /** {@code yodel} at a place. */
    Process yodel(String name, String place, String... arguments) throws IOException {
        final List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.yodel.examples.Yodel"));
        words.addAll(List.of(arguments));
        return start(name, place, words);
    }

    /** Waits until a program has said something. */
    void await(String name, String words) {
        Polling.until(name + " to say " + words, 60, () -> log(name).contains(words) ? true : null);
    }

    String log(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        running.forEach(Process::destroyForcibly);
    }
}
