package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.ice.IceCredentials;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a remote description may be applied to this connection now (RFC 9429 5.6, 5.8, 5.10). It changes nothing.
 */
final class RemoteChecks {
    private RemoteChecks() {}

    /** RFC 8826 and RFC 8834 4.1: media goes over DTLS-SRTP or not at all (threat S08). */
    static boolean isSecureRtp(String protocol) {
        return protocol.equals("UDP/TLS/RTP/SAVPF")
                || protocol.equals("UDP/TLS/RTP/SAVP")
                || protocol.equals("TCP/DTLS/RTP/SAVPF")
                || protocol.equals("TCP/DTLS/RTP/SAVP")
                || protocol.equals("RTP/SAVPF")
                || protocol.equals("RTP/SAVP");
    }

    /** W3C's first check: may a description of this type come in this state? */
    static void state(JsepState state, SdpType type, boolean remote) {
        SignalingState now = state.signaling;
        boolean right =
                switch (type) {
                    case OFFER ->
                        now == SignalingState.STABLE
                                || now == (remote ? SignalingState.HAVE_REMOTE_OFFER : SignalingState.HAVE_LOCAL_OFFER);
                    case ANSWER, PRANSWER ->
                        remote
                                ? now == SignalingState.HAVE_LOCAL_OFFER || now == SignalingState.HAVE_REMOTE_PRANSWER
                                : now == SignalingState.HAVE_REMOTE_OFFER || now == SignalingState.HAVE_LOCAL_PRANSWER;
                    case ROLLBACK ->
                        now == (remote ? SignalingState.HAVE_REMOTE_OFFER : SignalingState.HAVE_LOCAL_OFFER);
                };
        if (!right) {
            throw new InvalidStateException("a " + (remote ? "remote " : "local ") + type
                    + " cannot be set in signaling state " + now + expectation(type, remote));
        }
    }

    static void createOffer(JsepState state) {
        if (state.signaling != SignalingState.STABLE && state.signaling != SignalingState.HAVE_LOCAL_OFFER) {
            throw new InvalidStateException("an offer cannot be created in signaling state " + state.signaling
                    + "; answer the remote offer, or roll it back, first");
        }
    }

    static void createAnswer(JsepState state) {
        if (state.signaling != SignalingState.HAVE_REMOTE_OFFER
                && state.signaling != SignalingState.HAVE_LOCAL_PRANSWER) {
            throw new InvalidStateException("an answer cannot be created in signaling state " + state.signaling
                    + "; set the remote offer first");
        }
    }

    private static String expectation(SdpType type, boolean remote) {
        return switch (type) {
            case OFFER -> "; finish the exchange that is under way, or roll it back, first";
            case ANSWER, PRANSWER ->
                remote ? "; set the local offer that it answers first" : "; set the remote offer that it answers first";
            case ROLLBACK -> "; only an offer that waits for its answer can be rolled back, by the method that set it";
        };
    }

    static void offer(JsepState state, SessionModel model) {
        Applied before = state.currentRemote != null ? state.currentRemote : state.currentLocal;
        if (before != null) {
            sameSections(state, before.model(), model);
        }
        sections(state, model, false);
    }

    static void answer(JsepState state, SessionModel model) {
        SessionModel offer = Objects.requireNonNull(state.pendingLocal).model();
        if (offer.media().size() != model.media().size()) {
            throw new InvalidAccessException("the answer has " + model.media().size() + " m-sections and the offer "
                    + offer.media().size() + "; an answer keeps their number and order (RFC 9429 5.10)");
        }
        for (int i = 0; i < offer.media().size(); i++) {
            MediaModel ours = offer.media().get(i);
            MediaModel theirs = model.media().get(i);
            if (!ours.kind().equals(theirs.kind())) {
                throw new InvalidAccessException("m-section " + i + " of the answer is " + theirs.kind()
                        + " and was offered as " + ours.kind() + "; an answer keeps the order of the offer");
            }
            if (theirs.mid() != null && !theirs.mid().equals(ours.mid())) {
                throw new InvalidAccessException("m-section " + i + " of the answer has mid " + theirs.mid()
                        + " and was offered with mid " + ours.mid() + "; an answer keeps the mids of the offer");
            }
            if (ours.isData() && !theirs.rejected() && !theirs.isData()) {
                throw new InvalidAccessException("m-section " + i + " of the answer is for " + theirs.formats()
                        + " and data channels were offered (RFC 8841 4)");
            }
            fittingDirection(ours, theirs, i);
            sameExtensionIds(ours, theirs, i);
            if (ours.rejected() && !theirs.rejected()) {
                throw new InvalidAccessException(
                        "m-section " + i + " of the answer accepts what the offer has switched off (RFC 3264 6)");
            }
        }
        for (String mid : model.bundle()) {
            if (!offer.bundle().contains(mid)) {
                throw new InvalidAccessException("the answer bundles mid " + mid
                        + ", which the offer's BUNDLE group does not have (RFC 9143 7.3)");
            }
        }
        sections(state, model, true);
        sameGeneration(state, model);
    }

    /** RFC 3264 6.1: an answer sends only what the offer receives, and receives only what it sends. */
    private static void fittingDirection(MediaModel ours, MediaModel theirs, int index) {
        if (theirs.mediaKind() == null || theirs.rejected() || ours.rejected()) {
            return;
        }
        if ((theirs.direction().sends() && !ours.direction().receives())
                || (theirs.direction().receives() && !ours.direction().sends())) {
            throw new InvalidAccessException("m-section " + index + " of the answer is " + theirs.direction()
                    + " and was offered as " + ours.direction() + " (RFC 3264 6.1)");
        }
    }

    /** RFC 8285 6: an answer keeps the ids of the offer. */
    private static void sameExtensionIds(MediaModel ours, MediaModel theirs, int index) {
        for (HeaderExtension answered : theirs.extensions()) {
            for (HeaderExtension offered : ours.extensions()) {
                boolean sameId = offered.id() == answered.id();
                boolean sameUri = offered.uri().equals(answered.uri());
                if (sameId != sameUri) {
                    throw new InvalidAccessException("m-section " + index + " of the answer has header extension "
                            + answered.id() + " for " + answered.uri() + ", and " + offered.id() + " was offered for "
                            + offered.uri() + " (RFC 8285 6)");
                }
            }
        }
    }

    /** RFC 8839 4.4.3.1: an answer restarts ICE only if the offer did. */
    private static void sameGeneration(JsepState state, SessionModel model) {
        Applied offer = Objects.requireNonNull(state.pendingLocal);
        for (int i = 0; i < model.media().size(); i++) {
            MediaModel section = model.media().get(i);
            TransportState transport = state.transport(offer.transports().get(i));
            IceCredentials credentials = section.transport().credentials();
            TransportState before = state.rollbackPoint == null || transport == null
                    ? null
                    : state.rollbackPoint.transport(transport.id());
            if (!section.rejected()
                    && model.transportOwner(i) == i
                    && before != null
                    && transport != null
                    && before.local().equals(transport.local())
                    && before.remote() != null
                    && credentials != null
                    && !credentials.equals(before.remote())) {
                throw new InvalidAccessException(
                        "m-section " + i
                                + " of the answer has other ICE credentials than before, and the offer asked for no ICE restart");
            }
        }
    }

    /** RFC 9429 5.2.2: m-sections never go away or change places; a rejected one may change its kind and mid. */
    private static void sameSections(JsepState state, SessionModel before, SessionModel now) {
        if (now.media().size() < before.media().size()) {
            throw new InvalidAccessException("the offer has " + now.media().size() + " m-sections, fewer than the "
                    + before.media().size() + " of the session; a section is switched off by port 0, never left out");
        }
        for (int i = 0; i < before.media().size(); i++) {
            MediaModel old = before.media().get(i);
            MediaModel young = now.media().get(i);
            if (!old.rejected()
                    && !rejected(state.currentLocal, i)
                    && (!old.kind().equals(young.kind())
                            || (old.mid() != null
                                    && young.mid() != null
                                    && !old.mid().equals(young.mid())))) {
                throw new InvalidAccessException("m-section " + i + " of the offer is " + young.kind() + " with mid "
                        + young.mid() + " and was " + old.kind() + " with mid " + old.mid()
                        + "; sections keep their order");
            }
        }
    }

    private static boolean rejected(@Nullable Applied description, int index) {
        MediaModel section = description == null ? null : description.model().at(index);
        return section != null && section.rejected();
    }

    private static void sections(JsepState state, SessionModel model, boolean answer) {
        Set<String> mids = new HashSet<>();
        Map<Integer, Codec> payloadTypes = new HashMap<>();
        Map<Integer, Integer> owners = new HashMap<>();
        for (int i = 0; i < model.media().size(); i++) {
            MediaModel section = model.media().get(i);
            String name = "m-section " + i + " (" + section.kind() + ", mid " + section.mid() + ")";
            if (section.mid() != null && !mids.add(section.mid())) {
                throw new InvalidAccessException("mid " + section.mid() + " stands in two m-sections (RFC 5888 6)");
            }
            if (section.rejected() || (section.mediaKind() == null && !section.isData())) {
                continue;
            }
            boolean bundled = section.mid() != null && model.bundle().contains(section.mid());
            int owner = model.transportOwner(i);
            if (owner == i && !section.bundleOnly()) {
                ownTransport(section, name, answer);
                sameCertificate(state, i, section.transport());
            }
            // RFC 9429 5.8 with rtcpMuxPolicy "require", the only one there is.
            if (isSecureRtp(section.protocol()) && !section.rtcpMux()) {
                throw new InvalidAccessException(
                        name + " has no a=rtcp-mux, and RTCP on a port of its own is not supported");
            }
            if (section.rtcpMux()) {
                noRtcpTypes(section, name);
            }
            DataModel data = section.data();
            if (data != null && data.sctpInit() != null && !SctpInits.isValid(data.sctpInit())) {
                throw new InvalidAccessException(
                        name + " has an a=sctp-init that is no INIT chunk (draft-hancke-tsvwg-snap-00 5)");
            }
            if (bundled) {
                samePayloadTypes(payloadTypes, owners, model, i);
            }
        }
        for (String mid : model.bundle()) {
            if (!mids.contains(mid)) {
                throw new InvalidAccessException("the BUNDLE group names mid " + mid + ", which no m-section has");
            }
        }
    }

    /** RFC 5761 4: on a port that is shared with RTCP, these look like it. */
    private static void noRtcpTypes(MediaModel section, String name) {
        for (Codec codec : section.codecs()) {
            if (codec.payloadType() >= 64 && codec.payloadType() <= 95) {
                throw new InvalidAccessException(name + " uses payload type " + codec.payloadType()
                        + ", which cannot be told from RTCP (RFC 5761 4); use 96 to 127 or 35 to 63");
            }
        }
    }

    private static void ownTransport(MediaModel section, String name, boolean answer) {
        if (!isSecureRtp(section.protocol()) && !section.isData()) {
            return;
        }
        TransportModel transport = section.transport();
        IceCredentials credentials = transport.credentials();
        if (credentials == null) {
            throw new InvalidAccessException(name + " has no a=ice-ufrag and a=ice-pwd (RFC 8839 5.4)");
        }
        if (transport.fingerprints().isEmpty()) {
            throw new InvalidAccessException(
                    name + " has no a=fingerprint; media without DTLS is not supported (RFC 8827 6.5)");
        }
        if (transport.setup() == null) {
            throw new InvalidAccessException(name + " has no a=setup (RFC 8842 5)");
        }
        boolean decided =
                transport.setup() == dev.yodel.sdp.Setup.ACTIVE || transport.setup() == dev.yodel.sdp.Setup.PASSIVE;
        if (answer && !decided) {
            throw new InvalidAccessException(
                    name + " of an answer must say a=setup:active or a=setup:passive (RFC 8842 5.3)");
        }
    }

    /** RFC 9429 5.11 and W3C: another certificate needs an ICE restart (threat D16). */
    private static void sameCertificate(JsepState state, int index, TransportModel offered) {
        TransportState transport = state.transport(state.transportAt(index));
        if (transport == null
                || transport.remote() == null
                || transport.fingerprints().isEmpty()) {
            return;
        }
        Set<DtlsFingerprint> before = new HashSet<>(transport.fingerprints());
        Set<DtlsFingerprint> now = new HashSet<>(offered.fingerprints());
        if (!before.equals(now) && transport.remote().equals(offered.credentials())) {
            throw new InvalidAccessException(
                    "the fingerprint has changed without an ICE restart; the peer must restart ICE to use another certificate");
        }
    }

    /**
     * RFC 9143 9.1: a payload type means the same in every section of a group (threat J05), unless packets say by their MID
     * which section they belong to: Firefox relies on that.
     */
    private static void samePayloadTypes(
            Map<Integer, Codec> known, Map<Integer, Integer> owners, SessionModel model, int index) {
        MediaModel section = model.media().get(index);
        for (Codec codec : section.codecs()) {
            Codec other = known.putIfAbsent(codec.payloadType(), codec);
            int earlier = owners.computeIfAbsent(codec.payloadType(), type -> index);
            MediaModel owner = model.media().get(earlier);
            boolean told = earlier != index && owner.carriesMid() && section.carriesMid();
            if (other != null && !other.matches(codec) && !told) {
                throw new InvalidAccessException("m-section " + index + " (" + section.kind() + ", mid " + section.mid()
                        + ") uses payload type " + codec.payloadType() + " for " + codec.name() + ", which is "
                        + other.name() + " in m-section " + earlier + " of the BUNDLE group");
            }
        }
    }

    static List<String> midsOf(SessionModel model) {
        return model.media().stream()
                .map(MediaModel::mid)
                .filter(Objects::nonNull)
                .toList();
    }
}
