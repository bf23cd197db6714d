package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsRole;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceRole;
import dev.yodel.sdp.Setup;
import dev.yodel.webrtc.RtpCodec;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.SdpType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an offer and its answer, taken together, mean for transports and formats (RFC 9429 5.11, RFC 9143 7, RFC 8842 5).
 * It does not decide about directions.
 */
final class AnswerOutcome {
    private final JsepState state;
    private final Applied local;
    private final SessionModel remote;
    private final boolean weOffered;
    private final SessionModel answer;

    AnswerOutcome(JsepState state, Applied local, Applied remote, boolean weOffered) {
        this.state = state;
        this.local = local;
        this.remote = remote.model();
        this.weOffered = weOffered;
        this.answer = weOffered ? remote.model() : local.model();
    }

    void apply(SdpType type) {
        boolean moves = state.movesTag(answer.bundle());
        for (int i = 0; i < answer.media().size(); i++) {
            TransceiverState transceiver = state.byIndex(i);
            boolean data = state.data.index() == i;
            MediaModel ours = local.model().at(i);
            MediaModel theirs = remote.at(i);
            if ((transceiver == null && !data)
                    || ours == null
                    || theirs == null
                    || answer.media().get(i).rejected()) {
                continue;
            }
            int owner = answer.transportOwner(i);
            int transport = local.transports().get(owner);
            if (transport < 0) {
                continue;
            }
            if (transceiver != null) {
                if (type == SdpType.ANSWER) {
                    narrow(transceiver, ours, theirs);
                }
                negotiated(transceiver, transport, media(transceiver, ours, theirs), type);
            } else {
                state.data = state.data.withTransport(transport).withNegotiated(data(ours, theirs));
            }
            if (owner == i) {
                boolean another = moves && answer.bundle().contains(String.valueOf(ours.mid()));
                join(transport, ours.transport(), theirs.transport(), another);
            }
        }
        state.bundleTag = answer.bundle().isEmpty() ? "" : answer.bundle().get(0);
        if (type == SdpType.ANSWER) {
            dropUnused();
        }
    }

    private void negotiated(TransceiverState transceiver, int transport, NegotiatedMedia media, SdpType type) {
        transceiver.association =
                transceiver.association.withTransport(transport).withMedia(media);
        forgetCodecs(transceiver);
        if (type == SdpType.ANSWER) {
            transceiver.extensions = Extensions.negotiated(transceiver.extensions, media.extensions());
            transceiver.extensionsNegotiated = true;
            remember(media.extensions());
        }
    }

    private void remember(List<HeaderExtension> extensions) {
        List<HeaderExtension> known = new ArrayList<>(state.knownExtensions);
        for (HeaderExtension extension : extensions) {
            if (known.stream().noneMatch(each -> each.id() == extension.id())) {
                known.add(extension);
            }
        }
        state.knownExtensions = List.copyOf(known);
    }

    /** W3C: a codec that an encoding asked for and that is negotiated away is forgotten. */
    private static void forgetCodecs(TransceiverState transceiver) {
        List<Codec> codecs = transceiver.association.media().sendCodecs();
        List<RtpEncodingParameters> encodings = new ArrayList<>();
        for (RtpEncodingParameters encoding : transceiver.encodings) {
            RtpCodec wanted = encoding.codec();
            boolean gone =
                    wanted != null && !codecs.isEmpty() && CodecMatch.find(transceiver.kind, codecs, wanted) == null;
            encodings.add(gone ? encoding.toBuilder().codec(null).build() : encoding);
        }
        transceiver.encodings = List.copyOf(encodings);
    }

    /**
     * W3C's steps to set a description: the answer can only take encodings away. One that lets nothing be sent says nothing
     * about them.
     */
    private void narrow(TransceiverState transceiver, MediaModel ours, MediaModel theirs) {
        transceiver.encodingsBefore = null;
        if (transceiver.rids().isEmpty()
                || !ours.direction().sends()
                || !theirs.direction().receives()) {
            return;
        }
        List<String> accepted =
                weOffered ? theirs.simulcast().receive() : ours.simulcast().send();
        List<RtpEncodingParameters> left = transceiver.encodings.stream()
                .filter(encoding -> accepted.contains(encoding.rid()))
                .toList();
        transceiver.encodings = left.isEmpty() ? List.of(transceiver.encodings.get(0)) : left;
    }

    private NegotiatedMedia media(TransceiverState transceiver, MediaModel ours, MediaModel theirs) {
        List<String> send = new ArrayList<>(transceiver.rids());
        send.retainAll(ours.simulcast().send());
        send.retainAll(theirs.simulcast().receive());
        List<String> receive = new ArrayList<>(theirs.simulcast().send());
        receive.retainAll(ours.simulcast().receive());
        return new NegotiatedMedia(
                // RFC 9429 5.3.1: an answer may name formats that were not offered; what we can send may be sent.
                CodecNegotiation.common(
                        theirs.codecs(),
                        Capabilities.withFec(
                                Capabilities.codecs(transceiver.kind), transceiver.kind, state.options.videoFec())),
                CodecNegotiation.common(ours.codecs(), theirs.codecs()),
                Extensions.common(ours, theirs),
                theirs.ssrcs(),
                theirs.repairs(),
                ours.reducedSizeRtcp() && theirs.reducedSizeRtcp(),
                ours.transport().cryptex() && theirs.transport().cryptex(),
                send,
                receive);
    }

    private static NegotiatedData data(MediaModel ours, MediaModel theirs) {
        DataModel local = Objects.requireNonNull(ours.data());
        DataModel remote = Objects.requireNonNull(theirs.data());
        String ourInit = local.sctpInit();
        String theirInit = remote.sctpInit();
        // Some peers that do not know it send our own line back: they open the association by a handshake.
        SctpInits inits = ourInit == null || theirInit == null || theirInit.equals(ourInit)
                ? null
                : new SctpInits(ourInit, theirInit);
        return new NegotiatedData(local.sctpPort(), remote.sctpPort(), remote.maxMessageBytes(), inits);
    }

    /** Joins both sides' parameters; with another association than before if that is wanted. */
    private void join(int id, TransportModel ours, TransportModel theirs, boolean another) {
        TransportState transport = state.transport(id);
        IceCredentials credentials = theirs.credentials();
        if (transport == null || credentials == null) {
            return;
        }
        // RFC 8445 6.1.1: the first offerer controls, unless the peer is lite, which never does; a later transport is
        // part of the same session, whoever offers it.
        boolean control = (weOffered || theirs.lite()) && (!ours.lite() || theirs.lite());
        IceRole role =
                transport.iceRole() != null ? transport.iceRole() : control ? IceRole.CONTROLLING : IceRole.CONTROLLED;
        transport = transport
                .withRemote(credentials, role)
                .withRemoteCandidates(theirs.candidates(), theirs.endOfCandidates());
        state.iceRole = role;
        DtlsRole dtls = dtlsRole(ours.setup(), theirs.setup());
        if (dtls != null && !theirs.fingerprints().isEmpty()) {
            boolean same =
                    !another && transport.fingerprints().equals(theirs.fingerprints()) && transport.dtlsRole() != null;
            transport = same ? transport : transport.withDtls(dtls, theirs.fingerprints());
        }
        state.replaceTransport(transport);
    }

    private @Nullable DtlsRole dtlsRole(@Nullable Setup ours, @Nullable Setup theirs) {
        Setup answered = weOffered ? theirs : ours;
        if (answered == Setup.ACTIVE) {
            return weOffered ? DtlsRole.SERVER : DtlsRole.CLIENT;
        }
        return answered == Setup.PASSIVE ? (weOffered ? DtlsRole.CLIENT : DtlsRole.SERVER) : null;
    }

    /** RFC 9143 7.4: transports of sections that went into a group, or were rejected, are given up. */
    private void dropUnused() {
        Set<Integer> used = new HashSet<>();
        for (TransceiverState transceiver : state.transceivers) {
            if (!transceiver.stopped) {
                used.add(transceiver.association.transport());
            }
        }
        used.add(state.data.transport());
        state.transports.removeIf(transport -> !used.contains(transport.id()));
    }
}
