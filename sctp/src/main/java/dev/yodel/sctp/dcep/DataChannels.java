package dev.yodel.sctp.dcep;

import dev.yodel.io.Bytes;
import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpSendResult;
import dev.yodel.sctp.SctpState;
import dev.yodel.sctp.SendOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data channels of one SCTP association, as a protocol core: who opens which stream, what is text and what binary,
 * when a channel is closed and its id free again. It owns the association, whose inputs and outputs go through it, and no
 * socket, clock or thread. After each input its owner drains {@link #pollEvent} and then {@link #pollTransmit}, and reads
 * {@link #nextTimeout}. Nothing a peer sends makes it throw. One thread only. RFC 8831, RFC 8832.
 */
public final class DataChannels {
    /** What a delivered message costs beside its bytes until it is released. */
    public static final int MESSAGE_OVERHEAD_BYTES = 64;

    /** Channels that a peer may have open at the same time unless told otherwise. */
    public static final int USUAL_REMOTE_CHANNELS = 1024;

    private static final byte[] NOTHING = {0};

    private final SctpAssociation association;
    private final boolean dtlsClient;
    private final int maxRemoteChannels;
    private final int maxReceiveBytes;
    private final StreamIds ids = new StreamIds();
    private final Map<Integer, Channel> channels = new HashMap<>();
    private final ArrayDeque<DataChannelEvent> events = new ArrayDeque<>();
    /** OPEN and ACK messages that found the send buffer full, with their stream. */
    private final ArrayDeque<Control> control = new ArrayDeque<>();

    private final DataChannelCounters counters = new DataChannelCounters();
    private long maxSendBytes;
    private int maxChannels = StreamIds.COUNT;
    private int remoteChannels;
    private boolean connected;
    private boolean ended;

    @SuppressWarnings("ArrayRecordComponent")
    private record Control(Channel channel, byte[] data) {}

    /**
     * The channels of an association that was not begun.
     *
     * @param association belongs to this object from now on
     * @param dtlsClient our DTLS role, which says which ids are ours (RFC 8832 6)
     * @param maxRemoteChannels how many channels the peer may have open at the same time; more are refused
     * @param maxReceiveBytes the largest message that was announced to the peer
     * @param maxSendBytes the largest message that the peer takes
     */
    public DataChannels(
            SctpAssociation association,
            boolean dtlsClient,
            int maxRemoteChannels,
            int maxReceiveBytes,
            long maxSendBytes) {
        this.association = association;
        this.dtlsClient = dtlsClient;
        this.maxRemoteChannels = maxRemoteChannels;
        this.maxReceiveBytes = maxReceiveBytes;
        this.maxSendBytes = maxSendBytes;
    }

    /**
     * The association, for its figures.
     *
     * @return nobody else drives it
     */
    public SctpAssociation association() {
        return association;
    }

    /**
     * What was refused and dropped.
     *
     * @return live counters
     */
    public DataChannelCounters counters() {
        return counters;
    }

    /**
     * Channels that are not closed yet, refused ones among them.
     *
     * @return count
     */
    public int channelCount() {
        return channels.size();
    }

    /**
     * Takes a new description's {@code a=max-message-size}. RFC 8841 6.
     *
     * @param bytes the largest message that the peer takes
     */
    public void maxSendBytes(long bytes) {
        maxSendBytes = bytes;
    }

    /**
     * Begins the association.
     *
     * @param now time
     */
    public void connect(long now) {
        association.connect(now);
    }

    /**
     * Begins the association without a handshake: both INITs were exchanged by signaling.
     *
     * @param localInit ours
     * @param remoteInit the peer's
     * @param now time
     * @throws IllegalArgumentException if one of them is not an INIT
     */
    public void connect(byte[] localInit, byte[] remoteInit, long now) {
        association.connect(localInit, remoteInit, now);
    }

    /**
     * Opens a channel on the next free stream of our side.
     *
     * @param parameters what it is like
     * @param now time
     * @return its id; -1 if no stream is free
     */
    public int open(ChannelParameters parameters, long now) {
        int id = ended ? -1 : ids.takeNext(dtlsClient, maxChannels);
        if (id >= 0) {
            begin(new Channel(id, parameters, false, false), now);
        }
        return id;
    }

    /**
     * Opens a channel on a chosen stream.
     *
     * @param id 0 to 65534
     * @param parameters what it is like
     * @param negotiated whether the peer does the same by itself, so that nothing is said about it
     * @param now time
     * @return false if the stream is in use or the association has ended
     */
    public boolean open(int id, ChannelParameters parameters, boolean negotiated, long now) {
        if (id < 0 || id >= StreamIds.COUNT) {
            throw new IllegalArgumentException("a channel's id is 0 to 65534, was " + id);
        }
        if (ended || !ids.take(id)) {
            return false;
        }
        begin(new Channel(id, parameters, false, negotiated), now);
        return true;
    }

    private void begin(Channel channel, long now) {
        channels.put(channel.id, channel);
        if (connected) {
            start(channel, now);
        }
    }

    private void start(Channel channel, long now) {
        if (channel.id >= maxChannels) {
            remove(channel, ChannelFailure.ofChannel("the peer has only " + maxChannels + " streams"));
            return;
        }
        use(channel);
        if (!channel.negotiated) {
            channel.orderedUntilAnswer = true;
            say(channel, new DataChannelMessage.Open(channel.parameters).write(), now);
        }
        events.add(new DataChannelEvent.Opened(channel.id));
    }

    private void use(Channel channel) {
        channel.state = Channel.State.OPEN;
        association.setStreamPriority(channel.id, Math.max(1, channel.parameters.priority()));
    }

    private void say(Channel channel, byte[] data, long now) {
        channel.queued(data.length, false);
        if (!control.isEmpty() || !sent(channel, data, now)) {
            control.add(new Control(channel, data));
        }
    }

    private boolean sent(Channel channel, byte[] data, long now) {
        return association.send(channel.id, PayloadProtocol.DCEP, data, SendOptions.RELIABLE, now)
                != SctpSendResult.BUFFER_FULL;
    }

    private void sayWhatWaits(long now) {
        for (Control next = control.peek(); next != null && sent(next.channel, next.data, now); next = control.peek()) {
            control.remove();
        }
    }

    /**
     * Sends a message on an open channel.
     *
     * @param id the channel's stream
     * @param text whether the bytes are a text in UTF-8
     * @param data possibly none; must not be changed afterwards
     * @param now time
     * @return whether it was taken, and why not
     */
    public SctpSendResult send(int id, boolean text, byte[] data, long now) {
        Channel channel = channels.get(id);
        if (channel == null || channel.state != Channel.State.OPEN) {
            return SctpSendResult.CLOSED;
        }
        if (data.length > maxSendBytes) {
            return SctpSendResult.TOO_LARGE;
        }
        if (!control.isEmpty()) {
            return SctpSendResult.BUFFER_FULL;
        }
        boolean empty = data.length == 0;
        int ppid = text
                ? (empty ? PayloadProtocol.TEXT_EMPTY : PayloadProtocol.TEXT)
                : (empty ? PayloadProtocol.BINARY_EMPTY : PayloadProtocol.BINARY);
        byte[] payload = empty ? NOTHING : data;
        SctpSendResult result = association.send(id, ppid, payload, channel.options(), now);
        if (result == SctpSendResult.ACCEPTED) {
            channel.queued(payload.length, !empty);
        }
        return result;
    }

    /**
     * The user's bytes of a channel that were not sent once.
     *
     * @param id the channel's stream
     * @return bytes, exact; 0 for a channel that is not there
     */
    public long bufferedAmount(int id) {
        Channel channel = channels.get(id);
        if (channel == null) {
            return 0;
        }
        long waiting = 0;
        for (Control next : control) {
            waiting += next.channel == channel ? next.data.length : 0;
        }
        return channel.userBytes(association.bufferedAmount(id) + waiting);
    }

    /**
     * Closes a channel when all that waits is sent; {@link DataChannelEvent.Closed} follows when the peer has done the
     * same. RFC 8831 6.7.
     *
     * @param id the channel's stream; one that is closing or not there is left alone
     */
    public void close(int id) {
        Channel channel = channels.get(id);
        if (channel == null || channel.isClosing()) {
            return;
        }
        if (channel.state == Channel.State.WAITING) {
            remove(channel, null);
            return;
        }
        channel.state = Channel.State.CLOSING;
        control.removeIf(next -> next.channel == channel);
        association.resetStream(id);
    }

    /**
     * Breaks a channel, because its user cannot go on with it: the peer sees it close.
     *
     * @param id the channel's stream; one that is closing or not there is left alone
     * @param why in words, for {@link DataChannelEvent.Closed}
     */
    public void fail(int id, String why) {
        Channel channel = channels.get(id);
        if (channel != null && channel.state == Channel.State.OPEN) {
            control.removeIf(next -> next.channel == channel);
            failChannel(channel, why);
        }
    }

    /**
     * Gives back what a delivered message took of the receive window.
     *
     * @param bytes the messages' bytes and {@link #MESSAGE_OVERHEAD_BYTES} for each
     */
    public void release(long bytes) {
        association.release(bytes);
    }

    /**
     * Ends the association at once and tells the peer why.
     *
     * @param reason a text for people
     */
    public void abort(String reason) {
        association.abort(reason);
    }

    /**
     * Takes a packet of the peer.
     *
     * @param data holds the packet; not kept
     * @param offset first byte
     * @param length bytes of the packet
     * @param now time
     */
    public void handlePacket(byte[] data, int offset, int length, long now) {
        association.handlePacket(data, offset, length, now);
    }

    /**
     * Does what is due; harmless when called early or twice.
     *
     * @param now time
     */
    public void handleTimeout(long now) {
        association.handleTimeout(now);
    }

    /**
     * When {@link #handleTimeout} is due.
     *
     * @return a deadline, {@link dev.yodel.io.Time#NEVER} if nothing is timed
     */
    public long nextTimeout() {
        return association.nextTimeout();
    }

    /**
     * Another path is used from now on, or the first one; see {@link SctpAssociation#pathChanged}.
     *
     * @param limitBytes the largest packet that it may carry
     */
    public void pathChanged(int limitBytes) {
        association.pathChanged(limitBytes);
    }

    /**
     * Writes the next packet.
     *
     * @param into target with room for {@link SctpAssociation#roomBytes}
     * @param offset first byte written
     * @param now time
     * @return the packet's bytes; 0 if there is nothing to send
     */
    public int pollTransmit(byte[] into, int offset, long now) {
        if (!control.isEmpty()) {
            sayWhatWaits(now);
        }
        return association.pollTransmit(into, offset, now);
    }

    /**
     * The next event. Answers to the peer are made here, so events are polled before packets.
     *
     * @param now time
     * @return null if there is none
     */
    public @Nullable DataChannelEvent pollEvent(long now) {
        DataChannelEvent event = events.poll();
        while (event == null) {
            SctpEvent below = association.pollEvent();
            if (below == null) {
                return null;
            }
            handle(below, now);
            event = events.poll();
        }
        return event;
    }

    private void handle(SctpEvent event, long now) {
        if (event instanceof SctpEvent.Message message) {
            handleMessage(message, now);
        } else if (event instanceof SctpEvent.MessagePiece piece) {
            handlePiece(piece);
        } else if (event instanceof SctpEvent.MessageAbandoned abandoned) {
            Channel channel = channels.get(abandoned.streamId());
            if (channel != null && channel.state == Channel.State.OPEN) {
                events.add(new DataChannelEvent.Abandoned(channel.id, abandoned.unordered()));
            }
        } else if (event instanceof SctpEvent.Connected up) {
            handleConnected(up, now);
        } else if (event instanceof SctpEvent.RemoteStreamsReset reset) {
            handleRemoteReset(reset.streamIds());
        } else if (event instanceof SctpEvent.LocalStreamsReset reset) {
            handleLocalReset(reset.streamIds(), reset.performed());
        } else if (event instanceof SctpEvent.Restarted) {
            connected = false;
            control.clear();
            removeAll(ChannelFailure.ofAssociation("the peer began a new association"));
        } else if (event instanceof SctpEvent.Closed) {
            end(null);
        } else if (event instanceof SctpEvent.Failed failed) {
            end(failed);
        }
    }

    private void end(SctpEvent.@Nullable Failed failed) {
        if (!ended) {
            ended = true;
            control.clear();
            removeAll(failed == null ? null : new ChannelFailure(failed.text(), true, failed.causeCode()));
            events.add(new DataChannelEvent.TransportClosed(failed));
        }
    }

    private void removeAll(@Nullable ChannelFailure failure) {
        for (Channel channel : new ArrayList<>(channels.values())) {
            remove(channel, failure);
        }
    }

    private void handleConnected(SctpEvent.Connected up, long now) {
        connected = true;
        maxChannels = Math.min(up.maxStreams(), StreamIds.COUNT);
        events.add(new DataChannelEvent.TransportConnected(maxChannels));
        List<Channel> waiting = new ArrayList<>(channels.values());
        waiting.sort((a, b) -> Integer.compare(a.id, b.id));
        for (Channel channel : waiting) {
            if (channel.state == Channel.State.WAITING) {
                start(channel, now);
            }
        }
    }

    private void handleMessage(SctpEvent.Message message, long now) {
        Channel channel = channels.get(message.streamId());
        if (message.ppid() == PayloadProtocol.DCEP) {
            handleControl(message.streamId(), channel, message.data(), now);
            return;
        }
        if (channel == null || channel.state != Channel.State.OPEN) {
            // RFC 8831 6.7: a channel that is being closed delivers nothing; an unknown one never did.
            counters.messagesDropped++;
            return;
        }
        channel.orderedUntilAnswer = false;
        switch (message.ppid()) {
            case PayloadProtocol.TEXT -> deliver(channel, true, message.data());
            case PayloadProtocol.BINARY -> deliver(channel, false, message.data());
            case PayloadProtocol.TEXT_EMPTY -> deliver(channel, true, Bytes.EMPTY);
            case PayloadProtocol.BINARY_EMPTY -> deliver(channel, false, Bytes.EMPTY);
            case PayloadProtocol.TEXT_PARTIAL, PayloadProtocol.BINARY_PARTIAL -> keep(channel, message.data());
            default -> counters.messagesDropped++;
        }
    }

    /** Large messages of users come in pieces; what else is that large says nothing that is known. */
    private void handlePiece(SctpEvent.MessagePiece piece) {
        Channel channel = channels.get(piece.streamId());
        if (channel == null || channel.state != Channel.State.OPEN) {
            counters.messagesDropped += piece.last() ? 1 : 0;
            return;
        }
        switch (piece.ppid()) {
            case PayloadProtocol.TEXT, PayloadProtocol.BINARY -> {
                channel.orderedUntilAnswer = false;
                byte[] data = piece.data();
                if (piece.first() && channel.partialBytes() > 0) {
                    association.release(channel.partialBytes());
                    data = channel.complete(data);
                }
                association.hold(data.length + (long) MESSAGE_OVERHEAD_BYTES);
                events.add(new DataChannelEvent.Piece(
                        channel.id,
                        piece.ppid() == PayloadProtocol.TEXT,
                        data,
                        piece.unordered(),
                        piece.first(),
                        piece.last()));
            }
            case PayloadProtocol.TEXT_PARTIAL, PayloadProtocol.BINARY_PARTIAL -> keep(channel, piece.data());
            default -> counters.messagesDropped += piece.last() ? 1 : 0;
        }
    }

    private void keep(Channel channel, byte[] piece) {
        if (channel.keepPartial(piece, maxReceiveBytes)) {
            association.hold(piece.length);
        } else {
            failChannel(channel, "the peer sent a message of more than " + maxReceiveBytes + " bytes");
        }
    }

    private void deliver(Channel channel, boolean text, byte[] last) {
        association.release(channel.partialBytes());
        byte[] data = channel.complete(last);
        association.hold(data.length + (long) MESSAGE_OVERHEAD_BYTES);
        events.add(new DataChannelEvent.Message(channel.id, text, data));
    }

    /** RFC 8832 6: an OPEN that cannot be is answered by closing the stream, never by an ACK (C11, C18, C21). */
    private void handleControl(int id, @Nullable Channel channel, byte[] data, long now) {
        DataChannelMessage message = DataChannelMessage.parse(data);
        if (message instanceof DataChannelMessage.Ack) {
            if (channel == null || !channel.orderedUntilAnswer) {
                counters.messagesDropped++;
            } else {
                channel.orderedUntilAnswer = false;
            }
        } else if (channel != null && !(channel.isClosing() && channel.remoteReset)) {
            counters.opensRefused++;
            if (channel.state == Channel.State.OPEN) {
                failChannel(channel, "the peer sent what cannot be on an open channel");
            }
        } else if (message instanceof DataChannelMessage.Open open) {
            handleOpen(id, channel, open.parameters(), now);
        } else {
            refuse(id, channel);
        }
    }

    private void handleOpen(int id, @Nullable Channel before, ChannelParameters parameters, long now) {
        boolean theirs = (id & 1) == (dtlsClient ? 1 : 0);
        if (!theirs || id >= maxChannels || remoteChannels >= maxRemoteChannels) {
            refuse(id, before);
            return;
        }
        Channel channel = replace(before, new Channel(id, parameters, true, false));
        use(channel);
        remoteChannels++;
        say(channel, new DataChannelMessage.Ack().write(), now);
        events.add(new DataChannelEvent.Announced(id, parameters));
    }

    /**
     * A new life of a stream. The peer may begin one as soon as it has our reset, before its answer to it has come: so the
     * earlier life is over.
     */
    private Channel replace(@Nullable Channel before, Channel channel) {
        if (before != null) {
            channel.staleResets = before.staleResets + (before.localReset ? 0 : 1);
            remove(before, before.failure);
        }
        ids.take(channel.id);
        channels.put(channel.id, channel);
        return channel;
    }

    private void refuse(int id, @Nullable Channel before) {
        counters.opensRefused++;
        Channel refused = replace(before, new Channel(id, ChannelParameters.reliable(""), true, false));
        refused.state = Channel.State.REFUSED;
        association.resetStream(id);
    }

    private void failChannel(Channel channel, String failure) {
        channel.failure = ChannelFailure.ofChannel(failure);
        channel.state = Channel.State.CLOSING;
        events.add(new DataChannelEvent.RemoteClosing(channel.id));
        association.resetStream(channel.id);
    }

    private void handleRemoteReset(int[] streamIds) {
        if (streamIds.length == 0) {
            for (Channel channel : new ArrayList<>(channels.values())) {
                handleRemoteReset(channel.id);
            }
        }
        for (int id : streamIds) {
            handleRemoteReset(id);
        }
    }

    private void handleRemoteReset(int id) {
        Channel channel = channels.get(id);
        if (channel == null) {
            // A channel that only the peer knows: it waits for our half.
            if (connected && id >= 0 && id < StreamIds.COUNT) {
                association.resetStream(id);
            }
            return;
        }
        channel.remoteReset = true;
        if (channel.state == Channel.State.OPEN) {
            channel.state = Channel.State.CLOSING;
            events.add(new DataChannelEvent.RemoteClosing(id));
            association.resetStream(id);
        }
        removeIfReset(channel);
    }

    private void handleLocalReset(int[] streamIds, boolean performed) {
        for (int id : streamIds) {
            Channel channel = channels.get(id);
            if (channel == null) {
                continue;
            }
            if (channel.staleResets > 0) {
                channel.staleResets--;
                continue;
            }
            if (!channel.isClosing()) {
                continue;
            }
            channel.localReset = true;
            if (!performed) {
                // The peer cannot or will not reset streams: the channel is over, and its id is not used again.
                channel.remoteReset = true;
                counters.resetsRefused++;
            }
            removeIfReset(channel);
            if (!performed) {
                ids.take(id);
            }
        }
    }

    private void removeIfReset(Channel channel) {
        if (channel.localReset && channel.remoteReset) {
            remove(channel, channel.failure);
        }
    }

    private void remove(Channel channel, @Nullable ChannelFailure failure) {
        channels.remove(channel.id);
        ids.free(channel.id);
        association.release(channel.partialBytes());
        if (channel.state == Channel.State.REFUSED) {
            return;
        }
        if (channel.openedByPeer) {
            remoteChannels--;
        }
        events.add(new DataChannelEvent.Closed(channel.id, failure));
    }

    /**
     * The state of the association.
     *
     * @return the state
     */
    public SctpState state() {
        return association.state();
    }
}
