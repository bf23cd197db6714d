package dev.yodel.interop.call;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.interop.browser.Requirements;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** An aiortc peer in a process of its own, which talks JSON lines. */
final class AiortcPeer implements AutoCloseable {
    private final Process process;
    private final Path script;
    private final Writer input;
    private final BlockingQueue<JsonObject> said = new LinkedBlockingQueue<>();
    private final List<String> story = new CopyOnWriteArrayList<>();

    private AiortcPeer(Process process, Path script) {
        this.process = process;
        this.script = script;
        input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        final Thread reader = new Thread(this::read, "aiortc-reader");
        reader.setDaemon(true);
        reader.start();
    }

    static AiortcPeer start(String role, int hz, String... further) throws IOException {
        final Path python = Requirements.file("/usr/bin/python3");
        Requirements.succeeds("aiortc", python.toString(), "-c", "import aiortc, numpy");
        final Path script = Files.createTempFile("yodel-aiortc", ".py");
        try (InputStream in = AiortcPeer.class.getResourceAsStream("/dev/yodel/interop/aiortc_peer.py")) {
            if (in == null) {
                throw new IOException("aiortc_peer.py is not on the class path");
            }
            Files.write(script, in.readAllBytes());
        }
        final List<String> command =
                new ArrayList<>(List.of(python.toString(), script.toString(), role, Integer.toString(hz)));
        command.addAll(List.of(further));
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        return new AiortcPeer(process, script);
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                story.add(line.substring(0, Math.min(200, line.length())));
                if (line.startsWith("{")) {
                    said.add(JsonParser.parseString(line).getAsJsonObject());
                }
            }
        } catch (IOException e) {
            story.add(e.toString());
        }
    }

    JsonObject await(String what, Predicate<JsonObject> wanted) throws InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            final JsonObject message = said.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (message == null) {
                throw new AssertionError(what + " did not come from aiortc; it said " + story);
            }
            if (wanted.test(message)) {
                return message;
            }
        }
    }

    void say(JsonObject message) {
        try {
            input.write(message + "\n");
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("aiortc is gone; it said " + story, e);
        }
    }

    List<String> story() {
        return story;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        Files.deleteIfExists(script);
    }
}
