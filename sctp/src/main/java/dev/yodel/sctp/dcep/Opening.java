package dev.yodel.sctp.dcep;

import dev.yodel.sctp.SctpAssociation;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How does a channel begin, by us, by the peer or by both, and what may a peer not open? It is the only part that speaks
 * DCEP. RFC 8832 5, 6.
 */
final class Opening {
    private final SctpAssociation association;
    private final boolean dtlsClient;
    private final int maxRemoteChannels;
    private final ChannelTable table;
    private final Unsaid unsaid;
    private final Closing closing;
    private final Queue<DataChannelEvent> events;
    private final DataChannelCounters counters;
    private int maxChannels = StreamIds.COUNT;
    private boolean connected;

    Opening(
            SctpAssociation association,
            boolean dtlsClient,
            int maxRemoteChannels,
            ChannelTable table,
            Unsaid unsaid,
            Closing closing,
            Queue<DataChannelEvent> events,
            DataChannelCounters counters) {
        this.association = association;
        this.dtlsClient = dtlsClient;
        this.maxRemoteChannels = maxRemoteChannels;
        this.table = table;
        this.unsaid = unsaid;
        this.closing = closing;
        this.events = events;
        this.counters = counters;
    }

    boolean isConnected() {
        return connected;
    }

    /** The next free stream of our side, which is taken then; -1 if there is none. */
    int takeNext() {
        return table.takeNext(dtlsClient, maxChannels);
    }

    /** Opens a channel of ours now or as soon as the association is up. */
    void begin(Channel channel, long now) {
        table.add(channel);
        if (connected) {
            start(channel, now);
        }
    }

    private void start(Channel channel, long now) {
        if (channel.id >= maxChannels) {
            closing.remove(channel, ChannelFailure.ofChannel("the peer has only " + maxChannels + " streams"));
            return;
        }
        use(channel);
        if (!channel.negotiated) {
            channel.orderedUntilAnswer = true;
            unsaid.say(channel, new DataChannelMessage.Open(channel.parameters).write(), now);
        }
        events.add(new DataChannelEvent.Opened(channel.id));
    }

    private void use(Channel channel) {
        channel.state = Channel.State.OPEN;
        association.setStreamPriority(channel.id, Math.max(1, channel.parameters.priority()));
    }

    /** The association is up, and the peer takes so many streams. */
    void handleConnected(int maxStreams, long now) {
        connected = true;
        maxChannels = Math.min(maxStreams, StreamIds.COUNT);
        events.add(new DataChannelEvent.TransportConnected(maxChannels));
        List<Channel> waiting = table.all();
        waiting.sort((a, b) -> Integer.compare(a.id, b.id));
        for (Channel channel : waiting) {
            if (channel.state == Channel.State.WAITING) {
                start(channel, now);
            }
        }
    }

    /** The peer began another association, which is not up yet. */
    void handleRestarted() {
        connected = false;
        unsaid.clear();
    }

    /** RFC 8832 6: an OPEN that cannot be is answered by closing the stream, never by an ACK (C11, C18, C21). */
    void handleControl(int id, @Nullable Channel channel, byte[] data, long now) {
        DataChannelMessage message = DataChannelMessage.parse(data);
        if (message instanceof DataChannelMessage.Ack) {
            if (channel == null || !channel.orderedUntilAnswer) {
                counters.messagesDropped++;
            } else {
                channel.orderedUntilAnswer = false;
            }
        } else if (channel != null && !(channel.isClosing() && channel.remoteReset)) {
            counters.opensRefused++;
            closing.fail(channel, "the peer sent what cannot be on an open channel");
        } else if (message instanceof DataChannelMessage.Open open) {
            handleOpen(id, channel, open.parameters(), now);
        } else {
            refuse(id, channel);
        }
    }

    private void handleOpen(int id, @Nullable Channel before, ChannelParameters parameters, long now) {
        boolean theirs = (id & 1) == (dtlsClient ? 1 : 0);
        if (!theirs || id >= maxChannels || table.admitted() >= maxRemoteChannels) {
            refuse(id, before);
            return;
        }
        Channel channel = replace(before, new Channel(id, parameters, true, false));
        use(channel);
        table.admit();
        unsaid.say(channel, new DataChannelMessage.Ack().write(), now);
        events.add(new DataChannelEvent.Announced(id, parameters));
    }

    /**
     * A new life of a stream. The peer may begin one as soon as it has our reset, before its answer to it has come: so the
     * earlier life is over.
     */
    private Channel replace(@Nullable Channel before, Channel channel) {
        if (before != null) {
            channel.staleResets = before.staleResets + (before.localReset ? 0 : 1);
            closing.remove(before, before.failure);
        }
        table.take(channel.id);
        table.add(channel);
        return channel;
    }

    private void refuse(int id, @Nullable Channel before) {
        counters.opensRefused++;
        Channel refused = replace(before, new Channel(id, ChannelParameters.reliable(""), true, false));
        refused.state = Channel.State.REFUSED;
        association.resetStream(id);
    }
}
