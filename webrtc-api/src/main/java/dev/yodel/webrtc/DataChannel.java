package dev.yodel.webrtc;

import dev.yodel.io.Registration;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCDataChannel: messages to and from the peer. Made by {@link PeerConnection#createDataChannel}, or by the peer and
 * then given to {@link PeerConnection#onDataChannel}.
 *
 * <p>Every method may be called from any thread. Listeners run on the channel's own lane, one at a time: one that is slow
 * holds up its channel only, until 1 MiB of messages waits for it; then no channel of the connection gets more, the peer is
 * slowed down, and all goes on when half of it is consumed; nothing is dropped. Messages that come before the first
 * listener wait for it, up to 1 MiB on all channels of a connection, more than that for two seconds, in which the
 * connection's other channels may stand still, and for 30 seconds after the channel was closed; one that comes while
 * nobody listens any more is gone. With {@link Settings#singleLane()} it is gone before the first listener, too, as
 * in a browser.
 *
 * @see <a href="https://www.w3.org/TR/webrtc/#rtcdatachannel">WebRTC 1.0, 6.2; RFC 8831; RFC 8832</a>
 */
public interface DataChannel {
    /**
     * The name that tells it from others; not necessarily unique.
     *
     * @return the label
     */
    String label();

    /**
     * Whether messages come in the order they were sent.
     *
     * @return false if they may overtake each other
     */
    boolean ordered();

    /**
     * How long a message is tried at most.
     *
     * @return milliseconds; null for no limit
     */
    @Nullable
    Integer maxPacketLifeTime();

    /**
     * How often a message is sent again at most.
     *
     * @return a count; null for no limit
     */
    @Nullable
    Integer maxRetransmits();

    /**
     * The subprotocol's name.
     *
     * @return empty for none
     */
    String protocol();

    /**
     * Whether both sides made it without telling each other.
     *
     * @return as it was made
     */
    boolean negotiated();

    /**
     * The stream it uses.
     *
     * @return 0 to 65534; null until the DTLS roles are negotiated
     */
    @Nullable
    Integer id();

    /**
     * How much it matters beside others.
     *
     * @return as it was made
     */
    PriorityType priority();

    /**
     * The state.
     *
     * @return as of the last event; closing as soon as {@link #close()} was called
     */
    DataChannelState readyState();

    /**
     * Bytes that were given to send and have not gone to the network once. Within a listener of this channel it does not
     * fall.
     *
     * @return bytes, without any overhead
     */
    long bufferedAmount();

    /**
     * When the buffered amount falls to this, {@link #onBufferedAmountLow} fires.
     *
     * @return bytes, 0 unless set
     */
    long bufferedAmountLowThreshold();

    /**
     * Sets when {@link #onBufferedAmountLow} fires.
     *
     * @param bytes 0 to 2^32-1
     */
    void bufferedAmountLowThreshold(long bytes);

    /**
     * Sends a text. It never waits; see {@link #sendAsync(String)} for more than fits.
     *
     * @param text sent as UTF-8
     * @throws InvalidStateException if the channel is not open
     * @throws IllegalArgumentException if it is larger than {@link SctpTransport#maxMessageSize()}
     * @throws OperationException if more waits than {@link Settings#maxBufferedBytes()}
     */
    void send(String text);

    /**
     * Sends a binary message. It never waits; see {@link #sendAsync(byte[])} for more than fits.
     *
     * @param data copied
     * @throws InvalidStateException if the channel is not open
     * @throws IllegalArgumentException if it is larger than {@link SctpTransport#maxMessageSize()}
     * @throws OperationException if more waits than {@link Settings#maxBufferedBytes()}
     */
    void send(byte[] data);

    /**
     * Sends a binary message. It never waits; see {@link #sendAsync(ByteBuffer)} for more than fits.
     *
     * @param data copied; its position goes to its limit
     * @throws InvalidStateException if the channel is not open
     * @throws IllegalArgumentException if it is larger than {@link SctpTransport#maxMessageSize()}
     * @throws OperationException if more waits than {@link Settings#maxBufferedBytes()}
     */
    void send(ByteBuffer data);

    /**
     * Ours, beyond W3C: sends a text and tells when the transport has taken it, which is when less than 1 MiB waits before
     * it. Whoever sends the next message then fills neither the heap nor leaves the network idle.
     *
     * @param text sent as UTF-8
     * @return completes when it is taken; fails like {@link #send(String)}, and with {@link InvalidStateException} if the
     *     channel closes first
     */
    CompletableFuture<Void> sendAsync(String text);

    /**
     * Ours, beyond W3C: sends a binary message and tells when the transport has taken it; see {@link #sendAsync(String)}.
     *
     * @param data copied
     * @return completes when it is taken
     */
    CompletableFuture<Void> sendAsync(byte[] data);

    /**
     * Ours, beyond W3C: sends a binary message and tells when the transport has taken it; see {@link #sendAsync(String)}.
     *
     * @param data copied; its position goes to its limit
     * @return completes when it is taken
     */
    CompletableFuture<Void> sendAsync(ByteBuffer data);

    /**
     * Ours, beyond W3C: the channel as bytes, for threads that may wait; messages have no borders here, and texts are their
     * UTF-8. From now on all that comes goes there and to no listener.
     *
     * <p>{@code read} waits for a byte at least; it gives -1 when the peer has closed the channel and everything is read,
     * and throws {@link java.io.IOException} when the channel broke. {@code write} waits until the channel is open and less
     * than 1 MiB waits to be sent, sends messages of 32 KiB at most, and returns when all is taken; it throws
     * {@link java.io.IOException} when the channel closes before. What is not read closes the peer's window at 1 MiB.
     * {@code close} closes the channel: what was written still goes, what was not read is thrown away. A thread that waits
     * meanwhile gets {@link java.nio.channels.AsynchronousCloseException}; to interrupt it closes the channel, too. On this
     * channel's and the connection's lane both throw {@link IllegalStateException}, because they would wait for
     * themselves.
     *
     * <p>Take it in the listener that was told of the channel: of what comes while there is neither a reader nor a
     * listener, 1 MiB on all channels of the connection is kept.
     *
     * @return always the same object
     */
    ByteChannel asByteChannel();

    /**
     * Ours, beyond W3C: what comes as a stream; the same bytes as {@link #asByteChannel()} reads, under the same rules.
     *
     * @return a stream; closing it closes the channel
     */
    InputStream inputStream();

    /**
     * Ours, beyond W3C: a stream to the peer, under the rules of {@link #asByteChannel()}'s {@code write}; listeners go on
     * to get what comes. 32 KiB are gathered before they are sent, unless it is flushed.
     *
     * @return a new stream; closing it closes the channel when everything is sent
     */
    OutputStream outputStream();

    /** Closes it: what was sent before still goes. Closing twice is harmless. */
    void close();

    /**
     * W3C's open: messages can be sent. A listener that is added when the channel is open already runs, too (but for
     * {@link Settings#singleLane()}).
     *
     * @param listener runs on the channel's lane
     * @return removes it
     */
    Registration onOpen(Runnable listener);

    /**
     * W3C's message.
     *
     * @param listener runs on the channel's lane, for each message in turn
     * @return removes it
     */
    Registration onMessage(Consumer<MessageEvent> listener);

    /**
     * Ours, beyond W3C: messages that are given out while they arrive. As long as there is this listener every message goes
     * to it and to no {@link #onMessage}. Messages larger than {@link Settings#maxMessageBytes} come only if
     * {@link Settings#unlimitedMessages} is set, and break a channel without this listener (or {@link #asByteChannel()}).
     *
     * @param listener runs on the channel's lane when a message begins; must not wait there for its end
     * @return removes it; a message that arrives meanwhile goes on
     * @throws InvalidStateException if there is one already
     */
    Registration onMessageStream(Consumer<MessageStream> listener);

    /**
     * W3C's bufferedamountlow: the buffered amount fell to the threshold.
     *
     * @param listener runs on the channel's lane
     * @return removes it
     */
    Registration onBufferedAmountLow(Runnable listener);

    /**
     * W3C's error: the channel broke; close follows.
     *
     * @param listener runs on the channel's lane
     * @return removes it
     */
    Registration onError(Consumer<RtcErrorEvent> listener);

    /**
     * W3C's closing: the peer closes the channel.
     *
     * @param listener runs on the channel's lane
     * @return removes it
     */
    Registration onClosing(Runnable listener);

    /**
     * W3C's close: the channel is over. A listener that is added after that runs, too (but for
     * {@link Settings#singleLane()}).
     *
     * @param listener runs on the channel's lane
     * @return removes it
     */
    Registration onClose(Runnable listener);
}
