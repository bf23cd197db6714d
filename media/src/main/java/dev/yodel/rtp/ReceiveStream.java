package dev.yodel.rtp;

import dev.yodel.io.Time;
import dev.yodel.rtp.feedback.FecDecoder;
import dev.yodel.rtp.feedback.MissingPackets;
import dev.yodel.rtp.rtcp.ReportBlock;
import dev.yodel.rtp.rtcp.SenderReport;
import org.jspecify.annotations.Nullable;

/**
 * One source routed to a receiver: its numbers, counts and the peer's reports about it. It is known before its first
 * packet if SDP announced it.
 */
final class ReceiveStream {
    final int ssrc;
    RtpReceiver receiver;
    boolean announced;
    boolean active;
    /** Whether it carries no media, but what repairs another stream: retransmissions or parity. */
    boolean repair;

    /** What rebuilds packets from parity, once some came. */
    @Nullable
    FecDecoder parity;

    /** The codec of the media that RED wrapped last. */
    @Nullable
    RtpCodec media;

    long parityPackets;
    long parityBytes;
    long parityRefused;

    @Nullable
    String rid;

    long endedNanos = Long.MIN_VALUE;
    long lastActivityNanos;
    long packetsAtLastReport;

    final ReceiveSequence sequence = new ReceiveSequence();
    final InterarrivalJitter jitter = new InterarrivalJitter();
    final RoundTrip roundTrip = new RoundTrip();

    /** What to ask for, if the codec's feedback allows that. */
    @Nullable
    MissingPackets missing;

    long bytesReceived;
    long headerBytesReceived;
    long duplicates;
    long retransmitted;
    long retransmittedBytes;
    long rebuilt;
    long nackCount;
    long pliCount;
    long firCount;
    long keyFrameAskedNanos = Time.NEVER;
    int firSequence;
    long lastPacketNanos = Time.NEVER;
    int payloadType = -1;
    private long senderPackets;
    private long senderOctets;
    private long senderNtpTime;
    private long senderReports;
    private long senderReportNanos;

    ReceiveStream(int ssrc, RtpReceiver receiver, long now) {
        this.ssrc = ssrc;
        this.receiver = receiver;
        this.lastActivityNanos = now;
    }

    long unsignedSsrc() {
        return ssrc & 0xffff_ffffL;
    }

    void onPacket(RtpPacket packet, RtpCodec codec, boolean newest, long now) {
        bytesReceived += packet.payloadLength();
        headerBytesReceived += packet.headerLength() + packet.paddingLength();
        payloadType = codec.payloadType();
        lastPacketNanos = now;
        lastActivityNanos = now;
        if (newest) {
            jitter.update((int) packet.timestamp(), codec.clockRate(), now);
        }
    }

    void onSenderReport(SenderReport report, long now) {
        senderPackets = report.packetCount();
        senderOctets = report.octetCount();
        senderNtpTime = report.ntpTime();
        senderReports++;
        senderReportNanos = now;
        lastActivityNanos = now;
    }

    /** RFC 3550 6.4.1: the block about this source; it ends the interval of its fraction lost. */
    ReportBlock takeReportBlock(long now) {
        packetsAtLastReport = sequence.received();
        long lastReport = 0;
        long delay = 0;
        if (senderReports > 0) {
            lastReport = NtpClock.compact(senderNtpTime) & 0xffff_ffffL;
            delay = NtpClock.nanosToCompact(Math.max(0, now - senderReportNanos));
        }
        return new ReportBlock(
                unsignedSsrc(),
                sequence.takeFractionLost(),
                sequence.cumulativeLost(),
                sequence.highest() & 0xffff_ffffL,
                Math.min(jitter.units(), 0xffff_ffffL),
                lastReport,
                delay);
    }

    /** RFC 3550 6.4: only sources heard since the last report are reported on. */
    boolean reportDue() {
        return active && sequence.started() && sequence.received() > packetsAtLastReport;
    }

    boolean endedJustBefore(long now) {
        return endedNanos != Long.MIN_VALUE && now - endedNanos < 200 * Time.MILLISECOND;
    }

    ReceiveStreamStats stats() {
        ReceiveStreamStats.RemoteOutbound remote = senderReports == 0
                ? null
                : new ReceiveStreamStats.RemoteOutbound(
                        senderPackets,
                        senderOctets,
                        senderNtpTime,
                        senderReports,
                        roundTrip.lastSeconds(),
                        roundTrip.totalSeconds(),
                        roundTrip.measurements(),
                        senderReportNanos);
        return new ReceiveStreamStats(
                unsignedSsrc(),
                receiver.parameters().mid(),
                rid,
                active,
                payloadType,
                sequence.received(),
                bytesReceived,
                headerBytesReceived,
                sequence.lost(),
                duplicates,
                jitter.seconds(),
                lastPacketNanos,
                retransmitted,
                retransmittedBytes,
                rebuilt,
                parityPackets,
                parityBytes,
                parityRefused + (parity == null ? 0 : parity.discarded()),
                nackCount,
                pliCount,
                firCount,
                remote);
    }
}
