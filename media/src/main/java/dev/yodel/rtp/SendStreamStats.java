package dev.yodel.rtp;

import org.jspecify.annotations.Nullable;

/**
 * Counts of one outgoing stream as W3C's {@code outbound-rtp} wants them. Immutable.
 *
 * @param ssrc the source now in use
 * @param packetsSent packets, retransmissions included
 * @param bytesSent payload bytes, retransmissions included
 * @param headerBytesSent header, extension and padding bytes
 * @param retransmittedPacketsSent packets sent again on request
 * @param retransmittedBytesSent their payload bytes
 * @param parityPacketsSent packets of forward error correction, which count nowhere else
 * @param parityBytesSent their payload bytes
 * @param nackCount NACK packets received
 * @param pliCount PLI packets received
 * @param firCount FIR commands received, repetitions not counted
 * @param lastPacketSentNanos when the last packet was written, or {@code Time.NEVER}
 * @param packetSendDelaySeconds sum of the times that packets waited before they left; those that wait still are not in it
 * @param reportsSent sender reports about this stream
 * @param remote what the peer reported, or null before its first report
 */
public record SendStreamStats(
        long ssrc,
        long packetsSent,
        long bytesSent,
        long headerBytesSent,
        long retransmittedPacketsSent,
        long retransmittedBytesSent,
        long parityPacketsSent,
        long parityBytesSent,
        long nackCount,
        long pliCount,
        long firCount,
        long lastPacketSentNanos,
        double packetSendDelaySeconds,
        long reportsSent,
        @Nullable RemoteInbound remote) {
    /**
     * What the peer reported, as W3C's {@code remote-inbound-rtp} wants it.
     *
     * @param packetsReceived by the peer, from its highest number and its loss
     * @param packetsLost cumulative, 0 and more
     * @param fractionLost 0 to 1, of the last report
     * @param jitterSeconds of the last report
     * @param roundTripTimeSeconds the last one, or -1 if none was measured
     * @param totalRoundTripTimeSeconds sum of all
     * @param roundTripTimeMeasurements how many
     * @param reportsReceived report blocks about this stream
     * @param lastReportNanos when the last one came
     */
    public record RemoteInbound(
            long packetsReceived,
            long packetsLost,
            double fractionLost,
            double jitterSeconds,
            double roundTripTimeSeconds,
            double totalRoundTripTimeSeconds,
            long roundTripTimeMeasurements,
            long reportsReceived,
            long lastReportNanos) {}
}
