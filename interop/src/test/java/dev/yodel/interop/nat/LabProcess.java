package dev.yodel.interop.nat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A {@link LabPeer} at a place of the lab, as the test sees it. */
final class LabProcess implements AutoCloseable {
    private final Process process;
    private final PrintStream commands;
    private final BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
    private final List<String> story = new ArrayList<>();
    private final String place;
    /** Gets candidates as they come. */
    private volatile Consumer<JsonObject> trickle = event -> {};

    private LabProcess(String place, Process process) {
        this.place = place;
        this.process = process;
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        final Thread reader = new Thread(this::read, "lab-" + place);
        reader.setDaemon(true);
        reader.start();
    }

    static LabProcess start(NatLab lab, String place) {
        final List<String> command = new ArrayList<>(lab.at(place));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                LabPeer.class.getName()));
        try {
            final LabProcess made = new LabProcess(
                    place,
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
            made.await("ready", 60);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.startsWith("{")) {
                    continue;
                }
                final JsonObject event = JsonParser.parseString(line).getAsJsonObject();
                if (event.get("event").getAsString().equals("candidate")) {
                    trickle.accept(event);
                }
                events.add(event);
            }
        } catch (IOException e) {
            events.add(new JsonObject());
        }
    }

    void onCandidate(Consumer<JsonObject> consumer) {
        trickle = consumer;
    }

    void command(String name, Consumer<JsonObject> body) {
        final JsonObject command = new JsonObject();
        command.addProperty("cmd", name);
        body.accept(command);
        synchronized (commands) {
            commands.println(command);
        }
    }

    /** The next event of that name; a failure ends the wait. */
    JsonObject await(String name, int seconds) {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            final JsonObject event;
            try {
                event = events.poll(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
            if (event == null || !event.has("event")) {
                throw new AssertionError(place + ": no " + name + " within " + seconds + " s; " + story);
            }
            final String what = event.get("event").getAsString();
            story.add(what.equals("candidate") ? event.get("candidate").getAsString() : what);
            if (what.equals(name)) {
                return event;
            }
            if ((what.equals("failed") || what.equals("error")) && !name.equals("ended")) {
                throw new AssertionError(place + ": " + event.get("text") + "; " + story);
            }
        }
    }

    /** What came before does not count any more. */
    void forget() {
        events.clear();
        story.clear();
    }

    String story() {
        return place + " " + story;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
