package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.sctp.dcep.ChannelFailure;
import dev.yodel.sctp.dcep.ChannelParameters;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelState;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MessageEvent;
import dev.yodel.webrtc.MessageStream;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.PriorityType;
import dev.yodel.webrtc.RtcError;
import dev.yodel.webrtc.RtcErrorDetail;
import dev.yodel.webrtc.RtcErrorEvent;
import dev.yodel.webrtc.internal.transport.ChannelEnd;
import dev.yodel.webrtc.internal.transport.ListenerList;
import java.io.BufferedOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A data channel as its user sees it: W3C's states and events on the channel's lane. It moves no bytes
 * ({@link ChannelEnd} does) and chooses no id ({@link DataChannelSet} does).
 */
final class DataChannelImpl implements DataChannel {
    private final DataChannelSet set;
    private final LaneQueue queue;
    private final ChannelParameters parameters;
    private final boolean negotiated;
    private final ChannelEnd end;
    private final ListenerList<DataChannel> openListeners = new ListenerList<>();
    private final ListenerList<DataChannel> lowListeners = new ListenerList<>();
    private final ListenerList<RtcErrorEvent> errorListeners = new ListenerList<>();
    private final ListenerList<DataChannel> closingListeners = new ListenerList<>();
    private final ListenerList<DataChannel> closeListeners = new ListenerList<>();
    private volatile @Nullable Integer id;
    private volatile DataChannelState state = DataChannelState.CONNECTING;
    private volatile long lowThreshold;
    /** Transmitted bytes that listeners have been told of. Changed on the lane only. */
    private volatile long shownTransmitted;

    // Guarded by this: whether the event has been fired, so that a listener that comes later hears of it nevertheless.
    private boolean openFired;
    private boolean closeFired;
    private final WaitingRule rule;
    private final IncomingMessages incoming;
    private final AtomicReference<@Nullable OutgoingBytes> outgoing = new AtomicReference<>();
    private final AtomicReference<@Nullable ChannelBytes> bytes = new AtomicReference<>();

    /** Under the connection's lock: whether the transport knows it. */
    boolean dispatched;

    DataChannelImpl(DataChannelSet set, ChannelParameters parameters, boolean negotiated, @Nullable Integer id) {
        this.set = set;
        this.parameters = parameters;
        this.negotiated = negotiated;
        this.id = id;
        PeerConnectionImpl connection = set.connection();
        this.queue = new LaneQueue(connection.factory().newLane(connection.loop()), connection.loop());
        this.end = new ChannelEnd(
                connection.loop(),
                parameters,
                negotiated,
                connection.factory().settings().maxBufferedBytes(),
                set.isLaneShared(),
                queue::post,
                new Events());
        this.rule = new WaitingRule(queue, connection.queue(), connection.loop());
        this.incoming = new IncomingMessages(
                queue, rule, end, set.isLaneShared(), new EarlyMessages(set.earlyBytes()), set.patience());
    }

    ChannelEnd end() {
        return end;
    }

    void id(int value) {
        id = value;
    }

    /** W3C sets an announced channel open before the datachannel event, so that its listener may send. */
    void announced() {
        state = DataChannelState.OPEN;
    }

    /** W3C: closing the connection closes its channels abruptly and without events. */
    void closeAbruptly() {
        state = DataChannelState.CLOSED;
        end.abandon();
        wakeWriter();
        queue.post(() -> incoming.end("the connection was closed"));
    }

    /** The state changed, so that a thread that waits to write may go on or give up. */
    private void wakeWriter() {
        OutgoingBytes writer = outgoing.get();
        if (writer != null) {
            writer.wake();
        }
    }

    double maxMessageSize() {
        return set.maxMessageSize();
    }

    @Override
    public String label() {
        return parameters.label();
    }

    @Override
    public boolean ordered() {
        return parameters.ordered();
    }

    @Override
    public @Nullable Integer maxPacketLifeTime() {
        return limit(parameters.maxLifetimeMillis());
    }

    @Override
    public @Nullable Integer maxRetransmits() {
        return limit(parameters.maxRetransmits());
    }

    /** RFC 8832 has 32 bits for it and W3C has 16. */
    private static @Nullable Integer limit(long value) {
        return value < 0 ? null : (Integer) (int) Math.min(0xffff, value);
    }

    @Override
    public String protocol() {
        return parameters.protocol();
    }

    @Override
    public boolean negotiated() {
        return negotiated;
    }

    @Override
    public @Nullable Integer id() {
        return id;
    }

    @Override
    public PriorityType priority() {
        // W3C: what is between two of RFC 8831 6.4's values counts as the lower.
        if (parameters.priority() <= 128) {
            return PriorityType.VERY_LOW;
        }
        return parameters.priority() <= 256
                ? PriorityType.LOW
                : parameters.priority() <= 512 ? PriorityType.MEDIUM : PriorityType.HIGH;
    }

    @Override
    public DataChannelState readyState() {
        return state;
    }

    @Override
    public long bufferedAmount() {
        long accepted = end.acceptedBytes();
        return accepted - (set.isLaneShared() || queue.inLane() ? shownTransmitted : end.transmittedBytes());
    }

    @Override
    public long bufferedAmountLowThreshold() {
        return lowThreshold;
    }

    @Override
    public void bufferedAmountLowThreshold(long bytes) {
        if (bytes < 0 || bytes > 0xffff_ffffL) {
            throw new IllegalArgumentException("bufferedAmountLowThreshold must be 0 to 2^32-1, was " + bytes);
        }
        lowThreshold = bytes;
        end.lowThreshold(bytes);
    }

    @Override
    public void send(String text) {
        offer(true, Utf8.bytes(text), null);
    }

    @Override
    public void send(byte[] data) {
        offer(false, data.clone(), null);
    }

    @Override
    public void send(ByteBuffer data) {
        offer(false, copy(data), null);
    }

    private static byte[] copy(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return bytes;
    }

    private void offer(boolean text, byte[] data, @Nullable Consumer<Boolean> taken) {
        DataChannelState now = state;
        if (now != DataChannelState.OPEN) {
            throw notOpen(now);
        }
        double max = set.maxMessageSize();
        if (data.length > max) {
            throw new IllegalArgumentException("the message has " + data.length + " bytes and the peer takes "
                    + (long) max + "; send it in pieces");
        }
        if (!end.send(text, data, taken)) {
            if (state != DataChannelState.OPEN) {
                throw notOpen(state);
            }
            throw new OperationException(bufferedAmount()
                    + " bytes wait to be sent, more than Settings.maxBufferedBytes allows; wait for bufferedamountlow, or"
                    + " use sendAsync and send when its future completes");
        }
    }

    private InvalidStateException notOpen(DataChannelState now) {
        return new InvalidStateException("data channel \"" + label() + "\" is " + now
                + (now == DataChannelState.CONNECTING ? "; wait for onOpen" : "; create another to go on"));
    }

    @Override
    public CompletableFuture<Void> sendAsync(String text) {
        return sendAsync(true, Utf8.bytes(text));
    }

    @Override
    public CompletableFuture<Void> sendAsync(byte[] data) {
        return sendAsync(false, data.clone());
    }

    @Override
    public CompletableFuture<Void> sendAsync(ByteBuffer data) {
        return sendAsync(false, copy(data));
    }

    @SuppressWarnings("NullAway") // null is the only value of Void
    private CompletableFuture<Void> sendAsync(boolean text, byte[] data) {
        RtcFuture<Void> future = new RtcFuture<>(queue, "sendAsync");
        try {
            offer(text, data, taken -> {
                if (taken) {
                    future.succeed(null);
                } else {
                    future.failQuietly(notOpen(DataChannelState.CLOSED));
                }
            });
        } catch (RuntimeException e) {
            future.fail(e);
        }
        return future;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (state == DataChannelState.CLOSING || state == DataChannelState.CLOSED) {
                return;
            }
            state = DataChannelState.CLOSING;
        }
        wakeWriter();
        end.close();
    }

    @Override
    public ByteChannel asByteChannel() {
        ChannelBytes before = bytes.get();
        if (before != null) {
            return before;
        }
        bytes.compareAndSet(null, new ChannelBytes(this, rule, incoming.bytes(), writer()));
        return asByteChannel();
    }

    private OutgoingBytes writer() {
        OutgoingBytes before = outgoing.get();
        if (before != null) {
            return before;
        }
        long max = set.connection().factory().settings().maxBufferedBytes();
        outgoing.compareAndSet(null, new OutgoingBytes(this, end, max));
        return writer();
    }

    @Override
    public InputStream inputStream() {
        return Channels.newInputStream(asByteChannel());
    }

    @Override
    public OutputStream outputStream() {
        return new BufferedOutputStream(new ChannelOutput(this, rule, writer()), OutgoingBytes.MESSAGE_BYTES);
    }

    @Override
    public Registration onOpen(Runnable listener) {
        return orLater(openListeners, listener, () -> openFired);
    }

    @Override
    public Registration onMessage(Consumer<MessageEvent> listener) {
        return incoming.onMessage(listener);
    }

    @Override
    public Registration onMessageStream(Consumer<MessageStream> listener) {
        return incoming.onStream(listener);
    }

    @Override
    public Registration onBufferedAmountLow(Runnable listener) {
        return plain(lowListeners, listener);
    }

    @Override
    public Registration onError(Consumer<RtcErrorEvent> listener) {
        return errorListeners.add(listener);
    }

    @Override
    public Registration onClosing(Runnable listener) {
        return plain(closingListeners, listener);
    }

    @Override
    public Registration onClose(Runnable listener) {
        return orLater(closeListeners, listener, () -> closeFired);
    }

    /**
     * In a browser no event can come between making a channel and listening to it. Here the lane is another thread, so a
     * listener that comes after the event runs in a task of its own.
     */
    private Registration orLater(ListenerList<DataChannel> list, Runnable listener, BooleanSupplier fired) {
        Objects.requireNonNull(listener, "listener");
        synchronized (this) {
            if (set.isLaneShared() || !fired.getAsBoolean()) {
                return plain(list, listener);
            }
        }
        ListenerList<DataChannel> alone = new ListenerList<>();
        Registration registration = plain(alone, listener);
        queue.post(() -> fire(alone, this));
        return registration;
    }

    private static Registration plain(ListenerList<DataChannel> list, Runnable listener) {
        Objects.requireNonNull(listener, "listener");
        return list.add(channel -> listener.run());
    }

    /** W3C's steps to announce a data channel as closed, 4: what the error says. */
    private static RtcError error(ChannelFailure failure) {
        return new RtcError(
                failure.wholeAssociation() ? RtcErrorDetail.SCTP_FAILURE : RtcErrorDetail.DATA_CHANNEL_FAILURE,
                failure.text(),
                null,
                null,
                null,
                failure.causeCode() < 0 ? null : (Integer) failure.causeCode());
    }

    private <T> void fire(ListenerList<T> listeners, T event) {
        listeners.fire(event);
        queue.drain();
    }

    @Override
    public String toString() {
        return "data channel \"" + label() + "\" id=" + id + " " + state;
    }

    /** What the transport says, on the lane. */
    private final class Events implements ChannelEnd.Listener {
        private boolean isGone() {
            return set.connection().closed() || state == DataChannelState.CLOSED;
        }

        /** W3C's steps to announce a data channel as open. */
        @Override
        public void onOpen() {
            synchronized (DataChannelImpl.this) {
                if (isGone() || state == DataChannelState.CLOSING) {
                    return;
                }
                state = DataChannelState.OPEN;
                openFired = true;
            }
            wakeWriter();
            fire(openListeners, DataChannelImpl.this);
        }

        @Override
        public boolean onMessage(boolean text, byte[] data) {
            showTransmitted();
            if (isGone() || state != DataChannelState.OPEN) {
                return true;
            }
            return incoming.message(text, data);
        }

        @Override
        public boolean onPiece(ChannelEnd.Piece piece) {
            return isGone() || state != DataChannelState.OPEN || incoming.piece(piece);
        }

        @Override
        public void onAbandoned(boolean unordered) {
            incoming.abandoned(unordered);
        }

        @Override
        public void onTransmitted() {
            showTransmitted();
        }

        private void showTransmitted() {
            long before = shownTransmitted;
            long now = end.transmittedBytes();
            if (now == before) {
                return;
            }
            long accepted = end.acceptedBytes();
            shownTransmitted = now;
            if (accepted - before > lowThreshold && accepted - now <= lowThreshold && !isGone()) {
                fire(lowListeners, DataChannelImpl.this);
            }
        }

        /** W3C: the peer's closing procedure has begun. */
        @Override
        public void onClosing() {
            synchronized (DataChannelImpl.this) {
                if (isGone() || state == DataChannelState.CLOSING) {
                    return;
                }
                state = DataChannelState.CLOSING;
            }
            wakeWriter();
            fire(closingListeners, DataChannelImpl.this);
        }

        @Override
        public void onClosed(@Nullable ChannelFailure failure) {
            if (isGone()) {
                return;
            }
            showTransmitted();
            synchronized (DataChannelImpl.this) {
                state = DataChannelState.CLOSED;
                closeFired = true;
            }
            wakeWriter();
            incoming.end(failure == null ? null : failure.text());
            set.remove(DataChannelImpl.this);
            if (failure != null) {
                fire(errorListeners, new RtcErrorEvent(error(failure)));
            }
            fire(closeListeners, DataChannelImpl.this);
        }
    }
}
