package dev.yodel.sctp.dcep;

import dev.yodel.io.Time;
import dev.yodel.sctp.SctpAssociation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How does a channel end, and when may its stream be used again? When both sides have reset it. It opens none. RFC
 * 8831 6.7.
 *
 * <p>A peer that lives, says nothing on a channel and does not reset its half within ten seconds has lost its
 * request: aiortc sends it once. Then the half counts as reset, and the peer is told so, without which it would reset
 * no other stream.
 */
final class Closing {
    /** How long a half is waited for; then the peer is asked for a sign of life, and has as long again. */
    private static final long PATIENCE_NANOS = 5 * Time.SECOND;

    private final SctpAssociation association;
    private final ChannelTable table;
    private final Unsaid unsaid;
    private final Queue<DataChannelEvent> events;
    private final DataChannelCounters counters;
    /** Channels whose own half is reset, and whose other one is not; by how long they wait. */
    private final Map<Integer, Channel> halves = new LinkedHashMap<>();

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
    void handleLocalReset(int[] streamIds, boolean performed, long now) {
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
            } else if (!channel.remoteReset) {
                await(channel, now);
            }
        }
    }

    private void await(Channel channel, long now) {
        channel.waitsSince = now;
        channel.askedForLife = false;
        halves.remove(channel.id);
        halves.put(channel.id, channel);
    }

    /** Something came on a stream: its peer is not done with it. */
    void heard(int streamId, long now) {
        Channel channel = halves.get(streamId);
        if (channel != null) {
            await(channel, now);
        }
    }

    /** When a half has been waited for. */
    long nextTimeout() {
        return halves.isEmpty() ? Time.NEVER : due(halves.values().iterator().next());
    }

    private static long due(Channel channel) {
        return channel.waitsSince + (channel.askedForLife ? 2 : 1) * PATIENCE_NANOS;
    }

    void handleTimeout(long now) {
        while (now >= nextTimeout()) {
            Channel first = halves.values().iterator().next();
            if (!first.askedForLife) {
                first.askedForLife = true;
                association.askForLife(now);
            } else if (association.heardAt() >= first.waitsSince + PATIENCE_NANOS) {
                presume(first.waitsSince, now);
            } else {
                // Nobody answers: the path is down, and what it brings when it is back is not known.
                await(first, now);
            }
        }
    }

    /** What was asked for at once was answered at once, or not at all; the rest gets its turn only now. */
    private void presume(long since, long now) {
        List<Channel> lost = halves.values().stream()
                .filter(channel -> channel.waitsSince == since)
                .toList();
        association.presumeReset(lost.stream().mapToInt(channel -> channel.id).toArray());
        counters.resetsPresumed += lost.size();
        for (Channel channel : lost) {
            channel.remoteReset = true;
            removeIfReset(channel);
        }
        List.copyOf(halves.values()).forEach(channel -> await(channel, now));
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
        halves.remove(channel.id, channel);
        association.release(channel.partialBytes());
        if (channel.state != Channel.State.REFUSED) {
            events.add(new DataChannelEvent.Closed(channel.id, failure));
        }
    }
}
