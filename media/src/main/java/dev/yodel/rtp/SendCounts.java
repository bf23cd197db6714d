package dev.yodel.rtp;

import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.ReportBlock;
import dev.yodel.rtp.rtcp.SenderReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has left on one outgoing stream, and what does the peer say about it (RFC 3550 6.4)? It sends nothing. Same
 * thread as its stream.
 */
final class SendCounts {
    private int lastTimestamp;
    private int lastClockRate = 1;
    private long lastTimestampNanos;
    private long lastPacketNanos = Time.NEVER;
    private long waitedTotalNanos;
    private long packets;
    private long bytes;
    private long headerBytes;
    /** What of these was sent under a source that had to be given up. */
    private long packetsBefore;

    private long bytesBefore;
    private long headerBytesBefore;
    private long reportsSent;
    private long packetsAtLastReport;
    private long packetsAtReportBefore;
    private long packetsAtRemoteReport;

    private int firstSequence;
    private @Nullable ReportBlock remoteReport;
    private long remoteReports;
    private long remoteReportNanos;
    private final RoundTrip roundTrip = new RoundTrip();

    SendCounts(int firstSequence) {
        this.firstSequence = firstSequence;
    }

    /** RFC 3550 6.4.1: the counts of another source begin at zero. */
    void restart(int sequence) {
        packetsBefore = packets;
        bytesBefore = bytes;
        headerBytesBefore = headerBytes;
        firstSequence = sequence;
        remoteReport = null;
    }

    void onSent(int timestamp, int clockRate, int header, int payload, long now) {
        if (packets == 0 || timestamp - lastTimestamp > 0) {
            lastTimestamp = timestamp;
            lastTimestampNanos = now;
            lastClockRate = clockRate;
        }
        packets++;
        bytes += payload;
        headerBytes += header;
        lastPacketNanos = now;
    }

    /** A packet left that waited so long. */
    void onLeft(long waitedNanos) {
        waitedTotalNanos += Math.max(0, waitedNanos);
    }

    boolean hasSent() {
        return packets > 0;
    }

    long packets() {
        return packets;
    }

    /** The timestamp on the wire of something sampled now; only if something was sent. */
    int timestampNow(int clockRate, long now) {
        return lastTimestamp + (int) InterarrivalJitter.toUnits(now - lastTimestampNanos, clockRate);
    }

    /** The timestamp on the wire of a source that goes on where another one would be by now. */
    int timestampBehind(int clockRate, long now) {
        return lastTimestamp + (int) Math.max(1, InterarrivalJitter.toUnits(now - lastTimestampNanos, clockRate));
    }

    /** RFC 3550 6.4: a sender is one that sent since the report before the last one. */
    boolean isSender() {
        return packets > packetsAtReportBefore;
    }

    /** The stream's SR of this moment (RFC 3550 6.4.1). */
    SenderReport takeSenderReport(long ssrc, long ntpTime, List<ReportBlock> blocks, long now) {
        packetsAtReportBefore = packetsAtLastReport;
        packetsAtLastReport = packets;
        reportsSent++;
        return new SenderReport(
                ssrc,
                ntpTime,
                timestampNow(lastClockRate, now) & 0xffff_ffffL,
                packets - packetsBefore & 0xffff_ffffL,
                bytes - bytesBefore & 0xffff_ffffL,
                blocks);
    }

    /** Packets that left since this was asked last. */
    long takeSentSinceReport() {
        long count = packets - packetsAtRemoteReport;
        packetsAtRemoteReport = packets;
        return count;
    }

    /** Whether anything was sent that the peer can report on. */
    boolean canBeReported() {
        return packets > packetsBefore;
    }

    /**
     * Takes what the peer says.
     *
     * @return the round trip in nanoseconds, -1 if the block has none, -2 if it is implausible
     */
    long onReportBlock(ReportBlock block, int nowCompact, long now) {
        remoteReport = block;
        remoteReports++;
        remoteReportNanos = now;
        if (block.lastSenderReport() == 0 || reportsSent == 0) {
            return -1;
        }
        long nanos = roundTrip.measure(nowCompact, block.lastSenderReport(), block.delaySinceLastSenderReport());
        return nanos < 0 ? -2 : nanos;
    }

    long roundTripNanos() {
        return roundTrip.lastNanos();
    }

    SendStreamStats stats(SendStream stream, StreamProtection protection) {
        long repeated = protection.repeatedPackets();
        long repeatedBytes = protection.repeatedBytes();
        return new SendStreamStats(
                stream.ssrc(),
                packets - packetsBefore + repeated,
                bytes - bytesBefore + repeatedBytes,
                headerBytes - headerBytesBefore + protection.repeatedHeaderBytes(),
                repeated,
                repeatedBytes,
                protection.parityPackets(),
                protection.parityBytes(),
                stream.nackCount,
                stream.pliCount,
                stream.firCount,
                lastPacketNanos,
                waitedTotalNanos / 1e9,
                reportsSent,
                remoteStats());
    }

    private SendStreamStats.@Nullable RemoteInbound remoteStats() {
        ReportBlock block = remoteReport;
        if (block == null) {
            return null;
        }
        // What a peer claims is clamped to what was sent: no negative count, none above the truth.
        long sent = packets - packetsBefore;
        long lost = Math.max(0, Math.min(block.cumulativeLost(), sent));
        long expected = (block.extendedHighestSequence() - firstSequence & 0xffff_ffffL) + 1;
        long received = Math.max(0, Math.min(expected, sent) - lost);
        return new SendStreamStats.RemoteInbound(
                received,
                lost,
                block.fractionLost() / 256.0,
                (double) block.jitter() / lastClockRate,
                roundTrip.lastSeconds(),
                roundTrip.totalSeconds(),
                roundTrip.measurements(),
                remoteReports,
                remoteReportNanos);
    }
}
