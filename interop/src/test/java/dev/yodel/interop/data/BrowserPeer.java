package dev.yodel.interop.data;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.interop.browser.BrowserPage;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The data bot in a page of a browser. */
public final class BrowserPeer implements DataPeer {
    /** WebCrypto hashes only what is there as a whole. */
    private static final String HASH =
            """
            () => {
              const pieces = [];
              return {
                update(piece) { pieces.push(piece.slice()); },
                async hex() {
                  const digest = await crypto.subtle.digest('SHA-256', await new Blob(pieces).arrayBuffer());
                  return [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, '0')).join('');
                },
              };
            }""";

    private final BrowserPage page;
    private final HttpServer server;

    public BrowserPeer(BrowserPage page, String host) throws IOException {
        this.page = page;
        // WebCrypto needs a page of a trustworthy origin.
        server = HttpServer.create(new InetSocketAddress(host, 0), 0);
        server.createContext("/", exchange -> {
            byte[] html = "<!doctype html><title>data bot</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, html.length);
            exchange.getResponseBody().write(html);
            exchange.close();
        });
        server.start();
        page.navigate(URI.create("http://" + host + ":" + server.getAddress().getPort() + "/"));
        page.evaluate("void (window.pc = new RTCPeerConnection())");
        page.evaluate(
                "void (window.bot = (() => {\n" + script("data_bot.js") + "\nreturn dataBot(pc, " + HASH + ");\n})())");
    }

    static String script(String name) throws IOException {
        try (InputStream in = BrowserPeer.class.getResourceAsStream("/dev/yodel/interop/" + name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private SessionDescription ask(String expression) {
        JsonObject answer = page.evaluate(expression).getAsJsonObject();
        return new SessionDescription(
                SdpType.valueOf(answer.get("type").getAsString().toUpperCase(Locale.ROOT)),
                answer.get("sdp").getAsString());
    }

    static String json(SessionDescription description) {
        JsonObject json = new JsonObject();
        json.addProperty("type", description.type().toString());
        json.addProperty("sdp", description.sdp());
        return new Gson().toJson(json);
    }

    /** An offer of what the page has besides channels. */
    SessionDescription describe() {
        return ask("bot.describe()");
    }

    @Override
    public SessionDescription offer() {
        return ask("bot.offer()");
    }

    @Override
    public SessionDescription answer(SessionDescription offer) {
        return ask("bot.answer(" + json(offer) + ")");
    }

    @Override
    public SessionDescription restart() {
        page.evaluate("void pc.restartIce()");
        return describe();
    }

    @Override
    public void accept(SessionDescription answer) {
        page.evaluate("bot.accept(" + json(answer) + ")");
    }

    @Override
    public List<String> story() {
        return page.console();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
