package dev.yodel.examples.signal;

import dev.yodel.examples.web.TextClient;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

/**
 * A peer's end of the signaling WebSocket, over the JDK's client. Messages are sent in the order given, from any
 * thread; the listener is called one at a time, on a thread of the client. It does not reconnect.
 */
public final class SignalClient implements AutoCloseable {
    /** Who listens. */
    public interface Listener {
        /**
         * The WebSocket is open; called first, before any message.
         *
         * @param client can send from now on
         */
        default void onOpen(SignalClient client) {}

        /**
         * A message came.
         *
         * @param message what it says
         */
        void onMessage(SignalMessage message);

        /**
         * The WebSocket is closed or lost; called once.
         *
         * @param reason in words
         */
        void onClosed(String reason);
    }

    private final TextClient socket;

    private SignalClient(TextClient socket) {
        this.socket = socket;
    }

    /**
     * Opens the WebSocket of a room.
     *
     * @param room {@code ws://host:port/room}
     * @param listener who hears the other side; called from this moment on
     * @return the open client; fails with an IOException whose message says why
     */
    public static CompletableFuture<SignalClient> connect(URI room, Listener listener) {
        return TextClient.connect(room, new Incoming(listener)).thenApply(SignalClient::new);
    }

    /**
     * Sends a message after those before it. Does nothing when the WebSocket is closed: the listener hears of that.
     *
     * @param message what to say
     */
    public void send(SignalMessage message) {
        socket.send(message.toJson());
    }

    /** Leaves the room and closes the WebSocket, after what was sent before. */
    @Override
    public void close() {
        socket.close();
    }

    private record Incoming(Listener listener) implements TextClient.Listener {
        @Override
        public void onOpen(TextClient client) {
            listener.onOpen(new SignalClient(client));
        }

        @Override
        public void onText(String text) {
            SignalMessage message;
            try {
                message = SignalMessage.parse(text);
            } catch (SignalMessage.Malformed e) {
                message = new SignalMessage.Failure("malformed", "the server sent: " + e.getMessage());
            }
            listener.onMessage(message);
        }

        @Override
        public void onClosed(String reason) {
            listener.onClosed(reason);
        }
    }
}
