package dev.yodel.webrtc;

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Ours, beyond W3C: one message of a data channel, given out while it arrives, whatever its size. It is read once, by
 * {@link #forEach} or by {@link #inputStream}; what nobody has read yet counts against the channel's mebibyte, so a message
 * that is neither read nor closed stops the peer in the end. Any thread. RFC 8841 6; see
 * {@link DataChannel#onMessageStream}.
 */
public interface MessageStream extends AutoCloseable {
    /**
     * Whether the peer sent a text.
     *
     * @return false for a binary message
     */
    boolean isText();

    /**
     * Reads it without waiting.
     *
     * @param pieces gets the bytes as they come, on the channel's lane, in arrays of any size that are its own; a text is
     *     UTF-8, and a piece may end inside a character. What it throws fails the result and closes the stream
     * @return completes with the number of bytes behind the last of them; fails with {@link OperationException} if the rest
     *     will not come: the channel closed, or the peer gave the message up (RFC 3758)
     * @throws IllegalStateException if it is being read already
     */
    CompletableFuture<Long> forEach(Consumer<byte[]> pieces);

    /**
     * Reads it from a thread that may wait.
     *
     * @return the bytes; {@code read} waits for more, throws {@link java.io.IOException} if the rest will not come, and
     *     {@link IllegalStateException} on a lane, which would wait for itself
     * @throws IllegalStateException if it is being read already
     */
    InputStream inputStream();

    /** Throws away what is not read yet. The channel goes on. */
    @Override
    void close();
}
