package dev.yodel.examples.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins Jetty's WebSocket to a {@link TextHandler}: puts fragments together up to the cap, and lets longer messages run
 * past. Public because Jetty calls it by reflection; not for other use.
 */
public final class WebSocketEndpoint implements Session.Listener.AutoDemanding, TextConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketEndpoint.class);
    /** A peer for whom more messages than this wait is taken for lost. */
    private static final int MAX_WAITING_FRAMES = 256;

    private final TextHandler handler;
    private final Set<WebSocketEndpoint> open;
    private final Object order = new Object();
    private final StringBuilder text = new StringBuilder();
    private int textBytes;
    private boolean skipping;
    private boolean closed;
    private volatile @Nullable Session session;

    WebSocketEndpoint(TextHandler handler, Set<WebSocketEndpoint> open) {
        this.handler = handler;
        this.open = open;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        opened.setMaxOutgoingFrames(MAX_WAITING_FRAMES);
        session = opened;
        open.add(this);
        synchronized (order) {
            handler.onOpen(this);
        }
    }

    @Override
    public void onWebSocketPartialText(String part, boolean last) {
        synchronized (order) {
            if (!skipping) {
                textBytes += part.getBytes(StandardCharsets.UTF_8).length;
                if (textBytes > WebServer.MAX_MESSAGE_BYTES) {
                    skipping = true;
                    text.setLength(0);
                    text.trimToSize();
                    handler.onTooLarge();
                } else {
                    text.append(part);
                }
            }
            if (last) {
                final boolean whole = !skipping;
                final String message = text.toString();
                text.setLength(0);
                textBytes = 0;
                skipping = false;
                if (whole) {
                    handler.onText(message);
                }
            }
        }
    }

    @Override
    public void onWebSocketPartialBinary(ByteBuffer payload, boolean last, Callback callback) {
        callback.succeed();
        if (last) {
            synchronized (order) {
                handler.onBinary();
            }
        }
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("WebSocket failed: {}", cause.toString());
        closedOnce();
    }

    @Override
    public void onWebSocketClose(int statusCode, @Nullable String reason, Callback callback) {
        callback.succeed();
        closedOnce();
    }

    private void closedOnce() {
        synchronized (order) {
            if (!closed) {
                closed = true;
                open.remove(this);
                handler.onClosed();
            }
        }
    }

    @Override
    public void send(String message) {
        final Session current = session;
        if (current != null) {
            current.sendText(message, Callback.from(() -> {}, failure -> current.disconnect()));
        }
    }

    @Override
    public void close(int code, String reason) {
        final Session current = session;
        if (current != null) {
            current.close(code, reason, Callback.NOOP);
        }
    }

    void ping() {
        final Session current = session;
        if (current != null) {
            current.sendPing(ByteBuffer.allocate(0), Callback.from(() -> {}, failure -> current.disconnect()));
        }
    }
}
