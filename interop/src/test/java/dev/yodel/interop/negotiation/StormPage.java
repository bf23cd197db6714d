package dev.yodel.interop.negotiation;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.interop.browser.Polling;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A page with {@code negotiation_bot.js} and pretended devices. One connection at a time. */
final class StormPage implements AutoCloseable {
    /** A transceiver as the page sees it. */
    record Seen(@Nullable String mid, String kind, String direction, boolean sends, long packets) {}

    /** What the page's senders say they have sent, by section, and what has left by its pairs; bytes. */
    record Sent(Map<String, Long> sections, long left) {}

    private final BrowserPage page;
    private final String browser;
    private final HttpServer server;
    private final JsonArray outbox = new JsonArray();
    private boolean idle;
    private List<String> errors = List.of();

    StormPage(BrowserPage page, String host) throws IOException {
        this.page = page;
        this.browser = page.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        // Devices need a page of a trustworthy origin.
        server = HttpServer.create(new InetSocketAddress(host, 0), 0);
        server.createContext("/", exchange -> {
            byte[] html = "<!doctype html><title>negotiation</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
            exchange.close();
        });
        server.start();
        page.navigate(URI.create("http://" + host + ":" + server.getAddress().getPort() + "/"));
        page.evaluate(
                "void (window.newBot = (() => {\n" + script("negotiation_bot.js") + "\nreturn negotiationBot;\n})())");
        page.evaluate("void (window.stormAlone = (() => {\n" + script("negotiation_alone.js")
                + "\nreturn negotiationStorm;\n})())");
        page.evaluate("navigator.mediaDevices.getUserMedia({audio: true,"
                + " video: {width: 160, height: 120, frameRate: 5}})"
                + ".then((media) => { window.media = media; })");
    }

    private static String script(String name) throws IOException {
        try (InputStream in = StormPage.class.getResourceAsStream("/dev/yodel/interop/" + name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Its name, for files. */
    String browser() {
        return browser;
    }

    /** As the page under it. */
    JsonElement evaluate(String expression) {
        return page.evaluate(expression);
    }

    void start(boolean polite) {
        page.evaluate("void (window.bot = newBot(" + polite + ", media))");
    }

    /** A storm between two connections of the page; what went wrong, or nothing. */
    String stormAlone(long seed, int steps) {
        page.evaluate("void (window.alone = null, stormAlone(newBot, media, " + seed + ", " + steps
                + ").then((end) => { window.alone = end; }))");
        return Polling.until("the end of storm " + seed, 150, () -> {
            JsonElement end = page.evaluate("alone");
            return end.isJsonNull() ? null : end.getAsString();
        });
    }

    void end() {
        page.evaluate("void bot.close()");
        while (!outbox.isEmpty()) {
            outbox.remove(0);
        }
    }

    void change(int choice, int pick) {
        page.evaluate("void bot.change(" + choice + ", " + pick + ")");
    }

    void post(SessionDescription description) {
        JsonObject inner = new JsonObject();
        inner.addProperty("type", description.type().toString());
        inner.addProperty("sdp", description.sdp());
        JsonObject message = new JsonObject();
        message.add("description", inner);
        outbox.add(message);
    }

    void post(IceCandidateInit candidate) {
        JsonObject inner = new JsonObject();
        inner.addProperty("candidate", candidate.candidate());
        inner.addProperty("sdpMid", candidate.sdpMid());
        inner.addProperty("sdpMLineIndex", candidate.sdpMLineIndex());
        inner.addProperty("usernameFragment", candidate.usernameFragment());
        JsonObject message = new JsonObject();
        message.add("candidate", inner);
        outbox.add(message);
    }

    /** Hands over what was posted, and gives the descriptions and candidates that the page has for us. */
    List<Object> swap() {
        String inbox = new Gson().toJson(outbox);
        while (!outbox.isEmpty()) {
            outbox.remove(0);
        }
        JsonObject answer = page.evaluate("bot.swap(" + inbox + ")").getAsJsonObject();
        idle = answer.get("idle").getAsBoolean();
        errors = answer.getAsJsonArray("errors").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
        List<Object> messages = new ArrayList<>();
        for (JsonElement each : answer.getAsJsonArray("messages")) {
            JsonObject message = each.getAsJsonObject();
            messages.add(
                    message.has("description")
                            ? description(message.getAsJsonObject("description"))
                            : candidate(message.getAsJsonObject("candidate")));
        }
        return messages;
    }

    private static SessionDescription description(JsonObject json) {
        return new SessionDescription(
                SdpType.valueOf(json.get("type").getAsString().toUpperCase(Locale.ROOT)),
                json.get("sdp").getAsString());
    }

    private static IceCandidateInit candidate(JsonObject json) {
        JsonElement index = json.get("sdpMLineIndex");
        return new IceCandidateInit(
                json.get("candidate").getAsString(),
                text(json, "sdpMid"),
                index == null || index.isJsonNull() ? null : (Integer) index.getAsInt(),
                text(json, "usernameFragment"));
    }

    private static @Nullable String text(JsonObject json, String key) {
        JsonElement value = json.get(key);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }

    /** Whether the page had nothing under way at the last swap. */
    boolean idle() {
        return idle;
    }

    List<String> errors() {
        return errors;
    }

    String connectionState() {
        return page.evaluate("bot.pc.connectionState").getAsString();
    }

    /** The states of the page's connection. */
    String states() {
        return page.evaluate(
                        "[bot.pc.connectionState, bot.pc.iceConnectionState, bot.pc.iceGatheringState].join(' ')"
                                + " + bot.pc.getTransceivers().map((each) => { const dtls = each.sender.transport;"
                                + " return dtls ? ` ${each.mid}: ${dtls.state} over ${dtls.iceTransport.state}` : ''; }).join()")
                .getAsString();
    }

    List<Seen> transceivers() {
        List<Seen> all = new ArrayList<>();
        for (JsonElement each : page.evaluate("bot.figures()").getAsJsonObject().getAsJsonArray("transceivers")) {
            JsonObject json = each.getAsJsonObject();
            all.add(new Seen(
                    text(json, "mid"),
                    json.get("kind").getAsString(),
                    String.valueOf(text(json, "direction")),
                    json.get("sends").getAsBoolean(),
                    json.get("packets").getAsLong()));
        }
        return all;
    }

    Sent sent() {
        JsonObject json = page.evaluate("bot.sent()").getAsJsonObject();
        Map<String, Long> sections = new TreeMap<>();
        json.getAsJsonObject("sections")
                .entrySet()
                .forEach(each -> sections.put(each.getKey(), each.getValue().getAsLong()));
        return new Sent(sections, json.get("left").getAsLong());
    }

    /** Under which section the page counts each source that it receives. */
    Map<Long, String> sections() {
        Map<Long, String> all = new TreeMap<>();
        for (JsonElement each : page.evaluate("bot.streams()").getAsJsonArray()) {
            String[] words = each.getAsString().split(" ", -1);
            if (words[0].equals("inbound-rtp")) {
                all.put(Long.valueOf(words[2]), words[1]);
            }
        }
        return all;
    }

    /** What the page sends and receives, by section and source. */
    String streams() {
        return page.evaluate("bot.streams()").toString();
    }

    /** All statistics of the page's connection. */
    List<String> statistics() {
        return page
                .evaluate("(async () => [...(await bot.pc.getStats()).values()])()")
                .getAsJsonArray()
                .asList()
                .stream()
                .map(JsonElement::toString)
                .toList();
    }

    List<String> console() {
        return page.console();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
