package dev.yodel.rtp;

import dev.yodel.io.Time;
import dev.yodel.rtp.feedback.ArrivalReporter;
import dev.yodel.rtp.feedback.StreamArrivals;
import dev.yodel.rtp.rtcp.CongestionFeedback;
import dev.yodel.rtp.rtcp.FullIntraRequest;
import dev.yodel.rtp.rtcp.GenericNack;
import dev.yodel.rtp.rtcp.PictureLossIndication;
import dev.yodel.rtp.rtcp.RtcpPacket;
import dev.yodel.rtp.rtcp.TransportFeedback;
import java.util.List;

/**
 * What is the peer told at once of what it sends: what arrived, what is missing, that a key frame is needed (RFC
 * 4585, 5104, 8888)? Regular reports are not its business. Same thread as its session.
 */
final class SessionFeedback {
    /** What came, by the transport's numbers. */
    final ArrivalReporter arrivals = new ArrivalReporter();
    /** What came, by source and number. */
    final StreamArrivals streamArrivals = new StreamArrivals();

    private final ReportComposer composer;
    private final List<SendStream> senders;
    private long streamReports;

    /** In the name of the first of these senders. */
    SessionFeedback(ReportComposer composer, List<SendStream> senders) {
        this.composer = composer;
        this.senders = senders;
    }

    /** When {@link #reportArrivals} has something to do. */
    long nextArrivals() {
        return Math.min(arrivals.nextTimeout(), streamArrivals.nextTimeout());
    }

    void reportArrivals(long now) {
        long reporter = composer.reporter(senders);
        for (TransportFeedback report = arrivals.poll(reporter, now);
                report != null;
                report = arrivals.poll(reporter, now)) {
            composer.feedback(report, senders);
        }
        for (CongestionFeedback report = streamArrivals.poll(reporter, now);
                report != null;
                report = streamArrivals.poll(reporter, now)) {
            streamReports++;
            composer.feedback(report, senders);
        }
    }

    /** Packets of feedback by source and number. */
    long streamReports() {
        return streamReports;
    }

    /** RFC 4585 6.2.1: asks for packets again. */
    void requestMissing(ReceiveStream stream, int[] numbers, int count) {
        stream.nackCount++;
        long reporter = composer.reporter(senders);
        composer.feedback(GenericNack.of(reporter, stream.unsignedSsrc(), numbers, count), senders);
    }

    /** RFC 4585 6.3.1, RFC 5104 4.3.1: at most once in 300 ms. */
    void requestKeyFrame(ReceiveStream stream, long now) {
        if (stream.keyFrameAskedNanos != Time.NEVER
                && now - stream.keyFrameAskedNanos < RtcpInput.KEY_FRAME_INTERVAL_NANOS) {
            return;
        }
        stream.keyFrameAskedNanos = now;
        long reporter = composer.reporter(senders);
        long ssrc = stream.unsignedSsrc();
        RtpCodec codec = stream.payloadType < 0 ? null : stream.receiver.codec(stream.payloadType);
        RtcpPacket request;
        if (codec != null
                && !codec.feedback().contains("nack pli")
                && codec.feedback().contains("ccm fir")) {
            stream.firCount++;
            stream.firSequence = stream.firSequence + 1 & 0xff;
            request = new FullIntraRequest(reporter, List.of(new FullIntraRequest.Entry(ssrc, stream.firSequence)));
        } else {
            stream.pliCount++;
            request = new PictureLossIndication(reporter, ssrc);
        }
        composer.feedback(request, senders);
    }
}
