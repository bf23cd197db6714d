package dev.yodel.sctp.dcep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which channels are there, and which streams are free? It opens and closes none. */
final class ChannelTable {
    private final StreamIds ids = new StreamIds();
    private final Map<Integer, Channel> channels = new HashMap<>();
    private int admitted;

    @Nullable
    Channel get(int id) {
        return channels.get(id);
    }

    int size() {
        return channels.size();
    }

    /** A copy, in no order. */
    List<Channel> all() {
        return new ArrayList<>(channels.values());
    }

    /** Takes the next free stream of our side; -1 if there is none. */
    int takeNext(boolean dtlsClient, int maxChannels) {
        return ids.takeNext(dtlsClient, maxChannels);
    }

    /** Takes a stream; false if it is in use. */
    boolean take(int id) {
        return ids.take(id);
    }

    /** Notes a channel whose stream was taken. */
    void add(Channel channel) {
        channels.put(channel.id, channel);
    }

    /** Counts a channel that the peer may open. */
    void admit() {
        admitted++;
    }

    /** Channels that the peer has opened and that are not over. */
    int admitted() {
        return admitted;
    }

    /** Forgets a channel and frees its stream. */
    void remove(Channel channel) {
        channels.remove(channel.id);
        ids.free(channel.id);
        if (channel.openedByPeer && channel.state != Channel.State.REFUSED) {
            admitted--;
        }
    }
}
