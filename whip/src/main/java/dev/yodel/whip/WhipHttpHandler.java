package dev.yodel.whip;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Joins a {@link WhipServer} to the JDK's HTTP server: {@code http.createContext("/whip", new
 * WhipHttpHandler(server))}. A slow request holds one thread of the HTTP server's executor while its body comes; the
 * answer holds none.
 */
public final class WhipHttpHandler implements HttpHandler {
    private final WhipServer server;

    /**
     * A handler.
     *
     * @param server answers; stays the caller's
     */
    public WhipHttpHandler(WhipServer server) {
        this.server = Objects.requireNonNull(server, "server");
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        final byte[] body;
        try {
            body = exchange.getRequestBody().readNBytes(server.maxBodyBytes() + 1);
        } catch (IOException e) {
            exchange.close();
            throw e;
        }
        final WhipRequest request = new WhipRequest(
                exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), exchange.getRequestHeaders(), body);
        // Not on a connection's lane: writing may wait.
        server.handle(request).whenCompleteAsync((response, error) -> write(exchange, response));
    }

    private static void write(HttpExchange exchange, WhipResponse response) {
        try (exchange) {
            response.headers().forEach(header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue()));
            final boolean bodiless =
                    response.body().length == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(response.status(), bodiless ? -1 : response.body().length);
            if (!bodiless) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(response.body());
                }
            }
        } catch (IOException gone) {
            // The client has gone; its session ends by itself if it does not connect.
        }
    }
}
