package dev.yodel.interop.nat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.architecture.SourceTree;
import dev.yodel.ice.loop.IceConnection;
import dev.yodel.interop.browser.Polling;
import dev.yodel.io.Loop;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** {@code ice-alone/HolePunch.java} with no other module on its class path, between two NATs of the lab. */
class IceAloneTest {
    @TempDir
    private Path folder;

    private static String place(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }

    /**
     * The README's command for one end, with the lab's STUN server, this JVM, and the class path that the README
     * makes of jars.
     */
    private static List<String> command(String end) {
        final String line = SourceTree.read(SourceTree.root().resolve("ice-alone/README.md"))
                .lines()
                .filter(one -> one.startsWith("    java -cp \"$CP\" ice-alone/HolePunch.java " + end + " "))
                .findFirst()
                .orElseThrow();
        final String classPath =
                String.join(File.pathSeparator, place(Loop.class), place(IceConnection.class), place(Logger.class));
        final List<String> words = new ArrayList<>();
        for (String word : line.substring(0, line.indexOf('#')).strip().split(" ", -1)) {
            words.add(
                    switch (word) {
                        case "java" ->
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString();
                        case "\"$CP\"" -> classPath;
                        case "ice-alone/HolePunch.java" ->
                            SourceTree.root().resolve(word).toString();
                        case "stun.example.org:3478" -> NatLab.OWN + ":3478";
                        default -> word;
                    });
        }
        return words;
    }

    private Process start(String end, List<String> prefix) throws IOException {
        final List<String> command = new ArrayList<>(prefix);
        command.addAll(command(end));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(end + ".log").toFile())
                .start();
    }

    private String said(String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (IOException e) {
            return "";
        }
    }

    private void awaitWords(String name, String words) {
        try {
            Polling.until(words, 60, () -> said(name).contains(words) ? true : null);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + name + " said: " + said(name), e);
        }
    }

    /** The line that the other side needs: the one after the request for it. */
    private String line(String name) {
        awaitWords(name, "paste its line here:");
        return Polling.until("the line of " + name, 10, () -> {
            final List<String> lines = said(name).lines().toList();
            int at = 0;
            while (at < lines.size() && !lines.get(at).contains("paste its line here:")) {
                at++;
            }
            // Only when its end is there, too.
            return at + 1 < lines.size() && said(name).endsWith("\n") ? lines.get(at + 1) : null;
        });
    }

    @Test
    void twoProgramsMeetThroughTwoPortRestrictedNats() throws Exception {
        try (NatLab lab = NatLab.create()) {
            lab.set(NatLab.Kind.PORT, NatLab.Kind.PORT, NatLab.Families.IPV4);
            final List<String> serverCommand = new ArrayList<>(lab.at("inet"));
            serverCommand.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "dev.yodel.examples.Yodel",
                    "turn",
                    "--listen",
                    NatLab.OWN,
                    "--user",
                    "user:pass"));
            final Process server = new ProcessBuilder(serverCommand)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("server.log").toFile())
                    .start();
            try {
                awaitWords("server", "ready;");
                talk(lab);
            } finally {
                server.destroyForcibly();
            }
        }
    }

    private void talk(NatLab lab) throws IOException {
        final Process a = start("call", lab.at("a"));
        try {
            talk(a, start("answer", lab.at("b")));
        } finally {
            a.destroyForcibly();
        }
    }

    private void talk(Process a, Process b) {
        try (PrintStream toA = new PrintStream(a.getOutputStream(), true, StandardCharsets.UTF_8);
                PrintStream toB = new PrintStream(b.getOutputStream(), true, StandardCharsets.UTF_8)) {
            final String lineOfA = line("call");
            final String lineOfB = line("answer");
            toA.println(lineOfB);
            toB.println(lineOfA);
            awaitWords("call", "connected;");
            awaitWords("answer", "connected;");
            toA.println("hello from behind A");
            awaitWords("answer", "> hello from behind A");
            toB.println("hello from behind B");
            awaitWords("call", "> hello from behind B");
            assertThat(said("call")).contains("path: srflx 203.0.113.1 ").contains(" to srflx 203.0.113.2 ");
            assertThat(said("answer")).contains("path: srflx 203.0.113.2 ").contains(" to srflx 203.0.113.1 ");
        } finally {
            b.destroyForcibly();
        }
    }
}
