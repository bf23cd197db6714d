package dev.yodel.interop.data;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The data bot in a process: descriptions go in and come out as JSON, one a line; {@code {"offer": 1}} asks for an offer.
 * The end of its input ends it.
 */
public final class ProcessPeer implements DataPeer {
    private final Process process;
    private final Writer input;
    private final BlockingQueue<JsonObject> said = new LinkedBlockingQueue<>();
    private final List<String> story = new CopyOnWriteArrayList<>();

    private ProcessPeer(Process process) {
        this.process = process;
        input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "data-peer-reader");
        reader.setDaemon(true);
        reader.start();
    }

    public static ProcessPeer start(Path folder, List<String> command) throws IOException {
        return new ProcessPeer(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start());
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                story.add(line.substring(0, Math.min(300, line.length())));
                if (line.startsWith("{")) {
                    said.add(JsonParser.parseString(line).getAsJsonObject());
                }
            }
        } catch (IOException e) {
            story.add(e.toString());
        }
    }

    private void say(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    private SessionDescription description() throws InterruptedException {
        JsonObject json = said.poll(DataEnd.PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (json == null) {
            throw new AssertionError("no description came; it said " + story);
        }
        return new SessionDescription(
                SdpType.valueOf(json.get("type").getAsString().toUpperCase(Locale.ROOT)),
                json.get("sdp").getAsString());
    }

    @Override
    public SessionDescription offer() throws Exception {
        say("{\"offer\": 1}");
        return description();
    }

    @Override
    public SessionDescription answer(SessionDescription offer) throws Exception {
        say(BrowserPeer.json(offer));
        return description();
    }

    @Override
    public SessionDescription restart() throws Exception {
        say("{\"restart\": 1}");
        return description();
    }

    @Override
    public void accept(SessionDescription answer) throws Exception {
        say(BrowserPeer.json(answer));
    }

    @Override
    public List<String> story() {
        return story;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
