package dev.yodel.examples.signal;

import dev.yodel.examples.web.OriginRule;
import dev.yodel.examples.web.WebServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;

/** The signaling server: rooms of two, and pages from which a browser joins one for a call or a chat. */
public final class SignalServer implements AutoCloseable {
    private static final Map<String, String> PAGES = Map.of(
            "/", "call.html",
            "/call.js", "call.js",
            "/chat", "chat.html",
            "/chat.js", "chat.js",
            "/graph.js", "graph.js",
            "/media.js", "media.js",
            "/pattern.js", "pattern.js",
            "/signaling.js", "signaling.js",
            "/yodel.css", "yodel.css");

    private final WebServer web;

    private SignalServer(WebServer web) {
        this.web = web;
    }

    /**
     * Starts a server.
     *
     * @param address where to listen; port 0 takes a free one
     * @param origins whose pages may use it
     * @return a running server
     * @throws IOException if the address cannot be used
     */
    public static SignalServer start(InetSocketAddress address, OriginRule origins) throws IOException {
        return new SignalServer(WebServer.start(address, origins, PAGES, new Rooms()));
    }

    /**
     * The page.
     *
     * @return an http URI
     */
    public URI page() {
        return web.uri();
    }

    /**
     * The WebSocket of a room.
     *
     * @param room a name as {@link Rooms#isRoomName} allows
     * @return a ws URI
     */
    public URI room(String room) {
        final URI page = web.uri();
        return URI.create("ws://" + page.getRawAuthority() + "/" + room);
    }

    @Override
    public void close() {
        web.close();
    }
}
