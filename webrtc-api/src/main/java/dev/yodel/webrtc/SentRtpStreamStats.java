package dev.yodel.webrtc;

/** W3C's RTCSentRtpStreamStats: what whoever sends a stream knows. */
public sealed interface SentRtpStreamStats extends RtpStreamStats
        permits OutboundRtpStreamStats, RemoteOutboundRtpStreamStats {
    /**
     * Packets that left, without retransmissions of their own SSRC.
     *
     * @return a count
     */
    default long packetsSent() {
        return StatsMembers.count(stats(), "packetsSent");
    }

    /**
     * Payload bytes that left, without headers and padding.
     *
     * @return bytes
     */
    default long bytesSent() {
        return StatsMembers.count(stats(), "bytesSent");
    }
}
