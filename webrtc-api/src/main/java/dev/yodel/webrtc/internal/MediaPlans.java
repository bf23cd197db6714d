package dev.yodel.webrtc.internal;

import dev.yodel.rtp.HeaderExtensionIds;
import dev.yodel.rtp.ReceiveParameters;
import dev.yodel.rtp.RtpCodec;
import dev.yodel.rtp.SendStreamParameters;
import dev.yodel.sdp.Direction;
import dev.yodel.sdp.Fmtp;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.internal.jsep.Applied;
import dev.yodel.webrtc.internal.jsep.Association;
import dev.yodel.webrtc.internal.jsep.Codec;
import dev.yodel.webrtc.internal.jsep.CodecMatch;
import dev.yodel.webrtc.internal.jsep.HeaderExtension;
import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.MediaModel;
import dev.yodel.webrtc.internal.jsep.NegotiatedMedia;
import dev.yodel.webrtc.internal.jsep.TransceiverState;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.MediaPlan;
import dev.yodel.webrtc.internal.transport.MediaSectionPlan;
import dev.yodel.webrtc.internal.transport.SendLayer;
import dev.yodel.webrtc.internal.transport.SendLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a negotiated state means for the media of one transport. */
final class MediaPlans {
    private MediaPlans() {}

    static MediaPlan of(JsepState state, int transport, TransceiverSet transceivers) {
        List<MediaSectionPlan> sections = new ArrayList<>();
        boolean reduced = true;
        boolean cryptex = false;
        for (TransceiverState transceiver : state.transceivers()) {
            Association association = transceiver.association();
            Direction direction = transceiver.currentDirection();
            String mid = association.mid();
            boolean none = association.transport() != transport
                    || mid == null
                    || transceiver.stopping()
                    || transceiver.stopped();
            ReceiveParameters early = none ? null : early(state, transport, association);
            if (none || mid == null || (direction == null && early == null)) {
                continue;
            }
            TransceiverImpl ends = transceivers.get(transceiver.id());
            if (ends == null) {
                continue;
            }
            if (direction != null) {
                reduced &= association.media().reducedSizeRtcp();
                // Of bundled sections one may speak for all.
                cryptex |= association.media().cryptex();
            }
            sections.add(new MediaSectionPlan(
                    mid,
                    direction == null ? null : send(transceiver, direction, mid),
                    limits(transceiver.encodings().get(0)),
                    layers(transceiver),
                    early != null || direction == null ? early : receive(transceiver, direction, mid),
                    association.remoteStreams(),
                    ends.sender().media(),
                    ends.receiver().media()));
        }
        return sections.isEmpty() ? MediaPlan.EMPTY : new MediaPlan(sections, reduced, cryptex);
    }

    private static @Nullable SendStreamParameters send(TransceiverState transceiver, Direction direction, String mid) {
        NegotiatedMedia media = transceiver.association().media();
        if (!direction.sends() || media.sendCodecs().isEmpty()) {
            return null;
        }
        boolean repairs = media.sendCodecs().stream().anyMatch(Codec::isRtx);
        // A layer of a simulcast is not announced with a source, so no parity can name it.
        boolean parity = media.sendRids().isEmpty()
                && media.sendCodecs().stream().anyMatch(codec -> codec.name().equalsIgnoreCase("flexfec-03"));
        return new SendStreamParameters(
                transceiver.ssrc(),
                repairs ? transceiver.rtxSsrc() : SendStreamParameters.NO_SSRC,
                parity ? transceiver.fecSsrc() : SendStreamParameters.NO_SSRC,
                mid,
                media.sendRids().isEmpty() ? null : media.sendRids().get(0),
                codecs(transceiver.kind(), preferred(transceiver)),
                extensions(media, true));
    }

    /** The codec that the application chose for sending comes first. */
    private static List<Codec> preferred(TransceiverState transceiver) {
        List<Codec> codecs = transceiver.association().media().sendCodecs();
        var wanted = transceiver.encodings().get(0).codec();
        Codec chosen = wanted == null ? null : CodecMatch.find(transceiver.kind(), codecs, wanted);
        if (chosen == null) {
            return codecs;
        }
        List<Codec> result = new ArrayList<>(codecs);
        result.remove(chosen);
        result.add(0, chosen);
        return result;
    }

    /** RFC 8853: what is sent beside the first layer. */
    private static List<SendLayer> layers(TransceiverState transceiver) {
        List<String> rids = transceiver.association().media().sendRids();
        List<SendLayer> layers = new ArrayList<>();
        for (RtpEncodingParameters encoding : transceiver.encodings()) {
            String rid = encoding.rid();
            if (rid != null && rids.indexOf(rid) > 0) {
                layers.add(new SendLayer(rid, limits(encoding)));
            }
        }
        return layers;
    }

    private static SendLimits limits(RtpEncodingParameters encoding) {
        Long bitrate = encoding.maxBitrate();
        Integer ptime = encoding.ptime();
        return new SendLimits(
                encoding.active(), bitrate == null ? SendLimits.NO_LIMIT : bitrate, ptime == null ? 0 : ptime);
    }

    private static @Nullable ReceiveParameters receive(TransceiverState transceiver, Direction direction, String mid) {
        NegotiatedMedia media = transceiver.association().media();
        if (!direction.receives()
                || !transceiver.association().receptive()
                || media.receiveCodecs().isEmpty()) {
            return null;
        }
        return new ReceiveParameters(
                mid,
                codecs(transceiver.kind(), media.receiveCodecs()),
                new HashSet<>(media.remoteSsrcs()),
                media.remoteRepairs(),
                receivedRids(media),
                extensions(media, false));
    }

    private static List<String> receivedRids(NegotiatedMedia media) {
        List<String> rids = media.receiveRids();
        return rids.size() <= ReceiveParameters.MAX_RIDS ? rids : rids.subList(0, ReceiveParameters.MAX_RIDS);
    }

    /**
     * RFC 9429 5.7: what we have offered to receive may come before the answer, where there is a transport already.
     * Null if it is received by what was agreed before.
     */
    private static @Nullable ReceiveParameters early(JsepState state, int transport, Association association) {
        Applied offer = state.signaling() == SignalingState.HAVE_LOCAL_OFFER ? state.pendingLocal() : null;
        TransportState standing = state.transport(transport);
        Direction direction = association.current();
        boolean agreed = direction != null && direction.receives();
        String mid = association.mid();
        if (offer == null
                || agreed
                || mid == null
                || !association.receptive()
                || standing == null
                || standing.remote() == null) {
            return null;
        }
        MediaModel section = offer.model().media().get(association.index());
        MediaKind kind = section.mediaKind();
        if (kind == null || section.codecs().isEmpty()) {
            return null;
        }
        Map<String, Integer> ids = new HashMap<>();
        for (HeaderExtension extension : section.extensions()) {
            if (extension.direction().receives()) {
                ids.put(extension.uri(), extension.id());
            }
        }
        return new ReceiveParameters(
                mid, codecs(kind, section.codecs()), Set.of(), Map.of(), List.of(), HeaderExtensionIds.of(ids));
    }

    private static HeaderExtensionIds extensions(NegotiatedMedia media, boolean sending) {
        Map<String, Integer> ids = new HashMap<>();
        for (HeaderExtension extension : media.extensions()) {
            if (sending ? extension.direction().sends() : extension.direction().receives()) {
                ids.put(extension.uri(), extension.id());
            }
        }
        return HeaderExtensionIds.of(ids);
    }

    private static List<RtpCodec> codecs(MediaKind kind, List<Codec> codecs) {
        List<RtpCodec> result = new ArrayList<>();
        for (Codec codec : codecs) {
            int channels = kind == MediaKind.VIDEO ? 1 : codec.channels();
            result.add(new RtpCodec(
                    codec.payloadType(),
                    codec.name(),
                    codec.clockRateHz(),
                    channels,
                    new Fmtp(Integer.toString(codec.payloadType()), codec.parameters()).parameterMap(),
                    new HashSet<>(codec.feedback())));
        }
        return result;
    }
}
