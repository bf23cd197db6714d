package dev.yodel.examples.web;

/** The server's end of one WebSocket that carries text. May be used from any thread. */
public interface TextConnection {
    /**
     * Sends one message after those sent before. A peer that does not read is disconnected.
     *
     * @param text the whole message
     */
    void send(String text);

    /**
     * Closes the WebSocket after what was sent before.
     *
     * @param code RFC 6455 7.4
     * @param reason at most 123 bytes
     */
    void close(int code, String reason);
}
