package dev.yodel.whip;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/** A server on loopback that relays the publisher's first track to its players, and keeps notes. */
final class Studio implements AutoCloseable {
    final PeerConnectionFactory factory = PeerConnectionFactory.create();
    final CompletableFuture<RemoteTrack> published = new CompletableFuture<>();
    final BlockingQueue<WhipSession> opened = new LinkedBlockingQueue<>();
    final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    /** Method, path and status of each request. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    final WhipServer server;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Studio(UnaryOperator<WhipServer.Builder> changes) {
        server = changes.apply(WhipServer.builder(factory)
                        .publish("/whip/", session -> {
                            note(session);
                            session.connection().onTrack(event -> published.complete(event.track()));
                        })
                        .play("/whep", session -> {
                            note(session);
                            session.connection().addTrack(published.getNow(null));
                        }))
                .build();
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        http.setExecutor(threads);
        final HttpHandler handler = new WhipHttpHandler(server);
        http.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            handler.handle(exchange);
        });
        http.start();
    }

    static Studio open() {
        return new Studio(builder -> builder);
    }

    static Studio open(UnaryOperator<WhipServer.Builder> changes) {
        return new Studio(changes);
    }

    private void note(WhipSession session) {
        opened.add(session);
        session.onEnd(() -> ended.add(session.path()));
    }

    /** Another handler on the same port. */
    void serve(String path, HttpHandler handler) {
        http.createContext(path, handler);
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + http.getAddress().getPort() + path);
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
        server.close();
        factory.close();
    }
}
