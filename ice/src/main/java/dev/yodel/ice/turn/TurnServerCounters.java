package dev.yodel.ice.turn;

/** What a {@link TurnServer} did, refused and dropped. Read it on the server's thread; figures only grow. */
public final class TurnServerCounters {
    long malformed;
    long bindings;
    long challenges;
    long wrongCredentials;
    long refusedRequests;
    long limited;
    long allocations;
    long relayedPackets;
    long relayedBytes;
    long noAllocation;
    long noPermission;
    long refusedPeers;
    long overBitrate;
    long overflow;

    TurnServerCounters() {}

    /**
     * Datagrams and frames that were neither STUN nor ChannelData, or made no sense.
     *
     * @return count
     */
    public long malformed() {
        return malformed;
    }

    /**
     * Binding requests that were answered.
     *
     * @return count
     */
    public long bindings() {
        return bindings;
    }

    /**
     * Requests that were answered with a challenge: no credentials yet, or a nonce that has expired.
     *
     * @return count
     */
    public long challenges() {
        return challenges;
    }

    /**
     * Requests with a nonce of ours and a wrong user or password.
     *
     * @return count
     */
    public long wrongCredentials() {
        return wrongCredentials;
    }

    /**
     * Authentic requests that were refused.
     *
     * @return count
     */
    public long refusedRequests() {
        return refusedRequests;
    }

    /**
     * Unauthenticated requests that got no answer because their source asked too often.
     *
     * @return count
     */
    public long limited() {
        return limited;
    }

    /**
     * Allocations made.
     *
     * @return count
     */
    public long allocations() {
        return allocations;
    }

    /**
     * Packets relayed, both directions.
     *
     * @return count
     */
    public long relayedPackets() {
        return relayedPackets;
    }

    /**
     * Payload relayed, both directions.
     *
     * @return bytes
     */
    public long relayedBytes() {
        return relayedBytes;
    }

    /**
     * Data of clients without an allocation or with an unbound channel.
     *
     * @return count
     */
    public long noAllocation() {
        return noAllocation;
    }

    /**
     * Data to or from peers without a permission.
     *
     * @return count
     */
    public long noPermission() {
        return noPermission;
    }

    /**
     * Requests and data for peers that the policy refuses.
     *
     * @return count
     */
    public long refusedPeers() {
        return refusedPeers;
    }

    /**
     * Data above an allocation's bitrate.
     *
     * @return count
     */
    public long overBitrate() {
        return overBitrate;
    }

    /**
     * Packets that were dropped because their owner did not drain the server.
     *
     * @return count
     */
    public long overflow() {
        return overflow;
    }
}
