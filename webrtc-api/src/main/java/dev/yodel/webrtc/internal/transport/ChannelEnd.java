package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.sctp.SctpSendResult;
import dev.yodel.sctp.dcep.ChannelFailure;
import dev.yodel.sctp.dcep.ChannelParameters;
import dev.yodel.sctp.dcep.DataChannels;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a data channel's user and the loop meet: messages to send wait in one queue, events for the lane in another. It
 * decides nothing about W3C's states. Public methods from any thread unless said otherwise.
 */
public final class ChannelEnd {
    /** What happens to the channel. Called on the lane. */
    public interface Listener {
        /** Messages can be sent. */
        void onOpen();

        /**
         * A message came.
         *
         * @param text whether it is text, else binary
         * @param data its bytes, owned by the receiver
         * @return whether it is consumed; if not, {@link ChannelEnd#consumed} is called later
         */
        boolean onMessage(boolean text, byte[] data);

        /**
         * A piece of a message came that is larger than those that come whole.
         *
         * @param piece owned by the receiver
         * @return whether it is consumed; if not, {@link ChannelEnd#consumed} is called later
         */
        boolean onPiece(Piece piece);

        /**
         * The rest of a message will not come of which a piece came.
         *
         * @param unordered which of the two that may arrive at the same time
         */
        void onAbandoned(boolean unordered);

        /** Bytes went to the network. */
        void onTransmitted();

        /** The peer closes the channel. */
        void onClosing();

        /**
         * The channel is over.
         *
         * @param failure why it broke; null if it was closed by either side
         */
        void onClosed(@Nullable ChannelFailure failure);
    }

    /**
     * A part of a message that is given out while it arrives.
     *
     * @param text whether the message is text, else binary
     * @param data its bytes
     * @param unordered whether the message was sent unordered; one of each kind may arrive at the same time
     * @param first whether the message begins with it
     * @param last whether the message is whole with it
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Piece(boolean text, byte[] data, boolean unordered, boolean first, boolean last) {}

    private record Abandoned(boolean unordered) {}

    /** A message on its way to the lane. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Message(boolean text, byte[] data) {}

    private record Closed(@Nullable ChannelFailure failure) {}

    /** Somebody waits until so few bytes wait to be sent. */
    private record RoomWait(long bytes, Runnable task) {}

    private record Told(Consumer<Boolean> taken, boolean sent) {}

    private enum Signal {
        OPEN,
        TRANSMITTED,
        CLOSING
    }

    /** The transport takes messages while less than this waits in it. */
    private static final long TRANSPORT_BYTES = 1 << 20;

    private final Loop loop;
    private final ChannelParameters parameters;
    private final boolean negotiated;
    private final boolean everyChange;
    private final Listener listener;
    private final Outbox outbox;
    private final Inbox inbox;
    private final Runnable flush = this::flush;
    private final AtomicBoolean flushAsked = new AtomicBoolean();
    private final AtomicReference<@Nullable RoomWait> roomWait = new AtomicReference<>();
    /** Messages that came and were not consumed: the loop adds, whoever consumes takes away. */
    private final AtomicLong unreadBytes = new AtomicLong();

    private volatile long lowThreshold;
    /** Set by the loop, read by the lane to give back what was consumed. */
    private volatile @Nullable DataTransport transport;

    // Loop only.
    private int id = -1;
    private long offeredBytes;
    private long messagesSent;
    private long bytesSent;
    private long messagesReceived;
    private long bytesReceived;
    private boolean over;
    private boolean active;

    /**
     * An end that is connected to nothing.
     *
     * @param loop the connection's loop
     * @param parameters what the channel is like
     * @param negotiated whether the peer is not told of it
     * @param maxBufferedBytes how much may wait to be sent
     * @param everyChange whether the lane hears of every change of the buffered amount, not only of the threshold
     * @param lane runs tasks on the channel's lane
     * @param listener hears what happens
     */
    public ChannelEnd(
            Loop loop,
            ChannelParameters parameters,
            boolean negotiated,
            long maxBufferedBytes,
            boolean everyChange,
            Consumer<Runnable> lane,
            Listener listener) {
        this.loop = loop;
        this.parameters = parameters;
        this.negotiated = negotiated;
        this.everyChange = everyChange;
        this.listener = listener;
        this.outbox = new Outbox(maxBufferedBytes);
        this.inbox = new Inbox(lane, everyChange, this::deliver);
    }

    /**
     * Queues a message.
     *
     * @param text whether the bytes are a text in UTF-8
     * @param data must not be changed afterwards
     * @param taken called on the lane when the transport has the message (true) or never will (false); null if nobody
     *     wants to know
     * @return false if too much waits already
     */
    public boolean send(boolean text, byte[] data, @Nullable Consumer<Boolean> taken) {
        if (!outbox.add(new Outbox.Item(text, data, taken))) {
            return false;
        }
        askForFlush();
        return true;
    }

    /** Closes the channel behind everything that was sent. */
    public void close() {
        outbox.addClose();
        askForFlush();
    }

    /**
     * Breaks the channel: the peer is told by a reset of its stream, the lane by {@link Listener#onClosed}.
     *
     * @param why in words
     */
    public void fail(String why) {
        try {
            loop.execute(() -> {
                DataTransport of = transport;
                if (of != null && !over) {
                    of.fail(this, why);
                }
            });
        } catch (RejectedExecutionException closedEnvironment) {
            // There is no channel any more.
        }
    }

    /**
     * Ends the channel without the transport's help; the lane hears it.
     *
     * @param failure why it broke; null if it was closed
     */
    public void end(@Nullable ChannelFailure failure) {
        dropUnsent();
        inbox.add(new Closed(failure));
        inbox.handOver();
    }

    /** Drops everything; no event follows but those under way, and the fates of messages. */
    public void abandon() {
        dropUnsent();
        inbox.handOver();
    }

    private void dropUnsent() {
        for (Outbox.Item item : outbox.shut()) {
            tell(item, false);
        }
    }

    private void tell(Outbox.Item item, boolean sent) {
        if (item.taken() != null) {
            inbox.add(new Told(item.taken(), sent));
        }
    }

    /** Lets events go to the lane; those that came before were kept. */
    public void start() {
        inbox.start();
    }

    /**
     * All bytes that send has ever taken.
     *
     * @return bytes
     */
    public long acceptedBytes() {
        return outbox.acceptedBytes();
    }

    /**
     * Those of {@link #acceptedBytes} that went to the network once.
     *
     * @return bytes
     */
    public long transmittedBytes() {
        return outbox.transmittedBytes();
    }

    /**
     * Bytes that send has taken and that did not go to the network once.
     *
     * @return bytes, without what messages cost beside theirs
     */
    public long waitingBytes() {
        return outbox.acceptedBytes() - outbox.transmittedBytes();
    }

    /**
     * Runs a task once when so few bytes wait to be sent; it takes the place of one that was asked for before.
     *
     * @param bytes not negative
     * @param task runs on the loop, so it must not wait
     */
    public void whenRoom(long bytes, Runnable task) {
        roomWait.set(new RoomWait(bytes, task));
    }

    /**
     * Sets at which buffered amount the lane is told.
     *
     * @param bytes not negative
     */
    public void lowThreshold(long bytes) {
        lowThreshold = bytes;
    }

    /**
     * The user is through with a message: the peer may send as much again.
     *
     * @param messageBytes its bytes
     */
    public void consumed(int messageBytes) {
        long charge = messageBytes + (long) DataChannels.MESSAGE_OVERHEAD_BYTES;
        unreadBytes.addAndGet(-charge);
        DataTransport from = transport;
        if (from != null) {
            from.consumed(charge);
        }
    }

    private void askForFlush() {
        if (flushAsked.compareAndSet(false, true)) {
            try {
                loop.execute(flush);
            } catch (RejectedExecutionException closed) {
                dropUnsent();
            }
        }
    }

    private void flush() {
        flushAsked.set(false);
        DataTransport to = transport;
        if (to != null) {
            to.activate(this);
        } else if (!over && !outbox.isEmpty()) {
            // Closed before there was a transport: nobody else knows of it.
            over = true;
            end(null);
        }
    }

    private void deliver(Object event) {
        if (event instanceof Message message) {
            if (listener.onMessage(message.text, message.data)) {
                consumed(message.data.length);
            }
        } else if (event instanceof Piece piece) {
            if (listener.onPiece(piece)) {
                consumed(piece.data.length);
            }
        } else if (event instanceof Abandoned abandoned) {
            listener.onAbandoned(abandoned.unordered);
        } else if (event instanceof Closed closed) {
            listener.onClosed(closed.failure);
        } else if (event instanceof Told told) {
            told.taken.accept(told.sent);
        } else if (event == Signal.OPEN) {
            listener.onOpen();
        } else if (event == Signal.TRANSMITTED) {
            listener.onTransmitted();
        } else {
            listener.onClosing();
        }
    }

    // For the transport, on the loop.

    ChannelParameters parameters() {
        return parameters;
    }

    boolean negotiated() {
        return negotiated;
    }

    int id() {
        return id;
    }

    boolean isOver() {
        return over;
    }

    /** Notes that the transport asks it for messages; true if that is new. */
    boolean activate() {
        boolean before = active;
        active = true;
        return !before;
    }

    void attach(DataTransport to, int stream) {
        transport = to;
        id = stream;
    }

    /** Moves messages into the transport while it has room. */
    void pull(DataChannels channels, long now) {
        for (long waiting = channels.bufferedAmount(id); waiting < TRANSPORT_BYTES && !over; ) {
            Outbox.Item item = outbox.poll();
            if (item == null) {
                return;
            }
            byte[] data = item.data();
            if (data == null) {
                channels.close(id);
                return;
            }
            SctpSendResult result = channels.send(id, item.text(), data, now);
            if (result == SctpSendResult.BUFFER_FULL) {
                outbox.putBack(item);
                return;
            }
            boolean sent = result == SctpSendResult.ACCEPTED;
            if (sent) {
                waiting += data.length;
                offeredBytes += data.length;
                bytesSent += data.length;
                messagesSent++;
            }
            tell(item, sent);
        }
    }

    /** Notes what went to the network; true while more is to be watched. */
    boolean noteTransmitted(DataChannels channels) {
        long before = outbox.transmittedBytes();
        long waiting = channels.bufferedAmount(id);
        long now = Math.max(before, offeredBytes - waiting);
        if (now != before) {
            outbox.transmittedBytes(now);
            long accepted = outbox.acceptedBytes();
            long threshold = lowThreshold;
            if (everyChange || (accepted - before > threshold && accepted - now <= threshold)) {
                inbox.add(Signal.TRANSMITTED);
            }
            RoomWait wait = roomWait.get();
            if (wait != null && accepted - now <= wait.bytes && roomWait.compareAndSet(wait, null)) {
                wait.task.run();
            }
        }
        active = !over && (waiting > 0 || !outbox.isEmpty());
        return active;
    }

    void opened() {
        inbox.add(Signal.OPEN);
    }

    void received(boolean text, byte[] data) {
        messagesReceived++;
        bytesReceived += data.length;
        unreadBytes.addAndGet(data.length + (long) DataChannels.MESSAGE_OVERHEAD_BYTES);
        inbox.add(new Message(text, data));
    }

    void received(Piece piece) {
        messagesReceived += piece.last ? 1 : 0;
        bytesReceived += piece.data.length;
        unreadBytes.addAndGet(piece.data.length + (long) DataChannels.MESSAGE_OVERHEAD_BYTES);
        inbox.add(piece);
    }

    void abandoned(boolean unordered) {
        inbox.add(new Abandoned(unordered));
    }

    /** What the user has not consumed of all that came. */
    long unreadBytes() {
        return unreadBytes.get();
    }

    void closing() {
        inbox.add(Signal.CLOSING);
    }

    void closed(@Nullable ChannelFailure failure) {
        over = true;
        dropUnsent();
        inbox.add(new Closed(failure));
    }

    void handOver() {
        inbox.handOver();
    }

    DataSnapshot.Channel snapshot() {
        return new DataSnapshot.Channel(id, parameters, over, messagesSent, bytesSent, messagesReceived, bytesReceived);
    }
}
