package dev.yodel.webrtc;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** W3C's MessageEvent of a data channel: one whole message. Immutable but for the bytes, which belong to the listener. */
public final class MessageEvent {
    private final boolean text;
    private final byte[] bytes;

    /**
     * A message.
     *
     * @param text whether the bytes are a text in UTF-8
     * @param bytes the message, possibly empty, kept
     */
    public MessageEvent(boolean text, byte[] bytes) {
        this.text = text;
        this.bytes = Objects.requireNonNull(bytes, "bytes");
    }

    /**
     * Whether the peer sent a text.
     *
     * @return false for a binary message
     */
    public boolean isText() {
        return text;
    }

    /**
     * The message as a text. Bytes that are no UTF-8 are replaced by U+FFFD, as browsers do.
     *
     * @return the text
     * @throws InvalidAccessException if the message is binary
     */
    public String text() {
        if (!text) {
            throw new InvalidAccessException("the message is binary; use bytes(), and isText() to tell the two apart");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * The message's bytes; of a text its UTF-8.
     *
     * @return the array itself, which is never used again
     */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return (text ? "text" : "binary") + " message of " + bytes.length + " bytes";
    }
}
