package dev.yodel.examples.web;

import dev.yodel.whip.WhipServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * Serves a few pages from the class path and text WebSockets on one port. It speaks TLS if it is given a
 * key store. A WebSocket whose peer answers no ping for 30 s is taken for lost.
 */
public final class WebServer implements AutoCloseable {
    /** The longest message that is handed on, in bytes of UTF-8. */
    public static final int MAX_MESSAGE_BYTES = 1 << 20;

    /**
     * How many connections may wait to be accepted. With the 50 of the JDK a burst overflows it, and whoever comes
     * properly meanwhile waits a second for TCP to ask again (RFC 6298 2).
     */
    private static final int WAITING_CONNECTIONS = 1_024;

    private static final Duration PING_EVERY = Duration.ofSeconds(10);
    private static final Duration LOST_AFTER = Duration.ofSeconds(30);
    private static final String CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " connect-src 'self'; img-src 'self' data:; media-src 'self' blob:; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'";

    private final Server server;
    private final ServerConnector connector;
    private final Scheduler pinger = new ScheduledExecutorScheduler("yodel-ping", true, 1);
    private final Set<WebSocketEndpoint> endpoints = ConcurrentHashMap.newKeySet();

    private WebServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts a server.
     *
     * @param address where to listen; port 0 takes a free one
     * @param origins whose pages may open WebSockets
     * @param pages request path to the name of a resource on the class path, below {@code dev/yodel/examples/page}
     * @param acceptor who handles WebSockets
     * @return a running server
     * @throws IOException if the address cannot be used
     */
    public static WebServer start(
            InetSocketAddress address, OriginRule origins, Map<String, String> pages, TextAcceptor acceptor)
            throws IOException {
        return start(address, origins, pages, acceptor, WebExtras.NONE);
    }

    /**
     * Starts a server that also takes WHIP and WHEP.
     *
     * @param address where to listen; port 0 takes a free one
     * @param origins whose pages may open WebSockets and use WHIP
     * @param pages request path to the name of a resource on the class path, below {@code dev/yodel/examples/page}
     * @param acceptor who handles WebSockets
     * @param whip answers at its own paths; null for none; stays the caller's
     * @return a running server
     * @throws IOException if the address cannot be used
     */
    public static WebServer start(
            InetSocketAddress address,
            OriginRule origins,
            Map<String, String> pages,
            TextAcceptor acceptor,
            @Nullable WhipServer whip)
            throws IOException {
        return start(address, origins, pages, acceptor, whip == null ? WebExtras.NONE : WebExtras.NONE.withWhip(whip));
    }

    /**
     * Starts a server with more than pages and WebSockets.
     *
     * @param address where to listen; port 0 takes a free one
     * @param origins whose pages may open WebSockets
     * @param pages request path to the name of a resource on the class path, below {@code dev/yodel/examples/page}
     * @param acceptor who handles WebSockets
     * @param extras TLS and texts
     * @return a running server
     * @throws IOException if the address cannot be used, or the key store cannot
     */
    public static WebServer start(
            InetSocketAddress address,
            OriginRule origins,
            Map<String, String> pages,
            TextAcceptor acceptor,
            WebExtras extras)
            throws IOException {
        final QueuedThreadPool threads = new QueuedThreadPool(32, 2);
        threads.setName("yodel-web");
        threads.setDaemon(true);
        final Server server = new Server(threads);
        final HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
        final Path keyStore = extras.keyStore();
        final ServerConnector connector = keyStore == null
                ? new ServerConnector(server, 1, 1, new HttpConnectionFactory(http))
                : new ServerConnector(server, 1, 1, tls(keyStore, extras.password()), new HttpConnectionFactory(http));
        connector.setHost(address.getHostString());
        connector.setPort(address.getPort());
        connector.setAcceptQueueSize(WAITING_CONNECTIONS);
        server.addConnector(connector);
        final WebServer web = new WebServer(server, connector);
        final WebSocketUpgradeHandler sockets =
                WebSocketUpgradeHandler.from(server, container -> web.configure(container, origins, acceptor));
        final Pages served = new Pages(Map.copyOf(pages), extras.texts());
        final WhipServer whip = extras.whip();
        sockets.setHandler(whip == null ? served : new Handler.Sequence(new WhipPaths(whip, origins), served));
        server.setHandler(sockets);
        try {
            web.pinger.start();
            server.start();
        } catch (Exception e) {
            web.close();
            final Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("cannot listen on " + address + ": " + cause.getMessage(), e);
        }
        web.schedulePing();
        return web;
    }

    private static SslConnectionFactory tls(Path keyStore, String password) {
        final SslContextFactory.Server keys = new SslContextFactory.Server();
        keys.setKeyStorePath(keyStore.toAbsolutePath().toString());
        keys.setKeyStorePassword(password);
        return new SslConnectionFactory(keys, HttpVersion.HTTP_1_1.asString());
    }

    private void configure(ServerWebSocketContainer container, OriginRule origins, TextAcceptor acceptor) {
        container.setIdleTimeout(LOST_AFTER);
        // The endpoint counts by itself, so that it can answer in words instead of closing.
        container.setMaxTextMessageSize(0);
        container.setMaxBinaryMessageSize(0);
        container.setMaxFrameSize(0);
        container.addMapping("/*", (request, response, callback) -> {
            final String origin = request.getHeaders().get(HttpHeader.ORIGIN);
            final String host = request.getHeaders().get(HttpHeader.HOST);
            if (!origins.allows(origin, host)) {
                refuse(request, response, callback, HttpStatus.FORBIDDEN_403, "this origin is not allowed");
                return null;
            }
            final String path = URIUtil.decodePath(request.getHttpURI().getPath());
            final String query = request.getHttpURI().getQuery();
            final TextHandler handler;
            try {
                handler = acceptor.accept(path, query == null ? "" : query, Request.getRemoteAddr(request));
            } catch (TextAcceptor.Refused e) {
                refuse(request, response, callback, e.status(), String.valueOf(e.getMessage()));
                return null;
            }
            if (handler == null) {
                refuse(request, response, callback, HttpStatus.NOT_FOUND_404, "no such room");
                return null;
            }
            return new WebSocketEndpoint(handler, endpoints);
        });
    }

    private static void refuse(Request request, Response response, Callback callback, int status, String reason) {
        Response.writeError(request, response, callback, status, reason);
    }

    private void schedulePing() {
        pinger.schedule(
                () -> {
                    endpoints.forEach(WebSocketEndpoint::ping);
                    schedulePing();
                },
                PING_EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /**
     * The port in use.
     *
     * @return 1 to 65535
     */
    public int port() {
        return connector.getLocalPort();
    }

    /**
     * The address of the first page.
     *
     * @return an http URI, or https with TLS
     */
    public URI uri() {
        final String host = connector.getHost();
        final String shown = host.contains(":") ? "[" + host + "]" : host;
        final boolean tls = connector.getConnectionFactory(SslConnectionFactory.class) != null;
        return URI.create((tls ? "https://" : "http://") + shown + ":" + port() + "/");
    }

    @Override
    public void close() {
        try {
            pinger.stop();
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the web server did not stop: " + e.getMessage(), e);
        }
    }

    private static final class Pages extends Handler.Abstract.NonBlocking {
        private static final String FOLDER = "/dev/yodel/examples/page/";
        private final Map<String, String> pages;

        private final Map<String, WebExtras.Text> texts;

        Pages(Map<String, String> pages, Map<String, WebExtras.Text> texts) {
            this.pages = pages;
            this.texts = texts;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws IOException {
            final String path = request.getHttpURI().getPath();
            final String name = pages.get(path);
            final WebExtras.Text text = texts.get(path);
            final boolean head = request.getMethod().equals("HEAD");
            if (!head && !request.getMethod().equals("GET")) {
                return false;
            }
            if (text != null) {
                final byte[] body = text.content().get().getBytes(StandardCharsets.UTF_8);
                response.setStatus(text.good().getAsBoolean() ? HttpStatus.OK_200 : HttpStatus.SERVICE_UNAVAILABLE_503);
                answer(response, callback, text.contentType(), body, head);
                return true;
            }
            if (name == null) {
                return false;
            }
            try (InputStream in = WebServer.class.getResourceAsStream(FOLDER + name)) {
                if (in == null) {
                    return false;
                }
                answer(response, callback, contentType(name), in.readAllBytes(), head);
                return true;
            }
        }

        private static void answer(Response response, Callback callback, String type, byte[] body, boolean head) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            response.getHeaders().put("Content-Security-Policy", CONTENT_POLICY);
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            response.getHeaders().put("Referrer-Policy", "no-referrer");
            response.getHeaders().put("Cache-Control", "no-cache");
            response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(body), callback);
        }

        private static String contentType(String name) {
            if (name.endsWith(".html")) {
                return "text/html;charset=utf-8";
            }
            if (name.endsWith(".css")) {
                return "text/css;charset=utf-8";
            }
            return name.endsWith(".js") ? "text/javascript;charset=utf-8" : "application/octet-stream";
        }
    }
}
