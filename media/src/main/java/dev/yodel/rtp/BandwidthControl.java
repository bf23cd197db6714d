package dev.yodel.rtp;

import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import dev.yodel.rtp.congestion.BandwidthEstimator;
import dev.yodel.rtp.congestion.Pacer;
import dev.yodel.rtp.congestion.StreamFeedback;
import dev.yodel.rtp.rtcp.CongestionFeedback;
import dev.yodel.rtp.rtcp.TransportFeedback;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much a session sends, and when a packet leaves: gives packets their transport-wide numbers and send times as they
 * leave, paces video, and asks for padding while the estimator probes. Without transport-wide numbers it paces nothing, and
 * the target follows the peer's reports of losses and its own estimate.
 */
final class BandwidthControl {
    private static final long START_BPS = 300_000;
    private static final long MIN_BPS = 30_000;
    private static final long MAX_BPS = 50_000_000;

    /** What a session without video could use. */
    private static final long AUDIO_BPS = 256_000;

    private static final int VIDEO_CLOCK = 90_000;

    /** A change that is worth telling: one of 2 %. */
    private static final int NOTABLE_CHANGE = 50;

    private final TransmitQueue transmits;
    private final EventQueue events;
    private final Pacer pacer = new Pacer();
    private BandwidthEstimator estimator = new BandwidthEstimator(START_BPS, MIN_BPS, MAX_BPS);
    private long nextNumber;
    private boolean numbered;

    /** Whether the peer reports by source and sequence number (RFC 8888). */
    private boolean byStream;

    private final StreamFeedback streams = new StreamFeedback();
    private int streamCount;
    private long streamReports;
    private boolean video;
    private boolean sends;
    private long toldBps = -1;
    private final List<SendStream> padding = new ArrayList<>();
    /** None of them has a packet to repeat: to ask again would be in vain until one has left. */
    private boolean paddingDry;

    BandwidthControl(TransmitQueue transmits, EventQueue events, int firstNumber) {
        this.transmits = transmits;
        this.events = events;
        this.nextNumber = firstNumber;
    }

    /** The outgoing streams, or what was negotiated for them, changed. */
    void streamsChanged(List<SendStream> senders) {
        if (senders.size() < streamCount) {
            streams.clear();
        }
        streamCount = senders.size();
        numbered = false;
        byStream = false;
        video = false;
        padding.clear();
        paddingDry = false;
        sends = !senders.isEmpty();
        for (SendStream stream : senders) {
            boolean isVideo = stream.parameters().codecs().get(0).clockRate() == VIDEO_CLOCK;
            video |= isVideo;
            numbered |= stream.parameters().extensions().transportCc() != 0
                    && RtpCodec.anyReports(stream.parameters().codecs());
            byStream |= RtpCodec.anyCongestionFeedback(stream.parameters().codecs());
            if (isVideo && stream.protection().canPad()) {
                padding.add(stream);
            }
        }
        numbered |= byStream;
        demandChanged(senders);
    }

    /** What is probed for: as much as the streams would take, or as anybody could where one does not say. */
    void demandChanged(List<SendStream> senders) {
        boolean known = video;
        long bps = AUDIO_BPS;
        for (SendStream stream : senders) {
            if (stream.parameters().codecs().get(0).clockRate() == VIDEO_CLOCK) {
                known &= stream.demandBps() != SendStream.DEMAND_UNKNOWN;
                bps = Math.min(MAX_BPS, bps + stream.demandBps());
            }
        }
        estimator.demand(video && !known ? MAX_BPS : bps, known);
    }

    private boolean paces() {
        return numbered && video;
    }

    /** The next packet that may leave now, stamped; null if there is none, or it has to wait. */
    TransmitQueue.@Nullable Buffer poll(long now) {
        TransmitQueue.Buffer buffer = transmits.pollUrgent();
        if (buffer == null) {
            buffer = paces() ? pollPaced(now) : transmits.pollPaced();
        }
        if (buffer != null) {
            stamp(buffer, now);
        }
        return buffer;
    }

    private TransmitQueue.@Nullable Buffer pollPaced(long now) {
        if (transmits.pacedBytes() == 0 && !wantsPadding()) {
            return null;
        }
        pacer.rate(estimator.pacingBps(), transmits.pacedBytes(), now);
        if (!pacer.maySend(now)) {
            return null;
        }
        TransmitQueue.Buffer buffer = transmits.pollPaced();
        if (buffer == null && wantsPadding() && pad(now)) {
            buffer = transmits.pollPaced();
        }
        return buffer;
    }

    private boolean wantsPadding() {
        return !paddingDry && !padding.isEmpty() && estimator.isProbing();
    }

    /** Streams that wait for their first packet, or have long been silent, have nothing to repeat. */
    private boolean pad(long now) {
        for (int i = 0; i < padding.size(); i++) {
            if (padding.get(i).pad(now)) {
                return true;
            }
        }
        paddingDry = true;
        return false;
    }

    /** The numbers and times of a packet are those of its departure. */
    private void stamp(TransmitQueue.Buffer buffer, long now) {
        if (buffer.sendTimeAt >= 0) {
            Bytes.put24(buffer.data, buffer.sendTimeAt, PacketHeaderWriter.absoluteSendTime(now));
        }
        if (buffer.priority == TransmitQueue.Priority.CONTROL) {
            return;
        }
        if (buffer.stream != null) {
            buffer.stream.onLeft(now - buffer.queuedNanos);
        }
        if (buffer.transportNumberAt >= 0 || byStream) {
            long number = nextNumber++;
            if (buffer.transportNumberAt >= 0) {
                Bytes.put16(buffer.data, buffer.transportNumberAt, (int) number & 0xffff);
            }
            if (byStream) {
                int at = RtpTransmit.HEADROOM;
                streams.onSent(Bytes.i32(buffer.data, at + 8), Bytes.u16(buffer.data, at + 2), number);
            }
            estimator.onSent(number, buffer.length, now);
        }
        if (paces()) {
            pacer.onSent(buffer.length, now);
        }
        paddingDry &= buffer.priority != TransmitQueue.Priority.VIDEO;
    }

    void onFeedback(TransportFeedback feedback, long now) {
        if (numbered) {
            estimator.onFeedback(feedback, now);
            tell();
        }
    }

    /** What feedback by source and number has said of a stream of ours; null if there is no such feedback. */
    @Nullable
    LossReports reported(long ssrc) {
        return byStream ? streams.reported((int) ssrc) : null;
    }

    long streamReports() {
        return streamReports;
    }

    void onFeedback(CongestionFeedback feedback, long now) {
        if (byStream) {
            streamReports++;
            streams.onFeedback(feedback, estimator, now);
            tell();
        }
    }

    void onReceiverEstimate(long bps) {
        estimator.onReceiverEstimate(bps);
        tell();
    }

    void onRoundTrip(long nanos) {
        estimator.onRoundTrip(nanos);
    }

    void onReport(long packets, double fractionLost, long now) {
        estimator.onReport(packets, fractionLost, now);
        tell();
    }

    private void tell() {
        long bps = estimator.targetBps();
        if (sends && Math.abs(bps - toldBps) > toldBps / NOTABLE_CHANGE) {
            toldBps = bps;
            events.add(new RtpEvent.TargetBitrate(bps));
        }
    }

    long targetBps() {
        return estimator.targetBps();
    }

    /** When a packet that waits may leave, or the estimator wants to be called. */
    long nextTimeout(long now) {
        long next = numbered ? estimator.nextTimeout() : Time.NEVER;
        if (paces() && (transmits.pacedBytes() > 0 || wantsPadding())) {
            next = Math.min(next, pacer.nextTime(now));
        }
        return next;
    }

    void handleTimeout(long now) {
        if (numbered && now >= estimator.nextTimeout()) {
            estimator.handleTimeout(now);
            tell();
        }
    }
}
