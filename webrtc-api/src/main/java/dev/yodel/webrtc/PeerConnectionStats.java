package dev.yodel.webrtc;

/**
 * W3C's RTCPeerConnectionStats: the connection as a whole.
 *
 * @param stats the entry that this is a view of
 */
public record PeerConnectionStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public PeerConnectionStats {
        StatsMembers.checkType(stats, "peer-connection");
    }

    /**
     * Channels that have ever been open.
     *
     * @return a count
     */
    public long dataChannelsOpened() {
        return StatsMembers.count(stats(), "dataChannelsOpened");
    }

    /**
     * Channels that were open and are not any more.
     *
     * @return a count
     */
    public long dataChannelsClosed() {
        return StatsMembers.count(stats(), "dataChannelsClosed");
    }
}
