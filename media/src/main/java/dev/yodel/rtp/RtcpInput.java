package dev.yodel.rtp;

import dev.yodel.io.Time;
import dev.yodel.rtp.rtcp.ApplicationDefined;
import dev.yodel.rtp.rtcp.CongestionFeedback;
import dev.yodel.rtp.rtcp.ExtendedReport;
import dev.yodel.rtp.rtcp.FullIntraRequest;
import dev.yodel.rtp.rtcp.GenericNack;
import dev.yodel.rtp.rtcp.Goodbye;
import dev.yodel.rtp.rtcp.PictureLossIndication;
import dev.yodel.rtp.rtcp.ReceiverEstimatedBitrate;
import dev.yodel.rtp.rtcp.ReceiverReport;
import dev.yodel.rtp.rtcp.ReportBlock;
import dev.yodel.rtp.rtcp.RtcpCompound;
import dev.yodel.rtp.rtcp.RtcpPacket;
import dev.yodel.rtp.rtcp.SenderReport;
import dev.yodel.rtp.rtcp.SourceDescription;
import dev.yodel.rtp.rtcp.TransportFeedback;
import dev.yodel.rtp.rtcp.UnknownRtcp;
import java.util.ArrayList;
import java.util.List;

/** What received RTCP changes (RFC 3550 6.3, 6.4; RFC 4585 6; RFC 3611 4). It believes nothing that it can clamp. */
final class RtcpInput {
    /** R06: most key-frame requests passed on. */
    static final long KEY_FRAME_INTERVAL_NANOS = 300 * Time.MILLISECOND;

    private static final int MAX_REFERENCES = 16;

    /** A receiver that asked for the round trip. */
    private record Reference(long ssrc, long compactTime, long arrivalNanos) {}

    private final RtpSession session;
    private final RtpCounters counters;
    private final EventQueue events;
    private final PacketRouter router;
    private final SessionMembers members;
    private final RtcpSchedule schedule;
    private final NtpClock clock;
    private final BandwidthControl bandwidth;
    private final List<Reference> references = new ArrayList<>();

    RtcpInput(
            RtpSession session,
            RtpCounters counters,
            EventQueue events,
            PacketRouter router,
            SessionMembers members,
            RtcpSchedule schedule,
            NtpClock clock,
            BandwidthControl bandwidth) {
        this.session = session;
        this.counters = counters;
        this.events = events;
        this.router = router;
        this.members = members;
        this.schedule = schedule;
        this.clock = clock;
        this.bandwidth = bandwidth;
    }

    void handle(byte[] data, int offset, int length, long now) {
        RtcpCompound compound = RtcpCompound.parse(data, offset, length);
        counters.count(RtpCounter.RTCP_MALFORMED, compound.malformed());
        List<RtcpPacket> packets = compound.packets();
        int sources = 0;
        for (int i = 0; i < packets.size(); i++) {
            one(packets.get(i), now);
            sources += packets.get(i) instanceof SourceDescription description
                    ? description.chunks().size()
                    : 0;
        }
        schedule.onPacket(length, sources);
    }

    private void one(RtcpPacket packet, long now) {
        if (packet instanceof SenderReport report) {
            onSenderReport(report, now);
        } else if (packet instanceof ReceiverReport report) {
            if (!ownSource(report.ssrc())) {
                onReportBlocks(report.blocks(), now);
            }
        } else if (packet instanceof Goodbye goodbye) {
            onGoodbye(goodbye, now);
        } else if (packet instanceof PictureLossIndication request) {
            SendStream stream = session.ownStream(request.mediaSsrc());
            if (stream != null) {
                stream.pliCount++;
                requestKeyFrame(stream, now);
            }
        } else if (packet instanceof FullIntraRequest request) {
            onFullIntraRequest(request, now);
        } else if (packet instanceof ReceiverEstimatedBitrate estimate) {
            events.add(new RtpEvent.ReceiverEstimate(estimate.bitrateBps()));
            bandwidth.onReceiverEstimate(estimate.bitrateBps());
        } else if (packet instanceof GenericNack nack) {
            SendStream stream = session.ownStream(nack.mediaSsrc());
            if (stream != null) {
                stream.onNack(nack, now);
            }
        } else if (packet instanceof ExtendedReport report) {
            onExtendedReport(report, now);
        } else if (packet instanceof UnknownRtcp || packet instanceof ApplicationDefined) {
            counters.count(RtpCounter.RTCP_IGNORED);
        } else if (packet instanceof CongestionFeedback feedback) {
            bandwidth.onFeedback(feedback, now);
        } else if (packet instanceof TransportFeedback feedback) {
            bandwidth.onFeedback(feedback, now);
        } else if (packet instanceof SourceDescription) {
            // Names are not looked at: SDP says who is who.
            return;
        }
    }

    /** R08: a report under one of our own sources is our own report coming back, or a collision. */
    private boolean ownSource(long ssrc) {
        if (session.isOwn((int) ssrc)) {
            counters.count(RtpCounter.RTCP_OWN_SSRC);
            return true;
        }
        return false;
    }

    private void onSenderReport(SenderReport report, long now) {
        if (ownSource(report.ssrc())) {
            return;
        }
        ReceiveStream stream = router.stream(report.ssrc());
        if (stream != null && stream.active) {
            stream.onSenderReport(report, now);
            if (!stream.repair) {
                events.add(new RtpEvent.SenderReportReceived(
                        stream.receiver.id(), report.ssrc(), report.ntpTime(), report.rtpTimestamp(), now));
            }
        }
        onReportBlocks(report.blocks(), now);
    }

    private void onReportBlocks(List<ReportBlock> blocks, long now) {
        for (int i = 0; i < blocks.size(); i++) {
            ReportBlock block = blocks.get(i);
            SendStream stream = session.ownStream(block.ssrc());
            if (stream == null || stream.ssrc() != block.ssrc()) {
                continue;
            }
            bandwidth.onReport(stream.takeSentSinceReport(), block.fractionLost() / 256.0, now);
            long nanos = stream.onReportBlock(block, NtpClock.compact(clock.at(now)), now);
            if (nanos >= 0) {
                events.add(new RtpEvent.RoundTripMeasured(block.ssrc(), nanos));
                bandwidth.onRoundTrip(nanos);
            } else if (nanos == -2) {
                counters.count(RtpCounter.RTCP_ROUND_TRIP_IMPLAUSIBLE);
            }
        }
    }

    private void onGoodbye(Goodbye goodbye, long now) {
        int before = members.count();
        for (long ssrc : goodbye.ssrcs()) {
            if (ownSource(ssrc)) {
                continue;
            }
            ReceiveStream stream = router.stream(ssrc);
            if (stream != null && stream.active) {
                stream.endedNanos = now;
                router.end(stream, RtpEvent.EndReason.BYE);
            }
        }
        members.left(before, now);
    }

    private void onFullIntraRequest(FullIntraRequest request, long now) {
        for (FullIntraRequest.Entry entry : request.entries()) {
            SendStream stream = session.ownStream(entry.ssrc());
            // RFC 5104 4.3.1.1: a repetition has the number of the command it repeats.
            if (stream != null && stream.lastFirSequence != entry.sequenceNumber()) {
                stream.lastFirSequence = entry.sequenceNumber();
                stream.firCount++;
                requestKeyFrame(stream, now);
            }
        }
    }

    private void requestKeyFrame(SendStream stream, long now) {
        if (stream.keyFrameRequestedNanos != Time.NEVER
                && now - stream.keyFrameRequestedNanos < KEY_FRAME_INTERVAL_NANOS) {
            counters.count(RtpCounter.KEY_FRAME_REQUEST_SUPPRESSED);
            return;
        }
        stream.keyFrameRequestedNanos = now;
        events.add(new RtpEvent.KeyFrameRequested(stream.id(), stream.ssrc()));
    }

    private void onExtendedReport(ExtendedReport report, long now) {
        if (ownSource(report.ssrc())) {
            return;
        }
        if (report.referenceTime() != 0) {
            references.removeIf(reference -> reference.ssrc == report.ssrc());
            if (references.size() == MAX_REFERENCES) {
                references.remove(0);
            }
            references.add(new Reference(report.ssrc(), NtpClock.compact(report.referenceTime()) & 0xffff_ffffL, now));
        }
        for (ExtendedReport.Delay delay : report.delays()) {
            if (session.isOwn((int) delay.ssrc()) && delay.lastReceiverReport() != 0) {
                onDelay(report.ssrc(), delay, now);
            }
        }
    }

    private void onDelay(long ssrc, ExtendedReport.Delay delay, long now) {
        int compact = NtpClock.compact(clock.at(now));
        ReceiveStream stream = router.stream(ssrc);
        if (stream != null
                && stream.active
                && stream.roundTrip.measure(compact, delay.lastReceiverReport(), delay.delay()) < 0) {
            counters.count(RtpCounter.RTCP_ROUND_TRIP_IMPLAUSIBLE);
        }
    }

    /** The answers to receivers that asked since the last report (RFC 3611 4.5). */
    List<ExtendedReport.Delay> takeDelays(long now) {
        if (references.isEmpty()) {
            return List.of();
        }
        List<ExtendedReport.Delay> delays = new ArrayList<>(references.size());
        for (Reference reference : references) {
            delays.add(new ExtendedReport.Delay(
                    reference.ssrc, reference.compactTime, NtpClock.nanosToCompact(now - reference.arrivalNanos)));
        }
        references.clear();
        return delays;
    }
}
