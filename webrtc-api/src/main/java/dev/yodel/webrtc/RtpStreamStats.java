package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/** W3C's RTCRtpStreamStats: what all statistics of RTP streams have. */
public sealed interface RtpStreamStats extends StatsView permits ReceivedRtpStreamStats, SentRtpStreamStats {
    /**
     * The SSRC of the stream.
     *
     * @return 1 to 2^32-1
     */
    default long ssrc() {
        return StatsMembers.count(stats(), "ssrc");
    }

    /**
     * Audio or video.
     *
     * @return the kind
     */
    default MediaKind kind() {
        return StatsMembers.constant(stats(), "kind", MediaKind.values());
    }

    /**
     * The transport that carries it.
     *
     * @return the id of a {@link TransportStats}
     */
    default String transportId() {
        return StatsMembers.text(stats(), "transportId");
    }

    /**
     * The codec of its last packet.
     *
     * @return the id of a {@link CodecStats}
     */
    default @Nullable String codecId() {
        return stats().text("codecId");
    }
}
