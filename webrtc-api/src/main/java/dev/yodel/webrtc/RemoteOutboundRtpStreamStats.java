package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCRemoteOutboundRtpStreamStats: what the peer says of a stream that it sends us, by its sender reports.
 *
 * @param stats the entry that this is a view of
 */
public record RemoteOutboundRtpStreamStats(Stats stats) implements SentRtpStreamStats {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public RemoteOutboundRtpStreamStats {
        StatsMembers.checkType(stats, "remote-outbound-rtp");
    }

    /**
     * Our side of the stream.
     *
     * @return the id of an {@link InboundRtpStreamStats}
     */
    public String localId() {
        return StatsMembers.text(stats(), "localId");
    }

    /**
     * When the last report was written, by the peer's clock.
     *
     * @return milliseconds since 1970
     */
    public @Nullable Double remoteTimestamp() {
        return stats().number("remoteTimestamp");
    }

    /**
     * Sender reports that came.
     *
     * @return a count
     */
    public long reportsSent() {
        return StatsMembers.count(stats(), "reportsSent");
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
}
