package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.MessageEvent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages that came before anybody listened to their channel. They wait for the first listener, as at a MessagePort of
 * the W3C, but no more than a mebibyte of them: whoever never listens loses what follows. One lane.
 */
final class EarlyMessages {
    private static final int MAX_BYTES = 1 << 20;
    private static final int OVERHEAD_BYTES = 64;

    private final ArrayDeque<MessageEvent> messages = new ArrayDeque<>(0);
    private int bytes;
    private boolean over;

    void keep(MessageEvent message) {
        int size = message.bytes().length + OVERHEAD_BYTES;
        if (!over && bytes + size <= MAX_BYTES) {
            bytes += size;
            messages.add(message);
        }
    }

    /** Somebody listens: from now on messages without a listener are gone. */
    void end() {
        over = true;
    }

    @Nullable
    MessageEvent poll() {
        MessageEvent message = messages.poll();
        if (message != null) {
            bytes -= message.bytes().length + OVERHEAD_BYTES;
        }
        return message;
    }
}
