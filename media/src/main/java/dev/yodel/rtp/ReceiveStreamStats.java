package dev.yodel.rtp;

import org.jspecify.annotations.Nullable;

/**
 * Counts of one received stream as W3C's {@code inbound-rtp} wants them. Immutable.
 *
 * @param ssrc the source
 * @param mid of the receiver, or null
 * @param rid simulcast stream, or null
 * @param active false when the source said BYE or fell silent; its counts are the last ones
 * @param payloadType of the last packet, or -1
 * @param packetsReceived without duplicates, retransmissions included
 * @param bytesReceived payload bytes
 * @param headerBytesReceived header, extension and padding bytes
 * @param packetsLost missing up to the highest number, 0 and more
 * @param packetsDuplicated packets that came more than once
 * @param jitterSeconds interarrival jitter
 * @param lastPacketReceivedNanos when the last packet came, or {@code Time.NEVER}
 * @param retransmittedPacketsReceived packets that came as RTX
 * @param retransmittedBytesReceived payload of those, without the original numbers
 * @param rebuiltPackets lost packets that were rebuilt from redundancy; they count as lost all the same
 * @param parityPackets packets of forward error correction for this stream
 * @param parityBytes their payload bytes
 * @param parityDiscarded those that were of no use: nothing was missing, too much was, they were malformed or late
 * @param nackCount NACK packets sent
 * @param pliCount PLI packets sent
 * @param firCount FIR packets sent
 * @param remote what the peer's sender reports say, or null before the first
 */
public record ReceiveStreamStats(
        long ssrc,
        @Nullable String mid,
        @Nullable String rid,
        boolean active,
        int payloadType,
        long packetsReceived,
        long bytesReceived,
        long headerBytesReceived,
        long packetsLost,
        long packetsDuplicated,
        double jitterSeconds,
        long lastPacketReceivedNanos,
        long retransmittedPacketsReceived,
        long retransmittedBytesReceived,
        long rebuiltPackets,
        long parityPackets,
        long parityBytes,
        long parityDiscarded,
        long nackCount,
        long pliCount,
        long firCount,
        @Nullable RemoteOutbound remote) {
    /**
     * The peer's sender reports, as W3C's {@code remote-outbound-rtp} wants them.
     *
     * @param packetsSent 0 to 2^32-1
     * @param bytesSent 0 to 2^32-1, payload
     * @param ntpTime 32.32 seconds since 1900 by the peer's clock
     * @param reportsSent sender reports received
     * @param roundTripTimeSeconds from the answer to our reference time (RFC 3611 4.5), or -1
     * @param totalRoundTripTimeSeconds sum of all
     * @param roundTripTimeMeasurements how many
     * @param lastReportNanos when the last report came
     */
    public record RemoteOutbound(
            long packetsSent,
            long bytesSent,
            long ntpTime,
            long reportsSent,
            double roundTripTimeSeconds,
            double totalRoundTripTimeSeconds,
            long roundTripTimeMeasurements,
            long lastReportNanos) {}
}
