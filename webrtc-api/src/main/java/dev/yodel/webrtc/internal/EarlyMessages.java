package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.MessageEvent;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Messages that came before anybody listened to their channel. They wait for the first listener, as at a MessagePort of
 * the W3C, but no more than a mebibyte of them on all channels of a connection: whoever never listens loses what follows,
 * and a peer with many channels fills no heap. One lane; the budget is any thread's.
 */
final class EarlyMessages {
    /** What may wait on all channels of a connection. */
    static final int MAX_BYTES = 1 << 20;

    private static final int OVERHEAD_BYTES = 64;

    private final AtomicInteger waitingOnAll;
    private final ArrayDeque<MessageEvent> messages = new ArrayDeque<>(0);
    private boolean over;

    EarlyMessages(AtomicInteger waitingOnAll) {
        this.waitingOnAll = waitingOnAll;
    }

    private static int charge(MessageEvent message) {
        return message.bytes().length + OVERHEAD_BYTES;
    }

    void keep(MessageEvent message) {
        if (over) {
            return;
        }
        int charge = charge(message);
        if (waitingOnAll.addAndGet(charge) > MAX_BYTES) {
            waitingOnAll.addAndGet(-charge);
        } else {
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
            waitingOnAll.addAndGet(-charge(message));
        }
        return message;
    }
}
