package dev.yodel.sctp.dcep;

import dev.yodel.sctp.SctpAssociation;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How does a channel end, and when may its stream be used again? When both sides have reset it. It opens none. RFC 8831 6.7.
 */
final class Closing {
    private final SctpAssociation association;
    private final ChannelTable table;
    private final Unsaid unsaid;
    private final Queue<DataChannelEvent> events;
    private final DataChannelCounters counters;

    Closing(
            SctpAssociation association,
            ChannelTable table,
            Unsaid unsaid,
            Queue<DataChannelEvent> events,
            DataChannelCounters counters) {
        this.association = association;
        this.table = table;
        this.unsaid = unsaid;
        this.events = events;
        this.counters = counters;
    }

    /** Our user closes it. */
    void close(Channel channel) {
        if (channel.isClosing()) {
            return;
        }
        if (channel.state == Channel.State.WAITING) {
            remove(channel, null);
            return;
        }
        channel.state = Channel.State.CLOSING;
        unsaid.forget(channel);
        association.resetStream(channel.id);
    }

    /** It cannot go on; one that is not open is left alone. */
    void fail(Channel channel, String why) {
        if (channel.state == Channel.State.OPEN) {
            unsaid.forget(channel);
            channel.failure = ChannelFailure.ofChannel(why);
            channel.state = Channel.State.CLOSING;
            events.add(new DataChannelEvent.RemoteClosing(channel.id));
            association.resetStream(channel.id);
        }
    }

    /** The peer reset its side of streams; of all, if none is named. */
    void handleRemoteReset(int[] streamIds, boolean connected) {
        if (streamIds.length == 0) {
            for (Channel channel : table.all()) {
                handleRemoteReset(channel);
            }
        }
        for (int id : streamIds) {
            Channel channel = table.get(id);
            if (channel != null) {
                handleRemoteReset(channel);
            } else if (connected && id >= 0 && id < StreamIds.COUNT) {
                // A channel that only the peer knows: it waits for our half.
                association.resetStream(id);
            }
        }
    }

    private void handleRemoteReset(Channel channel) {
        channel.remoteReset = true;
        if (channel.state == Channel.State.OPEN) {
            channel.state = Channel.State.CLOSING;
            events.add(new DataChannelEvent.RemoteClosing(channel.id));
            association.resetStream(channel.id);
        }
        removeIfReset(channel);
    }

    /** The peer has answered our resets. */
    void handleLocalReset(int[] streamIds, boolean performed) {
        for (int id : streamIds) {
            Channel channel = table.get(id);
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
                table.take(id);
            }
        }
    }

    private void removeIfReset(Channel channel) {
        if (channel.localReset && channel.remoteReset) {
            remove(channel, channel.failure);
        }
    }

    /** The association is over. */
    void removeAll(@Nullable ChannelFailure failure) {
        for (Channel channel : table.all()) {
            remove(channel, failure);
        }
    }

    /** It is over, and its stream is free. */
    void remove(Channel channel, @Nullable ChannelFailure failure) {
        table.remove(channel);
        association.release(channel.partialBytes());
        if (channel.state != Channel.State.REFUSED) {
            events.add(new DataChannelEvent.Closed(channel.id, failure));
        }
    }
}
