package dev.yodel.webrtc.internal;

import dev.yodel.io.Time;
import dev.yodel.webrtc.MessageEvent;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages that came before anybody listened to their channel. They wait for the first listener, as at a MessagePort of
 * the W3C, but no more than a mebibyte of them on all channels of a connection: whoever never listens loses what follows,
 * and a peer with many channels fills no heap. But nobody loses anything because a thread was late by a moment: what comes
 * beyond is held for a time, at the cost of the receive window. One lane; the budget is any thread's.
 */
final class EarlyMessages {
    /** What may wait on all channels of a connection. */
    static final int MAX_BYTES = 1 << 20;

    /** How long more than that is held for a listener; meanwhile the connection's other channels may stand still. */
    static final long PATIENCE_NANOS = 2 * Time.SECOND;

    /** How long a channel that is over keeps what nobody has read: then other channels have its room. */
    static final long CLOSED_PATIENCE_NANOS = 30 * Time.SECOND;

    private static final int OVERHEAD_BYTES = 64;

    /**
     * One of them.
     *
     * @param held whether it still takes room of the receive window
     */
    record Early(MessageEvent message, boolean held) {}

    private final AtomicInteger waitingOnAll;
    private final ArrayDeque<Early> messages = new ArrayDeque<>(0);
    private boolean holds;
    private boolean over;

    EarlyMessages(AtomicInteger waitingOnAll) {
        this.waitingOnAll = waitingOnAll;
    }

    private static int charge(MessageEvent message) {
        return message.bytes().length + OVERHEAD_BYTES;
    }

    /** Takes a message that nobody awaits; false if it is held, so that it is not consumed. */
    boolean keep(MessageEvent message) {
        if (over) {
            return true;
        }
        int charge = charge(message);
        // Behind one that is held all are, so that they stay in order.
        boolean held = holds || waitingOnAll.addAndGet(charge) > MAX_BYTES;
        if (held && !holds) {
            waitingOnAll.addAndGet(-charge);
        }
        holds = held;
        messages.add(new Early(message, held));
        return !held;
    }

    /** Whether any is held, so that {@link #giveUp} is due after the patience. */
    boolean holds() {
        return holds;
    }

    /** Nobody has come: what is held and what follows is lost. The bytes of each one held are given to {@code consumed}. */
    void giveUp(IntConsumer consumed) {
        if (!holds) {
            return;
        }
        over = true;
        holds = false;
        messages.removeIf(early -> {
            if (early.held) {
                consumed.accept(early.message.bytes().length);
            }
            return early.held;
        });
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Nobody listened to a channel that is over. The bytes of each message held are given to {@code consumed}. */
    void forget(IntConsumer consumed) {
        over = true;
        for (Early early = poll(); early != null; early = poll()) {
            if (early.held) {
                consumed.accept(early.message.bytes().length);
            }
        }
    }

    /** Somebody listens: from now on messages without a listener are gone. */
    void end() {
        over = true;
    }

    @Nullable
    Early poll() {
        Early early = messages.poll();
        if (early == null) {
            holds = false;
        } else if (!early.held) {
            waitingOnAll.addAndGet(-charge(early.message));
        }
        return early;
    }
}
