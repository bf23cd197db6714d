package dev.yodel.webrtc;

/**
 * W3C's RTCDataChannelStats: a data channel.
 *
 * @param stats the entry that this is a view of
 */
public record DataChannelStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public DataChannelStats {
        StatsMembers.checkType(stats, "data-channel");
    }

    /**
     * Its label.
     *
     * @return possibly empty
     */
    public String label() {
        return StatsMembers.text(stats(), "label");
    }

    /**
     * Its protocol.
     *
     * @return possibly empty
     */
    public String protocol() {
        return StatsMembers.text(stats(), "protocol");
    }

    /**
     * Its stream.
     *
     * @return 0 to 65534
     */
    public int dataChannelIdentifier() {
        return (int) StatsMembers.count(stats(), "dataChannelIdentifier");
    }

    /**
     * Its state.
     *
     * @return the state
     */
    public DataChannelState state() {
        return StatsMembers.constant(stats(), "state", DataChannelState.values());
    }

    /**
     * Messages that were sent.
     *
     * @return a count
     */
    public long messagesSent() {
        return StatsMembers.count(stats(), "messagesSent");
    }

    /**
     * Payload bytes that were sent.
     *
     * @return bytes
     */
    public long bytesSent() {
        return StatsMembers.count(stats(), "bytesSent");
    }

    /**
     * Messages that came.
     *
     * @return a count
     */
    public long messagesReceived() {
        return StatsMembers.count(stats(), "messagesReceived");
    }

    /**
     * Payload bytes that came.
     *
     * @return bytes
     */
    public long bytesReceived() {
        return StatsMembers.count(stats(), "bytesReceived");
    }
}
