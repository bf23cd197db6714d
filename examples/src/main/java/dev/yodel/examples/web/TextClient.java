package dev.yodel.examples.web;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer's end of a WebSocket that carries text, over the JDK's client. Messages are sent in the order given, from any
 * thread; the listener is called one at a time, on a thread of the client. It does not reconnect.
 */
public final class TextClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TextClient.class);

    /** Who listens. */
    public interface Listener {
        /**
         * The WebSocket is open; called first, before any message.
         *
         * @param client can send from now on
         */
        default void onOpen(TextClient client) {}

        /**
         * A message came.
         *
         * @param text the whole message
         */
        void onText(String text);

        /**
         * The WebSocket is closed or lost; called once.
         *
         * @param reason in words
         */
        void onClosed(String reason);
    }

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** One for all: each has a thread, and from JDK 21 on one that nobody holds may never answer. */
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    private final Listener listener;
    private final Object order = new Object();
    /** Complete when the listener has heard that the WebSocket is open. */
    private final CompletableFuture<?> told = new CompletableFuture<>();

    private CompletableFuture<?> lastSend = CompletableFuture.completedFuture(null);
    private boolean closing;
    private boolean closed;
    private @Nullable WebSocket socket;

    private TextClient(Listener listener) {
        this.listener = listener;
    }

    /**
     * Opens a WebSocket.
     *
     * @param uri {@code ws://} or {@code wss://}
     * @param listener who hears the other side; called from this moment on
     * @return the open client; fails with an IOException whose message says why
     */
    public static CompletableFuture<TextClient> connect(URI uri, Listener listener) {
        final TextClient client = new TextClient(listener);
        return HTTP.newWebSocketBuilder()
                .connectTimeout(CONNECT_TIMEOUT)
                .buildAsync(uri, client.new Incoming())
                // JDK 25's client never tells of a refusal by 503.
                .orTimeout(CONNECT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .handle((opened, failure) -> {
                    if (failure != null) {
                        throw new CompletionException(
                                new IOException("cannot reach " + uri + ": " + reason(failure), failure));
                    }
                    return client;
                })
                // The JDK may hand the WebSocket over before it tells the listener.
                .thenCompose(same -> client.told.thenApply(told -> same));
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof WebSocketHandshakeException refused && refused.getResponse() != null) {
            return "the server refused with " + refused.getResponse().statusCode();
        }
        final String message = cause.getMessage();
        if (message == null && cause instanceof ConnectException) {
            return "nobody listens there";
        }
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /**
     * Sends a message after those before it. Does nothing when the WebSocket is closed: the listener hears of that.
     *
     * @param text what to say
     */
    public void send(String text) {
        synchronized (order) {
            final WebSocket open = socket;
            if (open == null || closing || closed) {
                return;
            }
            // The JDK's client refuses a second send while the first is under way.
            lastSend = lastSend.handle((done, failure) -> open.sendText(text, true))
                    .thenCompose(sent -> sent);
        }
    }

    /** Closes the WebSocket, after what was sent before. */
    @Override
    public void close() {
        synchronized (order) {
            final WebSocket open = socket;
            if (open == null || closing || closed) {
                return;
            }
            closing = true;
            lastSend = lastSend.handle((done, failure) -> open.sendClose(WebSocket.NORMAL_CLOSURE, ""))
                    .thenCompose(sent -> sent)
                    .whenComplete((sent, failure) -> {
                        if (failure != null) {
                            open.abort();
                        }
                    });
        }
    }

    /** Cuts the connection without a goodbye, as a network that is gone does. */
    public void abort() {
        synchronized (order) {
            closing = true;
            if (socket != null) {
                socket.abort();
            }
        }
    }

    private void closedOnce(String reason) {
        synchronized (order) {
            if (closed) {
                return;
            }
            closed = true;
        }
        listener.onClosed(reason);
    }

    private final class Incoming implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onOpen(WebSocket opened) {
            synchronized (order) {
                socket = opened;
            }
            try {
                listener.onOpen(TextClient.this);
            } finally {
                told.complete(null);
            }
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (text.length() > WebServer.MAX_MESSAGE_BYTES) {
                from.abort();
                closedOnce("the server sent a message over " + WebServer.MAX_MESSAGE_BYTES + " bytes");
                return null;
            }
            if (last) {
                final String message = text.toString();
                text.setLength(0);
                tell(message);
            }
            from.request(1);
            return null;
        }

        /** A listener that throws would make the JDK's client close the WebSocket, with words that say nothing of it. */
        private void tell(String message) {
            try {
                listener.onText(message);
            } catch (RuntimeException e) {
                LOG.warn("a listener of a WebSocket failed; it goes on", e);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int statusCode, String reason) {
            closedOnce(reason.isEmpty() ? "closed with " + statusCode : reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closedOnce(reason(error));
        }
    }
}
