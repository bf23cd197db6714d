package dev.yodel.webrtc;

/** W3C's RTCReceivedRtpStreamStats: what whoever receives a stream knows. */
public sealed interface ReceivedRtpStreamStats extends RtpStreamStats
        permits InboundRtpStreamStats, RemoteInboundRtpStreamStats {
    /**
     * Packets that came, without retransmissions that came twice.
     *
     * @return a count
     */
    default long packetsReceived() {
        return StatsMembers.count(stats(), "packetsReceived");
    }

    /**
     * Packets that did not come (RFC 3550 6.4.1); retransmissions that came count as received.
     *
     * @return a count, negative after duplicates
     */
    default long packetsLost() {
        return StatsMembers.count(stats(), "packetsLost");
    }

    /**
     * Interarrival jitter (RFC 3550 6.4.1).
     *
     * @return seconds
     */
    default double jitter() {
        return StatsMembers.number(stats(), "jitter");
    }
}
