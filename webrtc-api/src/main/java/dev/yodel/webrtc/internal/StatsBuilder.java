package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceStats;
import dev.yodel.io.Time;
import dev.yodel.media.JitterBufferStats;
import dev.yodel.media.loop.AudioReceivePipeline;
import dev.yodel.rtp.LossReports;
import dev.yodel.rtp.ReceiveParameters;
import dev.yodel.rtp.ReceiveStreamStats;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.rtp.SendStreamStats;
import dev.yodel.srtp.SrtpProfile;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.Stats;
import dev.yodel.webrtc.internal.jsep.Codec;
import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.NegotiatedMedia;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.DataSnapshot;
import dev.yodel.webrtc.internal.transport.LocalAudioTrack;
import dev.yodel.webrtc.internal.transport.PictureAssembly;
import dev.yodel.webrtc.internal.transport.PictureCount;
import dev.yodel.webrtc.internal.transport.SourceLevel;
import dev.yodel.webrtc.internal.transport.TransportSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes snapshots in the keys of webrtc-stats. */
final class StatsBuilder {
    private final double timestamp;
    private final WallTime wallTime;
    private final Signaling signaling;
    private final Map<String, Stats> entries = new LinkedHashMap<>();
    private long channelsOpened;
    private long channelsClosed;

    StatsBuilder(double timestamp, PeerConnectionImpl connection) {
        this.timestamp = timestamp;
        this.wallTime = connection.factory().wallTime();
        this.signaling = connection.signaling();
    }

    Map<String, Stats> entries() {
        return entries;
    }

    private String add(String id, String type, Map<String, Object> members) {
        entries.put(id, new Stats(id, type, timestamp, members));
        return id;
    }

    private static Map<String, Object> members() {
        return new LinkedHashMap<>();
    }

    private static void put(Map<String, Object> members, String key, @Nullable Object value) {
        if (value != null) {
            members.put(key, value);
        }
    }

    void connection(int transports) {
        Map<String, Object> members = members();
        members.put("dataChannelsOpened", channelsOpened);
        members.put("dataChannelsClosed", channelsClosed);
        members.put("yodelTransports", transports);
        add("P", "peer-connection", members);
    }

    /** The channels of a transport; call it before {@link #connection}. */
    private void channels(int transport, DataSnapshot data) {
        channelsOpened += data.opened();
        channelsClosed += data.closed();
        for (DataSnapshot.Channel channel : data.channels()) {
            Map<String, Object> members = members();
            members.put("label", channel.parameters().label());
            members.put("protocol", channel.parameters().protocol());
            members.put("dataChannelIdentifier", channel.id());
            members.put("state", channel.over() ? "closed" : "open");
            members.put("messagesSent", channel.messagesSent());
            members.put("bytesSent", channel.bytesSent());
            members.put("messagesReceived", channel.messagesReceived());
            members.put("bytesReceived", channel.bytesReceived());
            add("D" + transport + "_" + channel.id(), "data-channel", members);
        }
    }

    void transport(TransportHandle handle, TransportSnapshot snapshot, JsepState state) {
        String id = "T" + handle.id();
        DataSnapshot data = snapshot.data();
        if (data != null) {
            channels(handle.id(), data);
        }
        Map<String, Object> members = members();
        members.put("packetsSent", snapshot.counters().packetsSent);
        members.put("bytesSent", snapshot.counters().bytesSent);
        members.put("dtlsState", handle.dtls().state().toString());
        members.put("iceState", handle.ice().state().toString());
        members.put("iceRole", handle.ice().role().toString());
        if (snapshot.iceNanos() >= 0) {
            members.put("yodelIceSeconds", snapshot.iceNanos() / 1e9);
        }
        if (snapshot.dtlsNanos() >= 0) {
            members.put("yodelDtlsSeconds", snapshot.dtlsNanos() / 1e9);
        }
        TransportState negotiated = state.transport(handle.id());
        members.put("dtlsRole", role(negotiated));
        put(
                members,
                "iceLocalUsernameFragment",
                negotiated == null ? null : negotiated.local().ufrag());
        members.put("localCertificateId", certificate(id + "L", handle.localCertificate()));
        String selected = snapshot.ice().selectedPairId();
        put(members, "selectedCandidatePairId", selected == null ? null : id(id, selected));
        members.put("selectedCandidatePairChanges", snapshot.ice().selectedPairChanges());
        members.put("packetsReceived", snapshot.counters().packetsReceived);
        members.put("bytesReceived", snapshot.counters().bytesReceived);
        TransportSnapshot.StreamReports reports = snapshot.streamReports();
        if (reports != null) {
            members.put("ccfbMessagesSent", reports.sent());
            members.put("ccfbMessagesReceived", reports.received());
        }
        DtlsEvent.Connected association = snapshot.association();
        if (association != null) {
            members.put("tlsVersion", association.tlsVersion());
            members.put("dtlsCipher", association.cipher());
            members.put("dtlsRole", association.role().toString());
            for (SrtpProfile profile : SrtpProfile.values()) {
                if (profile.id() == association.srtpProfile()) {
                    members.put("srtpCipher", profile.toString());
                }
            }
            if (!association.peerCertificates().isEmpty()) {
                members.put(
                        "remoteCertificateId",
                        certificate(id + "R", association.peerCertificates().get(0)));
            }
        }
        pairs(id, snapshot);
        add(id, "transport", members);
        for (TransportSnapshot.Media media : snapshot.media()) {
            media(id, media, state);
        }
    }

    /** webrtc-stats 8.12: unknown before the answer. */
    private static String role(@Nullable TransportState negotiated) {
        return negotiated == null || negotiated.dtlsRole() == null
                ? "unknown"
                : negotiated.dtlsRole().toString();
    }

    private static String id(String transport, String ours) {
        return transport + ours;
    }

    private void pairs(String transport, TransportSnapshot snapshot) {
        IceStats ice = snapshot.ice();
        for (IceStats.CandidateStats candidate : ice.local()) {
            candidate("local-candidate", transport, candidate);
        }
        for (IceStats.CandidateStats candidate : ice.remote()) {
            candidate("remote-candidate", transport, candidate);
        }
        for (IceStats.PairStats pair : ice.pairs()) {
            Map<String, Object> members = members();
            members.put("transportId", transport);
            members.put("localCandidateId", id(transport, pair.localId()));
            members.put("remoteCandidateId", id(transport, pair.remoteId()));
            members.put("state", pair.state().toString());
            members.put("nominated", pair.nominated());
            members.put("packetsSent", pair.packetsSent());
            members.put("packetsReceived", pair.packetsReceived());
            members.put("bytesSent", pair.bytesSent());
            members.put("bytesReceived", pair.bytesReceived());
            members.put("packetsDiscardedOnSend", pair.packetsDiscardedOnSend());
            members.put("bytesDiscardedOnSend", pair.bytesDiscardedOnSend());
            if (pair.packetsSent() > 0) {
                members.put("lastPacketSentTimestamp", wallTime.millis(pair.lastPacketSentNanos()));
            }
            if (pair.packetsReceived() > 0) {
                members.put("lastPacketReceivedTimestamp", wallTime.millis(pair.lastPacketReceivedNanos()));
            }
            if (snapshot.targetBps() >= 0 && pair.id().equals(ice.selectedPairId())) {
                members.put("availableOutgoingBitrate", snapshot.targetBps());
            }
            if (pair.currentRoundTripTimeNanos() >= 0) {
                members.put("currentRoundTripTime", pair.currentRoundTripTimeNanos() / 1e9);
            }
            members.put("totalRoundTripTime", pair.totalRoundTripTimeNanos() / 1e9);
            members.put("requestsSent", pair.requestsSent());
            members.put("requestsReceived", pair.requestsReceived());
            members.put("responsesSent", pair.responsesSent());
            members.put("responsesReceived", pair.responsesReceived());
            members.put("consentRequestsSent", pair.consentRequestsSent());
            add(id(transport, pair.id()), "candidate-pair", members);
        }
    }

    private void candidate(String type, String transport, IceStats.CandidateStats stats) {
        Candidate candidate = stats.candidate();
        Map<String, Object> members = members();
        members.put("transportId", transport);
        members.put("address", candidate.address());
        members.put("port", candidate.port());
        members.put("protocol", candidate.protocol().toString());
        members.put("candidateType", candidate.type().toString());
        members.put("priority", candidate.priority());
        members.put("foundation", candidate.foundation());
        put(members, "relatedAddress", candidate.relatedAddress());
        if (candidate.relatedAddress() != null) {
            members.put("relatedPort", candidate.relatedPort());
        }
        put(members, "usernameFragment", candidate.ufrag());
        if (candidate.tcpType() != null) {
            members.put("tcpType", candidate.tcpType().toString());
        }
        if (!stats.url().isEmpty()) {
            members.put("url", stats.url());
            put(members, "relayProtocol", relayProtocol(candidate.type(), stats.url()));
        }
        add(id(transport, stats.id()), type, members);
    }

    /** webrtc-stats 8.13: how we speak with the TURN server. */
    private static @Nullable String relayProtocol(CandidateType type, String url) {
        if (type != CandidateType.RELAY || !url.startsWith("turn")) {
            return null;
        }
        if (url.startsWith("turns:")) {
            return "tls";
        }
        return url.endsWith("transport=tcp") ? "tcp" : "udp";
    }

    private String certificate(String id, byte[] der) {
        DtlsFingerprint fingerprint = DtlsFingerprint.of("sha-256", der);
        Map<String, Object> members = members();
        members.put("fingerprint", fingerprint.value());
        members.put("fingerprintAlgorithm", fingerprint.algorithm());
        members.put("base64Certificate", java.util.Base64.getEncoder().encodeToString(der));
        return add("C" + id, "certificate", members);
    }

    private void media(String transport, TransportSnapshot.Media media, JsepState state) {
        MediaKind kind = kindOf(media.mid(), state);
        SendStreamParameters sending = media.sendParameters();
        SendStreamStats sent = media.sent();
        if (sending != null && sent != null) {
            Map<String, Object> members = stream(transport, kind, sent.ssrc(), media.mid());
            String codecId = codec(transport, kind, sending.codecs().get(0), media.mid());
            members.put("codecId", codecId);
            put(members, "rid", sending.rid());
            if (sending.rtxSsrc() != SendStreamParameters.NO_SSRC) {
                members.put("rtxSsrc", sending.rtxSsrc());
            }
            members.put("packetsSent", sent.packetsSent());
            members.put("bytesSent", sent.bytesSent());
            members.put("headerBytesSent", sent.headerBytesSent());
            members.put("retransmittedPacketsSent", sent.retransmittedPacketsSent());
            members.put("retransmittedBytesSent", sent.retransmittedBytesSent());
            if (hasFec(sending.codecs())) {
                members.put("yodelFecPacketsSent", sent.parityPacketsSent());
                members.put("yodelFecBytesSent", sent.parityBytesSent());
            }
            members.put("totalPacketSendDelay", sent.packetSendDelaySeconds());
            if (media.targetBps() >= 0) {
                members.put("targetBitrate", media.targetBps());
            }
            members.put("nackCount", sent.nackCount());
            members.put("pliCount", sent.pliCount());
            members.put("firCount", sent.firCount());
            members.put("yodelDropped", media.dropped());
            source(members, media, kind);
            put(members, "remoteId", remoteInbound(transport, kind, sent, codecId, media.sentLosses()));
            add("O" + transport + sent.ssrc(), "outbound-rtp", members);
        }
        ReceiveParameters receiving = media.receiveParameters();
        ReceiveStreamStats played = played(media.received());
        for (ReceiveStreamStats received : media.received()) {
            Map<String, Object> members = stream(transport, kind, received.ssrc(), media.mid());
            if (receiving != null) {
                for (RtpCodec codec : receiving.codecs()) {
                    if (codec.payloadType() == received.payloadType()) {
                        members.put("codecId", codec(transport, kind, codec, media.mid()));
                    }
                }
            }
            TransceiverImpl receiver = signaling.transceivers().byMid(media.mid());
            if (receiver != null) {
                members.put("trackIdentifier", receiver.receiver().track().id());
            }
            if (received.lastPacketReceivedNanos() != Time.NEVER) {
                members.put("lastPacketReceivedTimestamp", wallTime.millis(received.lastPacketReceivedNanos()));
            }
            members.put("packetsReceived", received.packetsReceived());
            members.put("bytesReceived", received.bytesReceived());
            members.put("headerBytesReceived", received.headerBytesReceived());
            members.put("packetsLost", received.packetsLost());
            losses(members, media.receivedLosses().get(received.ssrc()));
            members.put("yodelPacketsDuplicated", received.packetsDuplicated());
            members.put("jitter", received.jitterSeconds());
            members.put("retransmittedPacketsReceived", received.retransmittedPacketsReceived());
            members.put("retransmittedBytesReceived", received.retransmittedBytesReceived());
            put(
                    members,
                    "rtxSsrc",
                    receiving == null ? null : receiving.rtxSsrcs().get(received.ssrc()));
            members.put("yodelRebuiltPackets", received.rebuiltPackets());
            if (receiving != null && hasFec(receiving.codecs())) {
                members.put("fecPacketsReceived", received.parityPackets());
                members.put("fecBytesReceived", received.parityBytes());
                members.put("fecPacketsDiscarded", received.parityDiscarded());
            }
            members.put("nackCount", received.nackCount());
            members.put("pliCount", received.pliCount());
            members.put("firCount", received.firCount());
            if (played != null && received.ssrc() == played.ssrc()) {
                if (kind == MediaKind.AUDIO) {
                    heard(members, media.heard(), receiving);
                } else {
                    // Pictures are decoded by the application, out of sight.
                    members.put("framesReceived", media.receivedPictures());
                    members.put("framesDecoded", 0);
                    members.put("framesDropped", 0);
                    PictureAssembly.Snapshot assembled = media.assembled();
                    if (assembled != null) {
                        members.put("framesAssembledFromMultiplePackets", assembled.frames());
                        members.put("totalAssemblyTime", assembled.seconds());
                        members.put("jitterBufferEmittedCount", assembled.shown());
                        members.put("jitterBufferDelay", assembled.delaySeconds());
                        members.put("jitterBufferTargetDelay", assembled.targetDelaySeconds());
                        members.put("jitterBufferMinimumDelay", assembled.minimumDelaySeconds());
                    }
                }
            }
            put(members, "remoteId", remoteOutbound(transport, kind, received, members.get("codecId")));
            add("I" + transport + received.ssrc(), "inbound-rtp", members);
        }
    }

    /** RFC 8888: what feedback by source and number said. */
    private static void losses(Map<String, Object> members, @Nullable LossReports losses) {
        if (losses != null) {
            members.put("packetsReportedAsLost", losses.lost());
            members.put("packetsReportedAsLostButRecovered", losses.recovered());
        }
    }

    /**
     * The one stream that the section's decoder plays: the active one, else the last that ended; null if that is not
     * clear.
     */
    private static @Nullable ReceiveStreamStats played(List<ReceiveStreamStats> received) {
        ReceiveStreamStats played = null;
        int active = 0;
        for (ReceiveStreamStats stream : received) {
            active += stream.active() ? 1 : 0;
            if (played == null
                    || stream.active()
                    || (active == 0 && stream.lastPacketReceivedNanos() > played.lastPacketReceivedNanos())) {
                played = stream;
            }
        }
        return active <= 1 ? played : null;
    }

    private static boolean hasFec(List<RtpCodec> codecs) {
        return codecs.stream().anyMatch(codec -> codec.isUlpfec() || codec.isFlexfec());
    }

    /** The sender's track as media-source, and what W3C's encoding parameters say. */
    private void source(Map<String, Object> outbound, TransportSnapshot.Media media, MediaKind kind) {
        TransceiverImpl transceiver = signaling.transceivers().byMid(media.mid());
        if (transceiver == null) {
            return;
        }
        int index = 0;
        for (int i = 0; i < transceiver.state().encodings().size(); i++) {
            String rid = transceiver.state().encodings().get(i).rid();
            index = rid != null && rid.equals(outbound.get("rid")) ? i : index;
        }
        PictureCount.Snapshot pictures = media.sentPictures();
        if (kind == MediaKind.VIDEO) {
            outbound.put("encodingIndex", index);
            outbound.put("framesSent", pictures == null ? 0L : pictures.frames());
            outbound.put("framesEncoded", pictures == null ? 0L : pictures.frames());
            outbound.put("keyFramesEncoded", pictures == null ? 0L : pictures.keyFrames());
            outbound.put("hugeFramesSent", pictures == null ? 0L : pictures.huge());
            if (pictures != null && pictures.width() > 0) {
                outbound.put("frameWidth", pictures.width());
                outbound.put("frameHeight", pictures.height());
            }
        }
        outbound.put("active", transceiver.state().encodings().get(index).active());
        MediaStreamTrack track = transceiver.sender().track();
        if (track != null) {
            Map<String, Object> members = members();
            members.put("trackIdentifier", track.id());
            members.put("kind", kind.toString());
            if (pictures != null) {
                members.put("frames", pictures.frames());
                members.put("framesPerSecond", pictures.perSecond());
                if (pictures.width() > 0) {
                    members.put("width", pictures.width());
                    members.put("height", pictures.height());
                }
            }
            if (track instanceof LocalAudioTrack audio) {
                SourceLevel.Snapshot level = audio.level().snapshot();
                members.put("audioLevel", level.level());
                members.put("totalAudioEnergy", level.energy());
                members.put("totalSamplesDuration", level.seconds());
            }
            outbound.put("mediaSourceId", add("S" + transceiver.id(), "media-source", members));
        }
    }

    /** What jitter buffer and decoder know; they exist while somebody listens to decoded audio. */
    private static void heard(
            Map<String, Object> members,
            AudioReceivePipeline.@Nullable Stats heard,
            @Nullable ReceiveParameters receiving) {
        if (heard == null || receiving == null) {
            // Nothing is played, so nothing is late, and no sample has been heard.
            members.put("packetsDiscarded", 0);
            members.put("totalSamplesReceived", 0);
            members.put("totalSamplesDuration", 0.0);
            members.put("totalAudioEnergy", 0.0);
            return;
        }
        JitterBufferStats buffer = heard.jitterBuffer();
        members.put("jitterBufferDelay", buffer.delaySeconds());
        members.put("jitterBufferTargetDelay", buffer.targetDelaySeconds());
        members.put("jitterBufferMinimumDelay", buffer.minimumDelaySeconds());
        members.put("jitterBufferEmittedCount", buffer.emittedTicks());
        members.put("yodelJitterBufferTargetSeconds", buffer.targetDelayNanos() / 1e9);
        members.put("packetsDiscarded", buffer.late() + buffer.discarded());
        members.put("concealedSamples", buffer.concealedTicks());
        // W3C webrtc-stats: for audio the packets count too that bring a description of the one before them (Opus).
        count(members, "fecPacketsReceived", buffer.describing());
        count(members, "fecPacketsDiscarded", buffer.describedInVain());
        members.put("silentConcealedSamples", heard.silentConcealedTicks());
        members.put("concealmentEvents", buffer.concealments());
        members.put("insertedSamplesForDeceleration", heard.insertedFrames());
        members.put("removedSamplesForAcceleration", heard.removedFrames());
        members.put("totalSamplesReceived", heard.totalFrames());
        members.put("totalAudioEnergy", heard.totalEnergy());
        members.put(
                "totalSamplesDuration",
                heard.totalFrames() / (double) receiving.codecs().get(0).clockRate());
        members.put("audioLevel", Math.pow(10, -heard.level() / 20.0));
    }

    /** Adds to what stands there. */
    private static void count(Map<String, Object> members, String name, long more) {
        Object before = members.get(name);
        members.put(name, more + (before instanceof Number number ? number.longValue() : 0L));
    }

    private static MediaKind kindOf(String mid, JsepState state) {
        for (TransceiverState transceiver : state.transceivers()) {
            if (mid.equals(transceiver.association().mid())) {
                return transceiver.kind();
            }
        }
        return MediaKind.AUDIO;
    }

    private static Map<String, Object> stream(String transport, MediaKind kind, long ssrc, @Nullable String mid) {
        Map<String, Object> members = members();
        members.put("ssrc", ssrc);
        members.put("kind", kind.toString());
        members.put("transportId", transport);
        put(members, "mid", mid);
        return members;
    }

    private String codec(String transport, MediaKind kind, RtpCodec codec, String mid) {
        Map<String, Object> members = members();
        members.put("payloadType", codec.payloadType());
        members.put("transportId", transport);
        members.put("mimeType", kind + "/" + codec.name());
        members.put("clockRate", codec.clockRate());
        String line = line(mid, codec);
        if (!line.isEmpty()) {
            members.put("sdpFmtpLine", line);
        }
        if (kind == MediaKind.AUDIO) {
            members.put("channels", codec.channels());
        }
        return add("K" + transport + codec.payloadType(), "codec", members);
    }

    /** The format's parameters as the description has them (RFC 8866 6.15). */
    private String line(String mid, RtpCodec codec) {
        for (TransceiverState transceiver : signaling.state().transceivers()) {
            if (!mid.equals(transceiver.association().mid())) {
                continue;
            }
            NegotiatedMedia media = transceiver.association().media();
            for (List<Codec> codecs : List.of(media.sendCodecs(), media.receiveCodecs())) {
                for (Codec one : codecs) {
                    if (one.payloadType() == codec.payloadType() && one.name().equalsIgnoreCase(codec.name())) {
                        return one.parameters();
                    }
                }
            }
        }
        return "";
    }

    /** NTP's seconds since 1900 as milliseconds since 1970. */
    private static double remoteMillis(long ntpTime) {
        return ((ntpTime >>> 32) - 2_208_988_800L) * 1e3 + (ntpTime & 0xffff_ffffL) * 1e3 / (1L << 32);
    }

    private @Nullable String remoteInbound(
            String transport, MediaKind kind, SendStreamStats sent, String codecId, @Nullable LossReports losses) {
        SendStreamStats.RemoteInbound remote = sent.remote();
        if (remote == null) {
            return null;
        }
        Map<String, Object> members = stream(transport, kind, sent.ssrc(), null);
        members.put("codecId", codecId);
        members.put("localId", "O" + transport + sent.ssrc());
        members.put("packetsReceived", remote.packetsReceived());
        members.put("packetsLost", remote.packetsLost());
        losses(members, losses);
        members.put("fractionLost", remote.fractionLost());
        members.put("jitter", remote.jitterSeconds());
        if (remote.roundTripTimeSeconds() >= 0) {
            members.put("roundTripTime", remote.roundTripTimeSeconds());
        }
        members.put("totalRoundTripTime", remote.totalRoundTripTimeSeconds());
        members.put("roundTripTimeMeasurements", remote.roundTripTimeMeasurements());
        return add("RI" + transport + sent.ssrc(), "remote-inbound-rtp", members);
    }

    private @Nullable String remoteOutbound(
            String transport, MediaKind kind, ReceiveStreamStats received, @Nullable Object codecId) {
        ReceiveStreamStats.RemoteOutbound remote = received.remote();
        if (remote == null) {
            return null;
        }
        Map<String, Object> members = stream(transport, kind, received.ssrc(), null);
        put(members, "codecId", codecId);
        members.put("localId", "I" + transport + received.ssrc());
        members.put("packetsSent", remote.packetsSent());
        members.put("bytesSent", remote.bytesSent());
        members.put("remoteTimestamp", remoteMillis(remote.ntpTime()));
        members.put("reportsSent", remote.reportsSent());
        if (remote.roundTripTimeSeconds() >= 0) {
            members.put("roundTripTime", remote.roundTripTimeSeconds());
        }
        members.put("totalRoundTripTime", remote.totalRoundTripTimeSeconds());
        members.put("roundTripTimeMeasurements", remote.roundTripTimeMeasurements());
        return add("RO" + transport + received.ssrc(), "remote-outbound-rtp", members);
    }
}
