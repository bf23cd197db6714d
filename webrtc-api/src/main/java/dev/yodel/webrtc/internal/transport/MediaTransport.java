package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Loop;
import dev.yodel.io.Time;
import dev.yodel.rtp.FrameExtension;
import dev.yodel.rtp.LossReports;
import dev.yodel.rtp.ReceivedPacket;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.RtpEvent;
import dev.yodel.rtp.RtpReceiver;
import dev.yodel.rtp.RtpSession;
import dev.yodel.rtp.RtpTransmit;
import dev.yodel.rtp.SendStream;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.srtp.SrtpSession;
import dev.yodel.webrtc.PacketTap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The media of one transport: which stream belongs to which section, and SRTP around the RTP session. The session is made
 * with the first section, so a transport without media has none. Loop thread only.
 */
final class MediaTransport {
    private static final class Section {
        MediaSectionPlan plan;

        @Nullable
        SendStream sending;

        /** Further simulcast layers by rid. */
        final Map<String, SendStream> layers = new HashMap<>();

        @Nullable
        RtpReceiver receiving;

        /** The announced source that the peer turned out to use too. */
        long collided = SendStreamParameters.NO_SSRC;

        long targetBps = -1;

        Section(MediaSectionPlan plan) {
            this.plan = plan;
        }
    }

    private static final int VIDEO_CLOCK = 90_000;
    private static final long AUDIO_BPS = 64_000;

    private final TransportOptions options;
    private final TransportListener listener;
    private final TransportCounters counters;
    private final Runnable wake;
    private final Runnable relayed;
    private final Loop loop;
    private final Map<String, Section> sections = new HashMap<>();
    private final Map<Integer, Section> byReceiver = new HashMap<>();
    private final RtpTransmit out = new RtpTransmit();
    private final EarlyMedia early = new EarlyMedia();
    private final LipSync lipSync = new LipSync();
    private int outLength;
    private @Nullable RtpSession session;
    private @Nullable SrtpSession srtp;
    private boolean keysGone;
    private long targetBps = -1;
    private boolean cryptex;

    /**
     * Media without keys.
     *
     * @param wake something may have to leave, or be told, at the end of the turn
     * @param relayed a packet of somebody else's was written, which may leave at once
     */
    MediaTransport(
            TransportOptions options,
            TransportListener listener,
            TransportCounters counters,
            Runnable wake,
            Runnable relayed) {
        this.options = options;
        this.listener = listener;
        this.counters = counters;
        this.wake = wake;
        this.relayed = relayed;
        this.loop = options.loop();
    }

    void configure(MediaPlan plan) {
        if (session == null && plan.sections().isEmpty()) {
            return;
        }
        RtpSession rtp = session(plan.reducedSizeRtcp());
        cryptex = plan.cryptex();
        if (srtp != null) {
            srtp.useCryptex(cryptex, cryptex);
        }
        long now = loop.now();
        Set<String> kept = new HashSet<>();
        for (MediaSectionPlan next : plan.sections()) {
            kept.add(next.mid());
        }
        for (Section section : new ArrayList<>(sections.values())) {
            if (!kept.contains(section.plan.mid())) {
                removeSending(rtp, section, now);
                removeReceiving(rtp, section);
                sections.remove(section.plan.mid());
            }
        }
        for (MediaSectionPlan next : plan.sections()) {
            Section section = sections.computeIfAbsent(next.mid(), mid -> new Section(next));
            section.plan = next;
            applySending(rtp, section, now);
            applyReceiving(rtp, section, now);
        }
        lipSync.configure(plan.sections());
        wake.run();
    }

    private void applySending(RtpSession rtp, Section section, long now) {
        SendStreamParameters wanted = section.plan.send();
        SendStream current = section.sending;
        if (current != null && wanted != null && wanted.ssrc() == section.collided) {
            // The signaling side has not heard of the collision yet.
            wanted = wanted.withSsrc(current.ssrc());
        }
        if (current != null
                && (wanted == null
                        || wanted.ssrc() != current.parameters().ssrc()
                        || wanted.rtxSsrc() != current.parameters().rtxSsrc()
                        || wanted.fecSsrc() != current.parameters().fecSsrc())) {
            removeSending(rtp, section, now);
            current = null;
        }
        if (wanted == null) {
            return;
        }
        if (current == null) {
            section.sending = rtp.addSendStream(wanted);
        } else {
            rtp.updateSendStream(current, wanted);
        }
        applyLayers(rtp, section, wanted, now);
        bind(section);
    }

    /** RFC 8853: a stream of its own for each further layer; its source is told by its rid alone. */
    private static void applyLayers(RtpSession rtp, Section section, SendStreamParameters first, long now) {
        Set<String> wanted = new HashSet<>();
        for (SendLayer layer : section.plan.layers()) {
            wanted.add(layer.rid());
            SendStream stream = section.layers.get(layer.rid());
            boolean repairs = first.rtxSsrc() != SendStreamParameters.NO_SSRC;
            if (stream != null && repairs == (stream.parameters().rtxSsrc() != SendStreamParameters.NO_SSRC)) {
                SendStreamParameters before = stream.parameters();
                rtp.updateSendStream(stream, like(first, before.ssrc(), before.rtxSsrc(), layer.rid()));
                continue;
            }
            if (stream != null) {
                rtp.removeSendStream(stream, now);
            }
            long ssrc = rtp.newSsrc();
            long repair = SendStreamParameters.NO_SSRC;
            while (repairs && (repair == SendStreamParameters.NO_SSRC || repair == ssrc)) {
                repair = rtp.newSsrc();
            }
            section.layers.put(layer.rid(), rtp.addSendStream(like(first, ssrc, repair, layer.rid())));
        }
        section.layers.entrySet().removeIf(entry -> {
            if (!wanted.contains(entry.getKey())) {
                rtp.removeSendStream(entry.getValue(), now);
                return true;
            }
            return false;
        });
    }

    private static SendStreamParameters like(SendStreamParameters first, long ssrc, long rtxSsrc, String rid) {
        return new SendStreamParameters(ssrc, rtxSsrc, first.mid(), rid, first.codecs(), first.extensions());
    }

    private void applyReceiving(RtpSession rtp, Section section, long now) {
        var wanted = section.plan.receive();
        if (wanted == null) {
            removeReceiving(rtp, section);
        } else if (section.receiving == null) {
            RtpReceiver receiver = rtp.addReceiver(wanted, now);
            section.receiving = receiver;
            section.plan.receiver().onKeyFrameWish(() -> requestKeyFrames(receiver));
            byReceiver.put(receiver.id(), section);
        } else {
            rtp.updateReceiver(section.receiving, wanted, now);
        }
    }

    /** Asks the senders of a section for key frames. */
    private void requestKeyFrames(RtpReceiver receiver) {
        RtpSession rtp = session;
        if (rtp == null || srtp == null) {
            return;
        }
        for (long ssrc : receiver.sources()) {
            rtp.requestKeyFrame(ssrc, loop.now());
        }
        wake.run();
    }

    private void removeSending(RtpSession rtp, Section section, long now) {
        if (section.sending != null) {
            section.plan.sender().bind(null, section.plan.limits(), wake, wake);
            section.plan.sender().bindLayers(Map.of(), List.of());
            rtp.removeSendStream(section.sending, now);
            section.sending = null;
        }
        section.layers.values().forEach(stream -> rtp.removeSendStream(stream, now));
        section.layers.clear();
    }

    private void removeReceiving(RtpSession rtp, Section section) {
        if (section.receiving != null) {
            byReceiver.remove(section.receiving.id());
            rtp.removeReceiver(section.receiving);
            section.receiving = null;
            section.plan.receiver().onKeyFrameWish(() -> {});
            section.plan.receiver().silence();
            section.plan.receiver().close();
        }
    }

    /** A sender may write only while its packets can be protected. */
    private void bind(Section section) {
        section.plan.sender().bind(srtp == null ? null : section.sending, section.plan.limits(), wake, relayed);
        section.plan.sender().bindLayers(srtp == null ? Map.of() : section.layers, section.plan.layers());
    }

    private RtpSession session(boolean reducedSize) {
        if (session == null) {
            session = new RtpSession(
                    options.rtp().withReducedSize(reducedSize),
                    options.environment().random(),
                    options.environment().wallClockMillis(),
                    loop.now(),
                    options.scratch().buffers());
        }
        return session;
    }

    /** The keys are there: media flows from now on, first what came early. */
    void start(SrtpSession keys) {
        srtp = keys;
        keys.useCryptex(cryptex, cryptex);
        for (Section section : sections.values()) {
            bind(section);
        }
        early.release(packet -> {
            if (Demux.classify(packet, 0, packet.length) == Demux.Kind.RTCP) {
                handleRtcp(packet, 0, packet.length, loop.now());
            } else {
                handleRtp(packet, 0, packet.length, loop.now());
            }
        });
    }

    /** Whether it has keys, or had them. */
    boolean isStarted() {
        return srtp != null || keysGone;
    }

    /** The association is over: nothing is sent or accepted any more. */
    void forgetKeys() {
        srtp = null;
        keysGone = true;
        early.clear();
        for (Section section : sections.values()) {
            bind(section);
        }
    }

    /** Another association takes over: {@link #start} follows. */
    void forgetOldKeys() {
        srtp = null;
        keysGone = false;
    }

    void handleRtp(byte[] data, int offset, int length, long now) {
        if (srtp == null) {
            keep(data, offset, length);
            return;
        }
        int plain = srtp.unprotectRtp(data, offset, length);
        if (plain < 0) {
            counters.srtpRejected++;
        } else if (session != null) {
            show(false, PacketTap.Protocol.RTP, data, offset, plain);
            session.handleRtp(data, offset, plain, now);
            // The packet event is a view of these bytes: it is taken before the next packet comes.
            handleEvents();
        }
    }

    void handleRtcp(byte[] data, int offset, int length, long now) {
        if (srtp == null) {
            keep(data, offset, length);
            return;
        }
        int plain = srtp.unprotectRtcp(data, offset, length);
        if (plain < 0) {
            counters.srtpRejected++;
        } else if (session != null) {
            show(false, PacketTap.Protocol.RTCP, data, offset, plain);
            session.handleRtcp(data, offset, plain, now);
        }
    }

    private void keep(byte[] data, int offset, int length) {
        if (keysGone) {
            counters.srtpRejected++;
            return;
        }
        early.keep(data, offset, length);
        counters.earlyMediaDropped = early.dropped();
    }

    void handleEvents() {
        RtpSession rtp = session;
        if (rtp == null) {
            return;
        }
        for (RtpEvent event = rtp.pollEvent(); event != null; event = rtp.pollEvent()) {
            if (event instanceof ReceivedPacket packet) {
                Section section = byReceiver.get(packet.receiverId);
                if (section != null) {
                    handlePacket(section, packet);
                }
            } else if (event instanceof RtpEvent.SenderReportReceived report) {
                Section section = byReceiver.get(report.receiverId());
                if (section != null) {
                    lipSync.onMoment(section.plan.receiver(), report.ssrc(), report.ntpTime(), report.rtpTimestamp());
                }
            } else if (event instanceof RtpEvent.StreamEnded ended) {
                onStreamEnded(ended);
            } else if (event instanceof RtpEvent.KeyFrameRequested request) {
                onKeyFrameRequested(request);
            } else if (event instanceof RtpEvent.SsrcChanged changed) {
                onSsrcChanged(changed);
            } else if (event instanceof RtpEvent.TargetBitrate target) {
                targetBps = target.bps();
                listener.onTransportBitrate(target.bps());
                shareOut(target.bps());
            }
        }
    }

    private void handlePacket(Section section, ReceivedPacket packet) {
        MediaReceiver receiver = section.plan.receiver();
        lipSync.refresh(packet.arrivalNanos);
        int captured = packet.extensionLength(FrameExtension.CAPTURE_TIME);
        if (captured > 0) {
            AbsoluteCaptureTime time = AbsoluteCaptureTime.parse(
                    packet.data, packet.extensionOffset(FrameExtension.CAPTURE_TIME), captured);
            if (time != null) {
                lipSync.onCapture(receiver, packet.ssrc, time.ntpTime(), packet.rtpTimestamp);
            }
        }
        if (receiver.handlePacket(packet)) {
            listener.onRemoteMedia(section.plan.mid());
        }
        int changes = receiver.takeSourceChanges();
        if (changes != 0) {
            listener.onRemoteSources(
                    section.plan.mid(),
                    (changes & HeardSources.SSRC_CHANGED) != 0,
                    (changes & HeardSources.CSRC_CHANGED) != 0);
        }
    }

    private void onStreamEnded(RtpEvent.StreamEnded ended) {
        Section section = byReceiver.get(ended.receiverId());
        if (section != null
                && section.receiving != null
                && section.receiving.sources().isEmpty()
                && section.plan.receiver().silence()) {
            listener.onRemoteSilence(section.plan.mid());
        }
    }

    private void onKeyFrameRequested(RtpEvent.KeyFrameRequested request) {
        for (Section section : sections.values()) {
            SendStream first = section.sending;
            if (first != null && first.id() == request.sendStreamId()) {
                listener.onKeyFrameRequest(
                        section.plan.mid(), first.parameters().rid());
            }
            for (SendStream layer : section.layers.values()) {
                if (layer.id() == request.sendStreamId()) {
                    listener.onKeyFrameRequest(
                            section.plan.mid(), layer.parameters().rid());
                }
            }
        }
    }

    /** RFC 3550 8.2: the stream has gone on under another source already; the descriptions must follow. */
    private void onSsrcChanged(RtpEvent.SsrcChanged changed) {
        for (Section section : sections.values()) {
            if (section.sending != null && section.sending.id() == changed.sendStreamId()) {
                section.collided = changed.oldSsrc();
                listener.onLocalSource(section.plan.mid(), changed.oldSsrc(), changed.newSsrc());
            }
        }
    }

    /** Audio gets what its encoders want at the most, video the rest in equal parts. */
    private void shareOut(long bps) {
        List<Section> audio = new ArrayList<>();
        List<Section> video = new ArrayList<>();
        for (Section section : sections.values()) {
            if (section.sending != null) {
                boolean isVideo = section.sending.parameters().codecs().get(0).clockRate() == VIDEO_CLOCK;
                (isVideo ? video : audio).add(section);
            }
        }
        long each = audio.isEmpty() ? 0 : Math.min(AUDIO_BPS, bps / audio.size());
        long rest = video.isEmpty() ? 0 : Math.max(0, bps - each * audio.size()) / video.size();
        audio.forEach(section -> target(section, each));
        video.forEach(section -> target(section, rest));
    }

    private void target(Section section, long bps) {
        // What protects the media comes out of the same rate.
        SendStream stream = section.sending;
        long media = stream == null ? bps : (long) (bps * (1 - stream.protectionShare()));
        section.targetBps = media;
        section.plan.sender().targetBps(media);
        listener.onTargetBitrate(section.plan.mid(), media);
    }

    /** Points {@link #outData()} at the next protected packet; false if there is none. */
    boolean pollTransmit() {
        RtpSession rtp = session;
        if (rtp == null) {
            return false;
        }
        while (rtp.pollTransmit(out, loop.now())) {
            SrtpSession keys = srtp;
            if (keys == null) {
                continue;
            }
            show(true, out.rtcp ? PacketTap.Protocol.RTCP : PacketTap.Protocol.RTP, out.data, out.offset, out.length);
            outLength = out.rtcp
                    ? keys.protectRtcp(out.data, out.offset, out.length)
                    : keys.protectRtp(out.data, out.offset, out.length);
            if (outLength >= 0) {
                return true;
            }
            counters.protectFailures++;
        }
        return false;
    }

    private void show(boolean outgoing, PacketTap.Protocol protocol, byte[] data, int offset, int length) {
        TapPoint tap = options.tap();
        if (tap != null) {
            tap.show(outgoing, protocol, data, offset, length, loop.now());
        }
    }

    byte[] outData() {
        return out.data;
    }

    int outOffset() {
        return out.offset;
    }

    int outLength() {
        return outLength;
    }

    void handleTimeout(long now) {
        if (session != null) {
            session.handleTimeout(now);
        }
    }

    long nextTimeout() {
        // Without keys no report could be sent, and without a path none is due.
        return session == null || srtp == null ? Time.NEVER : session.nextTimeout();
    }

    void sayGoodbye() {
        if (session != null) {
            session.close(loop.now());
        }
    }

    void close() {
        for (Section section : sections.values()) {
            section.plan.sender().bind(null, section.plan.limits(), () -> {}, () -> {});
            section.plan.sender().bindLayers(Map.of(), List.of());
            section.plan.receiver().close();
        }
        sections.clear();
        byReceiver.clear();
        early.clear();
    }

    private @Nullable LossReports sentLosses(@Nullable SendStream stream) {
        RtpSession rtp = session;
        return rtp == null || stream == null ? null : rtp.lossReportsReceived(stream.ssrc());
    }

    private Map<Long, LossReports> receivedLosses(@Nullable RtpReceiver receiver) {
        RtpSession rtp = session;
        if (rtp == null || receiver == null || !reportsStreams(receiver)) {
            return Map.of();
        }
        Map<Long, LossReports> result = new HashMap<>();
        receiver.sources().forEach(ssrc -> result.put(ssrc, rtp.lossReportsSent(ssrc)));
        return result;
    }

    private static boolean reportsStreams(RtpReceiver receiver) {
        return receiver.parameters().codecs().stream().anyMatch(RtpCodec::congestionFeedback);
    }

    /** Packets of feedback by source and number; null if nobody sends any. */
    TransportSnapshot.@Nullable StreamReports streamReports() {
        RtpSession rtp = session;
        boolean negotiated = sections.values().stream()
                .anyMatch(section -> (section.receiving != null && reportsStreams(section.receiving))
                        || sentLosses(section.sending) != null);
        return rtp == null || !negotiated
                ? null
                : new TransportSnapshot.StreamReports(rtp.streamReportsSent(), rtp.streamReportsReceived());
    }

    /** What all of them may send; -1 before congestion control says so. */
    long targetBps() {
        return targetBps;
    }

    /** Raw audio has an encoder here; whoever encodes elsewhere is told what may be sent. */
    private static long target(Section section) {
        long encoder = section.plan.sender().targetBitrateBps();
        return encoder > 0 ? encoder : section.layers.isEmpty() ? section.targetBps : -1;
    }

    List<TransportSnapshot.Media> snapshot() {
        List<TransportSnapshot.Media> result = new ArrayList<>(sections.size());
        for (Section section : sections.values()) {
            result.add(new TransportSnapshot.Media(
                    section.plan.mid(),
                    section.sending == null ? null : section.sending.parameters(),
                    section.sending == null ? null : section.sending.stats(),
                    section.receiving == null ? null : section.receiving.parameters(),
                    section.receiving == null ? List.of() : section.receiving.stats(),
                    section.plan.receiver().track().decoded().stats(),
                    section.plan.sender().dropped(),
                    section.plan.sender().pictures(),
                    section.plan.receiver().pictures(),
                    section.plan.receiver().track().decoded().assembled(),
                    sentLosses(section.sending),
                    receivedLosses(section.receiving),
                    target(section)));
            for (SendStream layer : section.layers.values()) {
                result.add(new TransportSnapshot.Media(
                        section.plan.mid(),
                        layer.parameters(),
                        layer.stats(),
                        null,
                        List.of(),
                        null,
                        0,
                        null,
                        0,
                        null,
                        sentLosses(layer),
                        Map.of(),
                        -1));
            }
        }
        return result;
    }
}
