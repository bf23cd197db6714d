package dev.yodel.examples.web;

/** What a program does with one WebSocket. The methods of one handler are called one at a time. */
public interface TextHandler {
    /**
     * The WebSocket is open.
     *
     * @param connection the server's end
     */
    void onOpen(TextConnection connection);

    /**
     * A whole message came.
     *
     * @param text at most {@link WebServer#MAX_MESSAGE_BYTES} in UTF-8
     */
    void onText(String text);

    /** A message was longer than {@link WebServer#MAX_MESSAGE_BYTES}; it was thrown away. */
    void onTooLarge();

    /** A binary message came; it was thrown away. */
    void onBinary();

    /** The WebSocket is closed or lost; called once, also when {@link #onOpen} was never called. */
    void onClosed();
}
