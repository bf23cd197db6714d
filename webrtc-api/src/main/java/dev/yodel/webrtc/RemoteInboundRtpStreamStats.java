package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRemoteInboundRtpStreamStats: what the peer says of a stream that it receives from us, by its receiver reports.
 *
 * @param stats the entry that this is a view of
 */
public record RemoteInboundRtpStreamStats(Stats stats) implements ReceivedRtpStreamStats {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public RemoteInboundRtpStreamStats {
        StatsMembers.checkType(stats, "remote-inbound-rtp");
    }

    /**
     * Our side of the stream.
     *
     * @return the id of an {@link OutboundRtpStreamStats}
     */
    public String localId() {
        return StatsMembers.text(stats(), "localId");
    }

    /**
     * The part of the packets that was lost between the last two reports.
     *
     * @return 0 to 1
     */
    public double fractionLost() {
        return StatsMembers.number(stats(), "fractionLost");
    }

    /**
     * The last round trip that RTCP reports measured.
     *
     * @return seconds, null before one did
     */
    public @Nullable Double roundTripTime() {
        return stats().number("roundTripTime");
    }

    /**
     * The sum of all round trips measured.
     *
     * @return seconds
     */
    public double totalRoundTripTime() {
        return StatsMembers.number(stats(), "totalRoundTripTime");
    }

    /**
     * How many round trips were measured.
     *
     * @return a count
     */
    public long roundTripTimeMeasurements() {
        return StatsMembers.count(stats(), "roundTripTimeMeasurements");
    }

    /**
     * Packets that the peer's feedback by source and number reported as lost (RFC 8888).
     *
     * @return a count, null without such feedback
     */
    public @Nullable Long packetsReportedAsLost() {
        return StatsMembers.countOrNull(stats(), "packetsReportedAsLost");
    }

    /**
     * Those of them that a later report had as received.
     *
     * @return a count, null without such feedback
     */
    public @Nullable Long packetsReportedAsLostButRecovered() {
        return StatsMembers.countOrNull(stats(), "packetsReportedAsLostButRecovered");
    }
}
