package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MessageEvent;
import dev.yodel.webrtc.MessageStream;
import dev.yodel.webrtc.internal.transport.ChannelEnd;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what comes on a channel: the reader of its bytes, the listener to streams, the listeners to messages, or nobody
 * yet? On the channel's lane unless said otherwise.
 */
final class IncomingMessages {
    private final LaneQueue lane;
    private final WaitingRule rule;
    private final ChannelEnd end;
    /** As in a browser: what nobody listens to is gone. */
    private final boolean nothingWaits;

    private final EarlyMessages early;
    private final Patience patience;
    private final ListenerList<MessageEvent> messageListeners = new ListenerList<>();
    private final AtomicReference<@Nullable Consumer<MessageStream>> streamListener = new AtomicReference<>();
    private final AtomicReference<@Nullable IncomingBytes> bytes = new AtomicReference<>();
    /** Messages that arrive in pieces, ordered and unordered; null if their pieces go to the bytes or nowhere. */
    private final @Nullable MessageStreamImpl[] arriving = new MessageStreamImpl[2];

    private boolean over;
    private @Nullable String failure;

    IncomingMessages(
            LaneQueue lane,
            WaitingRule rule,
            ChannelEnd end,
            boolean nothingWaits,
            EarlyMessages early,
            Patience patience) {
        this.lane = lane;
        this.rule = rule;
        this.end = end;
        this.nothingWaits = nothingWaits;
        this.early = early;
        this.patience = patience;
    }

    /** Any thread. */
    Registration onMessage(Consumer<MessageEvent> listener) {
        Registration registration = messageListeners.add(listener);
        giveOutEarlyOnes();
        return registration;
    }

    /** Any thread. */
    Registration onStream(Consumer<MessageStream> listener) {
        Objects.requireNonNull(listener, "listener");
        if (!streamListener.compareAndSet(null, listener)) {
            throw new InvalidStateException(
                    "a channel has one listener to streams; close the other's registration first");
        }
        giveOutEarlyOnes();
        return () -> streamListener.compareAndSet(listener, null);
    }

    /** From now on all that comes goes there. Any thread. */
    IncomingBytes bytes() {
        IncomingBytes before = bytes.get();
        if (before != null) {
            return before;
        }
        IncomingBytes made = new IncomingBytes(end::consumed);
        if (!bytes.compareAndSet(null, made)) {
            return bytes();
        }
        lane.post(() -> {
            fireEarly();
            if (over) {
                made.end(failure);
            }
        });
        return made;
    }

    private void giveOutEarlyOnes() {
        if (!nothingWaits) {
            lane.post(this::fireEarly);
        }
    }

    private boolean isAwaited() {
        return bytes.get() != null || streamListener.get() != null || !messageListeners.isEmpty();
    }

    private void fireEarly() {
        for (EarlyMessages.Early next = early.poll(); next != null; next = early.poll()) {
            if (give(next.message(), next.held()) && next.held()) {
                end.consumed(next.message().bytes().length);
            }
        }
    }

    /** A whole message; whether it is consumed. */
    boolean message(boolean text, byte[] data) {
        MessageEvent message = new MessageEvent(text, data);
        if (isAwaited()) {
            fireEarly();
            early.end();
            return give(message, true);
        }
        return nothingWaits || isKept(message);
    }

    private boolean isKept(MessageEvent message) {
        boolean heldBefore = early.holds();
        boolean isKept = early.keep(message);
        if (early.holds() && !heldBefore) {
            patience.later(lane, EarlyMessages.PATIENCE_NANOS, () -> early.giveUp(end::consumed));
        }
        return isKept;
    }

    /** Gives it to whoever waits for it; whether it is consumed. */
    private boolean give(MessageEvent message, boolean held) {
        IncomingBytes toBytes = bytes.get();
        Consumer<MessageStream> toStream = streamListener.get();
        if (toBytes != null) {
            toBytes.add(message.bytes(), held);
            return false;
        }
        if (toStream != null) {
            MessageStreamImpl stream = new MessageStreamImpl(message.isText(), lane, rule, end::consumed);
            stream.add(message.bytes(), held);
            stream.end(null);
            fire(toStream, stream);
            return false;
        }
        messageListeners.fire(message);
        lane.drain();
        return true;
    }

    private void fire(Consumer<MessageStream> listener, MessageStreamImpl stream) {
        ListenerList<MessageStream> one = new ListenerList<>();
        one.add(listener);
        one.fire(stream);
        lane.drain();
    }

    /** A piece of a message that is larger than any that comes whole; whether it is consumed. */
    boolean piece(ChannelEnd.Piece piece) {
        int slot = piece.unordered() ? 1 : 0;
        IncomingBytes toBytes = bytes.get();
        if (piece.first() && toBytes == null) {
            Consumer<MessageStream> listener = streamListener.get();
            if (listener == null) {
                end.fail("the peer sent a message of any size and nobody takes it as it comes: use onMessageStream or"
                        + " asByteChannel, or do without Settings.unlimitedMessages");
                return true;
            }
            fireEarly();
            MessageStreamImpl stream = new MessageStreamImpl(piece.text(), lane, rule, end::consumed);
            arriving[slot] = stream;
            stream.add(piece.data(), true);
            fire(listener, stream);
            return endIfLast(slot, stream, piece.last());
        }
        MessageStreamImpl stream = arriving[slot];
        if (stream != null) {
            stream.add(piece.data(), true);
            return endIfLast(slot, stream, piece.last());
        }
        if (toBytes == null) {
            return true;
        }
        fireEarly();
        toBytes.add(piece.data(), true);
        return false;
    }

    private boolean endIfLast(int slot, MessageStreamImpl stream, boolean last) {
        if (last) {
            arriving[slot] = null;
            stream.end(null);
        }
        return false;
    }

    /** The rest of a message will not come. */
    void abandoned(boolean unordered) {
        int slot = unordered ? 1 : 0;
        MessageStreamImpl stream = arriving[slot];
        arriving[slot] = null;
        IncomingBytes toBytes = bytes.get();
        if (stream != null) {
            stream.end("the peer gave the message up");
        } else if (toBytes != null) {
            toBytes.end("the peer gave a message up, so bytes are missing");
        }
    }

    /** The channel is over; why, if it broke. */
    void end(@Nullable String why) {
        over = true;
        failure = why;
        if (!early.isEmpty()) {
            patience.later(lane, EarlyMessages.CLOSED_PATIENCE_NANOS, () -> early.forget(end::consumed));
        }
        for (int slot = 0; slot < arriving.length; slot++) {
            MessageStreamImpl stream = arriving[slot];
            arriving[slot] = null;
            if (stream != null) {
                stream.end(why == null ? "the channel was closed before the message was whole" : why);
            }
        }
        IncomingBytes toBytes = bytes.get();
        if (toBytes != null) {
            toBytes.end(why);
        }
    }
}
