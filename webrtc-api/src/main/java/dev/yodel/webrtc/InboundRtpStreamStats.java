package dev.yodel.webrtc;

import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCInboundRtpStreamStats: a stream that is received.
 *
 * @param stats the entry that this is a view of
 */
public record InboundRtpStreamStats(Stats stats) implements ReceivedRtpStreamStats {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public InboundRtpStreamStats {
        StatsMembers.checkType(stats, "inbound-rtp");
    }

    /**
     * The track that it is heard or seen by.
     *
     * @return the id of a receiver's track
     */
    public String trackIdentifier() {
        return StatsMembers.text(stats(), "trackIdentifier");
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
     * What its sender says of it.
     *
     * @return the id of a {@link RemoteOutboundRtpStreamStats}, null before a sender report came
     */
    public @Nullable String remoteId() {
        return stats().text("remoteId");
    }

    /**
     * Pictures decoded here; the application does that, so it is 0.
     *
     * @return a count, null for audio
     */
    public @Nullable Long framesDecoded() {
        return StatsMembers.countOrNull(stats(), "framesDecoded");
    }

    /**
     * Pictures dropped before they were decoded here.
     *
     * @return a count, null for audio
     */
    public @Nullable Long framesDropped() {
        return StatsMembers.countOrNull(stats(), "framesDropped");
    }

    /**
     * When the last packet came.
     *
     * @return milliseconds since 1970
     */
    public double lastPacketReceivedTimestamp() {
        return StatsMembers.number(stats(), "lastPacketReceivedTimestamp");
    }

    /**
     * Bytes of RTP headers and padding.
     *
     * @return bytes
     */
    public long headerBytesReceived() {
        return StatsMembers.count(stats(), "headerBytesReceived");
    }

    /**
     * Packets that came too late or too early for the jitter buffer.
     *
     * @return a count
     */
    public @Nullable Long packetsDiscarded() {
        return StatsMembers.countOrNull(stats(), "packetsDiscarded");
    }

    /**
     * Payload bytes, without headers and padding.
     *
     * @return bytes
     */
    public long bytesReceived() {
        return StatsMembers.count(stats(), "bytesReceived");
    }

    /**
     * NACKs that we sent (RFC 4585 6.2.1).
     *
     * @return a count
     */
    public long nackCount() {
        return StatsMembers.count(stats(), "nackCount");
    }

    /**
     * Full intra requests that we sent (RFC 5104 4.3.1).
     *
     * @return a count
     */
    public long firCount() {
        return StatsMembers.count(stats(), "firCount");
    }

    /**
     * Picture loss indications that we sent (RFC 4585 6.3.1).
     *
     * @return a count
     */
    public long pliCount() {
        return StatsMembers.count(stats(), "pliCount");
    }

    /**
     * How long all that was emitted has waited in the jitter buffer, added up.
     *
     * @return seconds
     */
    public @Nullable Double jitterBufferDelay() {
        return stats().number("jitterBufferDelay");
    }

    /**
     * Audio samples or video frames that have left the jitter buffer.
     *
     * @return a count
     */
    public @Nullable Long jitterBufferEmittedCount() {
        return StatsMembers.countOrNull(stats(), "jitterBufferEmittedCount");
    }

    /**
     * Samples that were made of this stream, concealed ones among them.
     *
     * @return a count per channel
     */
    public @Nullable Long totalSamplesReceived() {
        return StatsMembers.countOrNull(stats(), "totalSamplesReceived");
    }

    /**
     * Samples that were invented because a packet was missing.
     *
     * @return a count per channel
     */
    public @Nullable Long concealedSamples() {
        return StatsMembers.countOrNull(stats(), "concealedSamples");
    }

    /**
     * How often samples had to be invented.
     *
     * @return a count
     */
    public @Nullable Long concealmentEvents() {
        return StatsMembers.countOrNull(stats(), "concealmentEvents");
    }

    /**
     * Samples added to play slower.
     *
     * @return a count per channel
     */
    public @Nullable Long insertedSamplesForDeceleration() {
        return StatsMembers.countOrNull(stats(), "insertedSamplesForDeceleration");
    }

    /**
     * Samples left out to play faster.
     *
     * @return a count per channel
     */
    public @Nullable Long removedSamplesForAcceleration() {
        return StatsMembers.countOrNull(stats(), "removedSamplesForAcceleration");
    }

    /**
     * How loud it is.
     *
     * @return 0 to 1, linear
     */
    public @Nullable Double audioLevel() {
        return stats().number("audioLevel");
    }

    /**
     * Loudness squared, over the time.
     *
     * @return an energy, see webrtc-stats
     */
    public @Nullable Double totalAudioEnergy() {
        return stats().number("totalAudioEnergy");
    }

    /**
     * How much was heard.
     *
     * @return seconds
     */
    public @Nullable Double totalSamplesDuration() {
        return stats().number("totalSamplesDuration");
    }

    /**
     * Whole pictures that came.
     *
     * @return a count, null for audio
     */
    public @Nullable Long framesReceived() {
        return StatsMembers.countOrNull(stats(), "framesReceived");
    }

    /**
     * Retransmissions that came.
     *
     * @return a count
     */
    public long retransmittedPacketsReceived() {
        return StatsMembers.count(stats(), "retransmittedPacketsReceived");
    }

    /**
     * Payload of the retransmissions that came.
     *
     * @return bytes
     */
    public long retransmittedBytesReceived() {
        return StatsMembers.count(stats(), "retransmittedBytesReceived");
    }

    /**
     * The source of its retransmissions.
     *
     * @return an SSRC, null if the peer did not announce it
     */
    public @Nullable Long rtxSsrc() {
        return StatsMembers.countOrNull(stats(), "rtxSsrc");
    }

    /**
     * Packets of parity that came.
     *
     * @return a count, null where none was negotiated
     */
    public @Nullable Long fecPacketsReceived() {
        return StatsMembers.countOrNull(stats(), "fecPacketsReceived");
    }

    /**
     * Payload of the parity that came.
     *
     * @return bytes, null where none was negotiated
     */
    public @Nullable Long fecBytesReceived() {
        return StatsMembers.countOrNull(stats(), "fecBytesReceived");
    }

    /**
     * Packets of parity that were of no use.
     *
     * @return a count, null where none was negotiated
     */
    public @Nullable Long fecPacketsDiscarded() {
        return StatsMembers.countOrNull(stats(), "fecPacketsDiscarded");
    }

    /**
     * How long the samples should have stayed in the jitter buffer.
     *
     * @return a sum over {@link #jitterBufferEmittedCount}, in seconds; null while nobody takes what is received
     */
    public @Nullable Double jitterBufferTargetDelay() {
        return stats().number("jitterBufferTargetDelay");
    }

    /**
     * How long the network alone would have them stay there.
     *
     * @return a sum over {@link #jitterBufferEmittedCount}, in seconds; null while nobody takes what is received
     */
    public @Nullable Double jitterBufferMinimumDelay() {
        return stats().number("jitterBufferMinimumDelay");
    }

    /**
     * Concealed samples in which nothing is heard.
     *
     * @return a count, null while nobody listens to decoded sound, or takes pictures
     */
    public @Nullable Long silentConcealedSamples() {
        return StatsMembers.countOrNull(stats(), "silentConcealedSamples");
    }

    /**
     * Pictures that came in more than one packet.
     *
     * @return a count, null for audio and if nobody took pictures
     */
    public @Nullable Long framesAssembledFromMultiplePackets() {
        return StatsMembers.countOrNull(stats(), "framesAssembledFromMultiplePackets");
    }

    /**
     * How long it took from the first of their packets to the last.
     *
     * @return a sum, in seconds; null for audio and if nobody took pictures
     */
    public @Nullable Double totalAssemblyTime() {
        return stats().number("totalAssemblyTime");
    }

    /**
     * Packets that our feedback by source and number reported as lost (RFC 8888).
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
