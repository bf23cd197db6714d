package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCOutboundRtpStreamStats: a stream that is sent.
 *
 * @param stats the entry that this is a view of
 */
public record OutboundRtpStreamStats(Stats stats) implements SentRtpStreamStats {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public OutboundRtpStreamStats {
        StatsMembers.checkType(stats, "outbound-rtp");
    }

    /**
     * Its m-section.
     *
     * @return the mid
     */
    public String mid() {
        return StatsMembers.text(stats(), "mid");
    }

    /**
     * What it is made of.
     *
     * @return the id of a {@link MediaSourceStats}, null without a track
     */
    public @Nullable String mediaSourceId() {
        return stats().text("mediaSourceId");
    }

    /**
     * What the peer says of it.
     *
     * @return the id of a {@link RemoteInboundRtpStreamStats}, null before a receiver report came
     */
    public @Nullable String remoteId() {
        return stats().text("remoteId");
    }

    /**
     * Its name among the streams of a simulcast.
     *
     * @return null without simulcast
     */
    public @Nullable String rid() {
        return stats().text("rid");
    }

    /**
     * Its place among the encodings.
     *
     * @return 0 and up, null for audio
     */
    public @Nullable Integer encodingIndex() {
        return StatsMembers.intOrNull(stats(), "encodingIndex");
    }

    /**
     * Bytes of RTP headers and padding.
     *
     * @return bytes
     */
    public long headerBytesSent() {
        return StatsMembers.count(stats(), "headerBytesSent");
    }

    /**
     * Packets that were sent again.
     *
     * @return a count
     */
    public long retransmittedPacketsSent() {
        return StatsMembers.count(stats(), "retransmittedPacketsSent");
    }

    /**
     * Payload bytes that were sent again.
     *
     * @return bytes
     */
    public long retransmittedBytesSent() {
        return StatsMembers.count(stats(), "retransmittedBytesSent");
    }

    /**
     * The SSRC of its retransmissions.
     *
     * @return null if they have none of their own
     */
    public @Nullable Long rtxSsrc() {
        return StatsMembers.countOrNull(stats(), "rtxSsrc");
    }

    /**
     * Pictures in the last second.
     *
     * @return a rate, null for audio
     */
    public @Nullable Double framesPerSecond() {
        return stats().number("framesPerSecond");
    }

    /**
     * Pictures that were sent.
     *
     * @return a count, null for audio
     */
    public @Nullable Long framesSent() {
        return StatsMembers.countOrNull(stats(), "framesSent");
    }

    /**
     * Pictures that the application has encoded and handed over.
     *
     * @return a count, null for audio
     */
    public @Nullable Long framesEncoded() {
        return StatsMembers.countOrNull(stats(), "framesEncoded");
    }

    /**
     * Key frames among them.
     *
     * @return a count, null for audio
     */
    public @Nullable Long keyFramesEncoded() {
        return StatsMembers.countOrNull(stats(), "keyFramesEncoded");
    }

    /**
     * NACKs that came (RFC 4585 6.2.1).
     *
     * @return a count
     */
    public long nackCount() {
        return StatsMembers.count(stats(), "nackCount");
    }

    /**
     * Full intra requests that came (RFC 5104 4.3.1).
     *
     * @return a count
     */
    public long firCount() {
        return StatsMembers.count(stats(), "firCount");
    }

    /**
     * Picture loss indications that came (RFC 4585 6.3.1).
     *
     * @return a count
     */
    public long pliCount() {
        return StatsMembers.count(stats(), "pliCount");
    }

    /**
     * Whether its encoding is switched on.
     *
     * @return true if it may be sent
     */
    public boolean active() {
        return StatsMembers.flag(stats(), "active");
    }

    /**
     * What the encoder of raw audio aims at, or what the application was told that it may send ({@link
     * RtpSender#onTargetBitrate}).
     *
     * @return bits per second; null before congestion control says so, and with simulcast
     */
    public @Nullable Double targetBitrate() {
        return stats().number("targetBitrate");
    }

    /**
     * How long packets waited before they left.
     *
     * @return a sum, in seconds
     */
    public double totalPacketSendDelay() {
        return StatsMembers.number(stats(), "totalPacketSendDelay");
    }

    /**
     * Pictures with 2.5 times as many bytes as the average of those before them, or more.
     *
     * @return a count, null for audio
     */
    public @Nullable Long hugeFramesSent() {
        return StatsMembers.countOrNull(stats(), "hugeFramesSent");
    }

    /**
     * How wide the last key frame is.
     *
     * @return pixels, null for audio and where it is not known
     */
    public @Nullable Long frameWidth() {
        return StatsMembers.countOrNull(stats(), "frameWidth");
    }

    /**
     * How high the last key frame is.
     *
     * @return pixels, null for audio and where it is not known
     */
    public @Nullable Long frameHeight() {
        return StatsMembers.countOrNull(stats(), "frameHeight");
    }
}
