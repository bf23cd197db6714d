package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.ice.IceCredentials;
import dev.yodel.io.RandomSource;
import dev.yodel.sdp.Direction;
import dev.yodel.sdp.Setup;
import dev.yodel.webrtc.SdpType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an answer to the pending remote offer says (RFC 9429 5.3). It applies nothing. */
final class AnswerBuilder {
    private final JsepState state;
    private final SessionModel offer;
    private final List<DtlsFingerprint> fingerprints;
    private final RandomSource random;
    private final Map<Integer, IceCredentials> credentials = new HashMap<>();
    private final Set<Integer> shown = new HashSet<>();

    AnswerBuilder(JsepState state, List<DtlsFingerprint> fingerprints, RandomSource random) {
        this.state = state;
        this.offer = Objects.requireNonNull(state.pendingRemote).model();
        this.fingerprints = fingerprints;
        this.random = random;
    }

    Applied build() {
        List<@Nullable List<Codec>> accepted = new ArrayList<>();
        for (int i = 0; i < offer.media().size(); i++) {
            accepted.add(isAcceptedData(i) ? List.of() : accept(i));
        }
        List<String> group = group(accepted);
        int groupTransport = groupTransport(group);
        List<MediaModel> sections = new ArrayList<>();
        List<Integer> transceivers = new ArrayList<>();
        List<Integer> transports = new ArrayList<>();
        for (int i = 0; i < offer.media().size(); i++) {
            MediaModel offered = offer.media().get(i);
            List<Codec> codecs = accepted.get(i);
            TransceiverState transceiver = state.byIndex(i);
            transceivers.add(transceiver == null ? -1 : transceiver.id);
            boolean data = isAcceptedData(i);
            if (codecs == null || (transceiver == null && !data)) {
                sections.add(MediaModel.rejected(offered.kind(), offered.protocol(), offered.formats(), offered.mid()));
                transports.add(-1);
                continue;
            }
            boolean bundled = offered.mid() != null && group.contains(offered.mid());
            int transport = bundled
                    ? groupTransport
                    : state.transportAt(i) >= 0 ? state.transportAt(i) : state.nextTransportId++;
            transports.add(transport);
            MediaModel owner = offer.media().get(bundled ? offer.indexOf(group.get(0)) : i);
            TransportModel model = transport(transport, owner);
            sections.add(transceiver == null ? data(offered, model) : section(transceiver, offered, codecs, model));
        }
        SessionModel model = new SessionModel(state.options.sessionId(), state.nextVersion++, group, sections);
        return new Applied(SdpType.ANSWER, model, SdpMapper.write(model), transceivers, transports);
    }

    /** RFC 8841 10.3: the first section for data channels that can be used; a connection has one association. */
    private boolean isAcceptedData(int index) {
        MediaModel offered = offer.media().get(index);
        return offered.isData() && state.data.index() == index && !isLost(offered);
    }

    /** RFC 9143 7.3.3: a section that may only be used in a group, and is in none, is rejected. */
    private boolean isLost(MediaModel offered) {
        return offered.bundleOnly() && (offered.mid() == null || !offer.bundle().contains(offered.mid()));
    }

    /** In the way it was offered; RFC 8841 4.3 leaves the formats of old peers to them. */
    private MediaModel data(MediaModel offered, TransportModel transport) {
        DataModel theirs = Objects.requireNonNull(offered.data());
        return MediaModel.data(
                offered.protocol(),
                offered.mid(),
                9,
                false,
                new DataModel(theirs.legacy(), DataModel.USUAL_PORT, state.options.maxMessageBytes(), sctpInit(theirs)),
                transport);
    }

    /** draft-hancke-tsvwg-snap-00 5: an answer to an INIT is one, unless an association stands that does without. */
    private @Nullable String sctpInit(DataModel theirs) {
        if (theirs.sctpInit() == null) {
            return null;
        }
        NegotiatedData agreed = state.data.negotiated();
        if (agreed != null) {
            return agreed.inits() == null ? null : agreed.inits().local();
        }
        return SctpInits.generate(state.options.sctp(), random);
    }

    /** RFC 9429 5.3.1: null if the section has to be rejected. */
    private @Nullable List<Codec> accept(int index) {
        MediaModel offered = offer.media().get(index);
        TransceiverState transceiver = state.byIndex(index);
        boolean usable = !offered.rejected()
                && offered.mediaKind() != null
                && transceiver != null
                && !transceiver.stopped
                && RemoteChecks.isSecureRtp(offered.protocol());
        if (!usable || transceiver == null || isLost(offered)) {
            return null;
        }
        boolean ours = !transceiver.preferences.isEmpty();
        List<Codec> codecs = CodecNegotiation.answer(
                offered.codecs(),
                Capabilities.withFec(
                        ours ? transceiver.preferences : Capabilities.codecs(transceiver.kind),
                        transceiver.kind,
                        state.options.videoFec()),
                ours);
        return codecs.isEmpty() ? null : codecs;
    }

    /** RFC 9143 7.3: the accepted ones of the offer's group; the first one is the answerer's tagged section. */
    private List<String> group(List<@Nullable List<Codec>> accepted) {
        List<String> group = new ArrayList<>();
        for (String mid : offer.bundle()) {
            int index = offer.indexOf(mid);
            if (index >= 0 && accepted.get(index) != null) {
                group.add(mid);
            }
        }
        return group;
    }

    /** The group's transport goes on if the offer says so by its credentials, or by one of the sections that used it. */
    private int groupTransport(List<String> group) {
        if (group.isEmpty()) {
            return -1;
        }
        IceCredentials offered =
                offer.media().get(offer.indexOf(group.get(0))).transport().credentials();
        for (TransportState transport : state.transports) {
            if (offered != null && offered.equals(transport.remote())) {
                return transport.id();
            }
        }
        for (String mid : offer.bundle()) {
            int transport = state.transportAt(offer.indexOf(mid));
            if (transport >= 0) {
                return transport;
            }
        }
        return state.nextTransportId++;
    }

    private TransportModel transport(int transport, MediaModel owner) {
        TransportState existing = state.transport(transport);
        IceCredentials local =
                credentials(transport, existing, owner.transport().credentials());
        TransportModel model = new TransportModel(
                local,
                fingerprints,
                setup(existing, owner.transport()),
                List.of(),
                false,
                state.options.iceLite(),
                // RFC 9335 4: answered where it was offered.
                state.options.cryptex() && owner.transport().cryptex());
        return shown.add(transport) && existing != null && existing.local().equals(local)
                ? model.withCandidates(existing.localCandidates(), existing.gatheringComplete())
                : model;
    }

    private MediaModel section(
            TransceiverState transceiver, MediaModel offered, List<Codec> codecs, TransportModel model) {
        Direction theirs = offered.direction().reversed();
        Direction direction = Direction.of(
                theirs.sends() && transceiver.direction.sends(), theirs.receives() && transceiver.direction.receives());
        List<HeaderExtension> extensions =
                CodecNegotiation.answerExtensions(offered.extensions(), transceiver.extensions);
        return OfferBuilder.local(
                transceiver,
                offered.mid(),
                9,
                false,
                direction,
                codecs,
                extensions,
                offered.reducedSizeRtcp(),
                model,
                simulcast(transceiver, offered.simulcast(), direction));
    }

    /** RFC 8853 5.3.2: of what was offered, that which we have as encodings, and all that we can receive. */
    private SimulcastModel simulcast(TransceiverState transceiver, SimulcastModel offered, Direction direction) {
        List<String> send = new ArrayList<>();
        for (String rid : transceiver.rids()) {
            if (direction.sends() && offered.receive().contains(rid)) {
                send.add(rid);
            }
        }
        boolean receive = state.options.receiveSimulcast() && direction.receives();
        return new SimulcastModel(send, receive ? offered.send() : List.of());
    }

    /** RFC 8839 4.4.3.1: an offer with new credentials restarts ICE, so the answer has new ones too. */
    private IceCredentials credentials(
            int transport, @Nullable TransportState existing, @Nullable IceCredentials offered) {
        IceCredentials known = credentials.get(transport);
        if (known != null) {
            return known;
        }
        boolean keep =
                existing != null && (existing.remote() == null || offered == null || offered.equals(existing.remote()));
        IceCredentials chosen = existing != null && keep ? existing.local() : IceCredentials.generate(random);
        credentials.put(transport, chosen);
        return chosen;
    }

    /** RFC 8842 5.3: the answerer is the client unless the offer, or the association that stands, says otherwise. */
    private static Setup setup(@Nullable TransportState existing, TransportModel offered) {
        if (existing != null
                && existing.dtlsRole() != null
                && existing.fingerprints().equals(offered.fingerprints())) {
            return existing.dtlsRole() == DtlsRole.CLIENT ? Setup.ACTIVE : Setup.PASSIVE;
        }
        return offered.setup() == Setup.ACTIVE ? Setup.PASSIVE : Setup.ACTIVE;
    }
}
