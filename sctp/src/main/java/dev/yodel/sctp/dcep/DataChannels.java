package dev.yodel.sctp.dcep;

import dev.yodel.sctp.SctpAssociation;
import dev.yodel.sctp.SctpEvent;
import dev.yodel.sctp.SctpSendResult;
import dev.yodel.sctp.SctpState;
import java.util.ArrayDeque;
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
    private final ArrayDeque<DataChannelEvent> events = new ArrayDeque<>();
    private final DataChannelCounters counters = new DataChannelCounters();
    private final ChannelTable table = new ChannelTable();
    private final Unsaid unsaid;
    private final Opening opening;
    private final Closing closing;
    private final Inflow inflow;
    private long maxSendBytes;
    private boolean ended;

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
        this.maxSendBytes = maxSendBytes;
        this.unsaid = new Unsaid(association);
        this.closing = new Closing(association, table, unsaid, events, counters);
        this.opening =
                new Opening(association, dtlsClient, maxRemoteChannels, table, unsaid, closing, events, counters);
        this.inflow = new Inflow(association, table, closing, maxReceiveBytes, events, counters);
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
        return table.size();
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
        int id = ended ? -1 : opening.takeNext();
        if (id >= 0) {
            opening.begin(new Channel(id, parameters, false, false), now);
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
        if (ended || !table.take(id)) {
            return false;
        }
        opening.begin(new Channel(id, parameters, false, negotiated), now);
        return true;
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
        Channel channel = table.get(id);
        if (channel == null || channel.state != Channel.State.OPEN) {
            return SctpSendResult.CLOSED;
        }
        if (data.length > maxSendBytes) {
            return SctpSendResult.TOO_LARGE;
        }
        if (!unsaid.isEmpty()) {
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
        Channel channel = table.get(id);
        return channel == null ? 0 : channel.userBytes(association.bufferedAmount(id) + unsaid.bytesOf(channel));
    }

    /**
     * Closes a channel when all that waits is sent; {@link DataChannelEvent.Closed} follows when the peer has done the
     * same. RFC 8831 6.7.
     *
     * @param id the channel's stream; one that is closing or not there is left alone
     */
    public void close(int id) {
        Channel channel = table.get(id);
        if (channel != null) {
            closing.close(channel);
        }
    }

    /**
     * Breaks a channel, because its user cannot go on with it: the peer sees it close.
     *
     * @param id the channel's stream; one that is closing or not there is left alone
     * @param why in words, for {@link DataChannelEvent.Closed}
     */
    public void fail(int id, String why) {
        Channel channel = table.get(id);
        if (channel != null) {
            closing.fail(channel, why);
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
        closing.handleTimeout(now);
    }

    /**
     * When {@link #handleTimeout} is due.
     *
     * @return a deadline, {@link dev.yodel.io.Time#NEVER} if nothing is timed
     */
    public long nextTimeout() {
        return Math.min(association.nextTimeout(), closing.nextTimeout());
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
        unsaid.sayWhatWaits(now);
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
            closing.heard(message.streamId(), now);
            Channel channel = table.get(message.streamId());
            if (message.ppid() == PayloadProtocol.DCEP) {
                opening.handleControl(message.streamId(), channel, message.data(), now);
            } else {
                inflow.handleMessage(channel, message.ppid(), message.data());
            }
        } else if (event instanceof SctpEvent.MessagePiece piece) {
            closing.heard(piece.streamId(), now);
            inflow.handlePiece(piece);
        } else if (event instanceof SctpEvent.MessageAbandoned abandoned) {
            inflow.handleAbandoned(abandoned);
        } else if (event instanceof SctpEvent.Connected up) {
            opening.handleConnected(up.maxStreams(), now);
        } else if (event instanceof SctpEvent.RemoteStreamsReset reset) {
            closing.handleRemoteReset(reset.streamIds(), opening.isConnected());
        } else if (event instanceof SctpEvent.LocalStreamsReset reset) {
            closing.handleLocalReset(reset.streamIds(), reset.performed(), now);
        } else if (event instanceof SctpEvent.Restarted) {
            opening.handleRestarted();
            closing.removeAll(ChannelFailure.ofAssociation("the peer began a new association"));
        } else if (event instanceof SctpEvent.Closed) {
            end(null);
        } else if (event instanceof SctpEvent.Failed failed) {
            end(failed);
        }
    }

    private void end(SctpEvent.@Nullable Failed failed) {
        if (!ended) {
            ended = true;
            unsaid.clear();
            closing.removeAll(failed == null ? null : new ChannelFailure(failed.text(), true, failed.causeCode()));
            events.add(new DataChannelEvent.TransportClosed(failed));
        }
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
