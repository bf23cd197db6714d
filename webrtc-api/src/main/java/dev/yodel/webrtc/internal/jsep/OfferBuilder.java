package dev.yodel.webrtc.internal.jsep;

import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.ice.IceCredentials;
import dev.yodel.io.RandomSource;
import dev.yodel.sdp.Direction;
import dev.yodel.sdp.Setup;
import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.SdpType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an offer says (RFC 9429 5.2). It associates nothing: that is done when the offer is applied. */
final class OfferBuilder {
    /** One m-section to be: a live transceiver, data channels, or a section that stays switched off. */
    private record Slot(@Nullable TransceiverState transceiver, boolean data, String mid, @Nullable MediaModel off) {
        boolean live() {
            return transceiver != null || data;
        }
    }

    private final JsepState state;
    private final boolean iceRestart;
    private final List<DtlsFingerprint> fingerprints;
    private final RandomSource random;
    private final CodecNegotiation.Numbers numbers = new CodecNegotiation.Numbers();
    private final Map<Integer, IceCredentials> credentials = new HashMap<>();
    private @Nullable IceCredentials shared;
    private boolean tagMoves;

    OfferBuilder(JsepState state, boolean iceRestart, List<DtlsFingerprint> fingerprints, RandomSource random) {
        this.state = state;
        this.iceRestart = iceRestart;
        this.fingerprints = fingerprints;
        this.random = random;
    }

    Applied build() {
        List<Slot> slots = slots();
        List<Integer> transports = transports(slots);
        for (TransceiverState transceiver : state.transceivers) {
            NegotiatedMedia media = transceiver.association.media();
            numbers.take(media.receiveCodecs(), media.extensions());
            numbers.take(media.sendCodecs(), List.of());
        }
        numbers.take(List.of(), state.knownExtensions);
        boolean bundled = negotiatedBundle();
        List<MediaModel> sections = new ArrayList<>();
        List<Integer> transceivers = new ArrayList<>();
        List<String> group = group(slots);
        tagMoves = bundled && state.movesTag(group);
        Set<String> tagged = tagged(slots, transports, group);
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            TransceiverState transceiver = slot.transceiver();
            if (!slot.live()) {
                sections.add(java.util.Objects.requireNonNull(slot.off()));
                transceivers.add(-1);
                continue;
            }
            int transport = transports.get(i);
            boolean first = tagged.contains(slot.mid());
            boolean only = !first && !bundled;
            TransportModel model = transport(transport, first);
            sections.add(
                    transceiver == null
                            ? data(slot.mid(), only, model)
                            : section(transceiver, slot.mid(), only, model));
            transceivers.add(transceiver == null ? -1 : transceiver.id);
        }
        SessionModel model = new SessionModel(state.options.sessionId(), state.nextVersion++, group, sections);
        return new Applied(SdpType.OFFER, model, SdpMapper.write(model), transceivers, transports);
    }

    /**
     * The bundle group, in the order of its sections: Chromium answers in that order, whatever was offered, and cannot
     * apply its own answer if another section comes first than in the offer.
     */
    private static List<String> group(List<Slot> slots) {
        List<String> live = new ArrayList<>();
        for (Slot slot : slots) {
            if (slot.live()) {
                live.add(slot.mid());
            }
        }
        return live;
    }

    /** Of each transport the section that tells its candidates. */
    private static Set<String> tagged(List<Slot> slots, List<Integer> transports, List<String> group) {
        Map<String, Integer> byMid = new HashMap<>();
        for (int i = 0; i < slots.size(); i++) {
            byMid.put(slots.get(i).mid(), transports.get(i));
        }
        Set<Integer> shown = new HashSet<>();
        Set<String> result = new HashSet<>();
        for (String mid : group) {
            if (shown.add(byMid.get(mid))) {
                result.add(mid);
            }
        }
        return result;
    }

    /** RFC 9429 5.2.2: sections keep their place; a rejected one may be used again; new ones come last. */
    private List<Slot> slots() {
        Deque<TransceiverState> fresh = new ArrayDeque<>();
        for (TransceiverState transceiver : state.transceivers) {
            if (!transceiver.association.present() && !transceiver.stopping && !transceiver.stopped) {
                fresh.add(transceiver);
            }
        }
        boolean freshData = state.dataWanted && !state.data.present();
        Applied base = state.local() != null ? state.local() : state.remote();
        Set<String> taken = new HashSet<>(state.usedMids);
        List<Slot> slots = new ArrayList<>();
        List<MediaModel> media = base == null ? List.of() : base.model().media();
        for (int i = 0; i < media.size(); i++) {
            MediaModel before = media.get(i);
            TransceiverState holder = state.byIndex(i);
            String mid = before.mid() == null ? "" : before.mid();
            if (holder != null && !holder.stopping) {
                slots.add(new Slot(holder, false, java.util.Objects.requireNonNull(holder.association.mid()), null));
            } else if (state.data.index() == i) {
                slots.add(new Slot(null, true, java.util.Objects.requireNonNull(state.data.mid()), null));
            } else if (holder == null && recyclable(i) && !fresh.isEmpty()) {
                slots.add(new Slot(fresh.remove(), false, newMid(taken), null));
            } else if (holder == null && recyclable(i) && freshData) {
                freshData = false;
                slots.add(new Slot(null, true, newMid(taken), null));
            } else {
                slots.add(new Slot(
                        null,
                        false,
                        mid,
                        MediaModel.rejected(before.kind(), before.protocol(), before.formats(), before.mid())));
            }
        }
        while (!fresh.isEmpty()) {
            slots.add(new Slot(fresh.remove(), false, newMid(taken), null));
        }
        if (freshData) {
            slots.add(new Slot(null, true, newMid(taken), null));
        }
        return slots;
    }

    private boolean recyclable(int index) {
        MediaModel local =
                state.currentLocal == null ? null : state.currentLocal.model().at(index);
        MediaModel remote =
                state.currentRemote == null ? null : state.currentRemote.model().at(index);
        return (local != null && local.rejected()) || (remote != null && remote.rejected());
    }

    private static String newMid(Set<String> taken) {
        int number = 0;
        while (!taken.add(Integer.toString(number))) {
            number++;
        }
        return Integer.toString(number);
    }

    private boolean negotiatedBundle() {
        return state.currentLocal != null
                && state.currentRemote != null
                && !state.currentLocal.model().bundle().isEmpty()
                && !state.currentRemote.model().bundle().isEmpty();
    }

    /** Which transport each section is offered on (RFC 9429 4.1.1's bundle policies). */
    private List<Integer> transports(List<Slot> slots) {
        int group = -1;
        Map<MediaKind, Integer> byKind = new EnumMap<>(MediaKind.class);
        for (Slot slot : slots) {
            int transport = known(slot);
            if (transport >= 0) {
                if (slot.transceiver() != null) {
                    byKind.putIfAbsent(slot.transceiver().kind, transport);
                }
                group = group < 0 ? transport : group;
            }
        }
        boolean bundled = negotiatedBundle();
        List<Integer> result = new ArrayList<>();
        for (Slot slot : slots) {
            TransceiverState transceiver = slot.transceiver();
            if (!slot.live()) {
                result.add(-1);
                continue;
            }
            int transport = known(slot);
            if (transport < 0) {
                Integer known = bundled || state.options.bundlePolicy() == BundlePolicy.MAX_BUNDLE
                        ? (group < 0 ? null : (Integer) group)
                        : state.options.bundlePolicy() == BundlePolicy.BALANCED && transceiver != null
                                ? byKind.get(transceiver.kind)
                                : null;
                transport = known != null ? known : state.nextTransportId++;
                if (transceiver != null) {
                    byKind.putIfAbsent(transceiver.kind, transport);
                }
                group = group < 0 ? transport : group;
            }
            result.add(transport);
        }
        return result;
    }

    private int known(Slot slot) {
        TransceiverState transceiver = slot.transceiver();
        return transceiver != null ? transceiver.association.transport() : slot.data() ? state.data.transport() : -1;
    }

    /**
     * Transports that a bundle would make one have one user fragment and password, as RFC 8839 5.4 allows and the browsers
     * do: Firefox compares each section's with those of the description before, also when it has been bundled since, and
     * takes others for a restart. On one port for all only the user fragment tells transports apart.
     */
    private IceCredentials credentials(int transport) {
        IceCredentials known = credentials.get(transport);
        if (known != null) {
            return known;
        }
        TransportState existing = state.transport(transport);
        boolean keep = existing != null
                && !iceRestart
                && !tagMoves
                && !state.credentialsToReplace.contains(existing.local())
                && !state.outdatedCredentials.contains(existing.local());
        IceCredentials chosen = existing != null && keep
                ? existing.local()
                : shared != null && !state.options.onePort() ? shared : IceCredentials.generate(random);
        shared = shared != null ? shared : chosen;
        credentials.put(transport, chosen);
        return chosen;
    }

    private TransportModel transport(int transport, boolean first) {
        IceCredentials local = credentials(transport);
        TransportState existing = state.transport(transport);
        TransportModel model = new TransportModel(
                local, fingerprints, Setup.ACTPASS, List.of(), false, state.options.iceLite(), state.options.cryptex());
        return first && existing != null && existing.local().equals(local)
                ? model.withCandidates(existing.localCandidates(), existing.gatheringComplete())
                : model;
    }

    /** RFC 8841 4; a section that was agreed on keeps its way of writing. */
    private MediaModel data(String mid, boolean only, TransportModel transport) {
        Applied before = state.data.present() ? state.local() : null;
        MediaModel old = before == null ? null : before.model().at(state.data.index());
        boolean legacy = old != null && old.data() != null && old.data().legacy();
        return MediaModel.data(
                legacy && old != null ? old.protocol() : DataModel.PROTOCOL,
                mid,
                only ? 0 : 9,
                only,
                new DataModel(legacy, DataModel.USUAL_PORT, state.options.maxMessageBytes(), sctpInit()),
                transport);
    }

    /** draft-hancke-tsvwg-snap-00 5: an association that stands keeps what it was made of, or does without. */
    private @Nullable String sctpInit() {
        NegotiatedData agreed = state.data.negotiated();
        if (agreed != null) {
            return agreed.inits() == null ? null : agreed.inits().local();
        }
        return state.options.offerSctpInit() ? SctpInits.generate(state.options.sctp(), random) : null;
    }

    private MediaModel section(TransceiverState transceiver, String mid, boolean only, TransportModel model) {
        List<Codec> codecs = new ArrayList<>();
        NegotiatedMedia before = transceiver.association.media();
        List<Codec> wanted = Capabilities.withFec(
                transceiver.preferences.isEmpty() ? Capabilities.codecs(transceiver.kind) : transceiver.preferences,
                transceiver.kind,
                state.options.videoFec());
        Map<Integer, Integer> numbered = new HashMap<>();
        for (Codec codec : wanted) {
            Codec fitting = codec.isRtx() ? codec.withRepairs(numbered) : codec;
            if (fitting != null) {
                Codec number = numbers.number(fitting, before.receiveCodecs());
                numbered.put(codec.payloadType(), number.payloadType());
                codecs.add(number);
            }
        }
        // RFC 2198 5: what is repeated may stand behind what repeats it.
        List<Codec> known = new ArrayList<>();
        for (Codec codec : codecs) {
            Codec fitting = codec.isRed() && !codec.isVideoRed() ? codec.withRedundancy(numbered) : codec;
            if (fitting != null && state.options.offerCongestionFeedback()) {
                known.add(CodecNegotiation.withCongestionFeedback(fitting));
            } else if (fitting != null) {
                known.add(fitting);
            }
        }
        List<HeaderExtension> extensions = new ArrayList<>();
        for (HeaderExtension extension : Capabilities.extensions(transceiver.kind)) {
            Direction direction = Extensions.wanted(transceiver.extensions, extension.uri());
            if (direction != Direction.INACTIVE) {
                HeaderExtension offered = numbers.number(extension.withDirection(direction));
                if (offered != null) {
                    extensions.add(offered);
                }
            }
        }
        SimulcastModel simulcast = new SimulcastModel(
                transceiver.direction.sends() ? transceiver.rids() : List.of(),
                transceiver.direction.receives() ? wantedRids(transceiver, before) : List.of());
        return local(
                transceiver, mid, only ? 0 : 9, only, transceiver.direction, known, extensions, true, model, simulcast);
    }

    /** RFC 8853 5.3: what the peer sends goes on; what it refused is asked for again. */
    private static List<String> wantedRids(TransceiverState transceiver, NegotiatedMedia before) {
        return before.receiveRids().isEmpty() ? transceiver.receiveRids : before.receiveRids();
    }

    /** A section of ours, in an offer or an answer. */
    static MediaModel local(
            TransceiverState transceiver,
            @Nullable String mid,
            int port,
            boolean bundleOnly,
            Direction direction,
            List<Codec> codecs,
            List<HeaderExtension> extensions,
            boolean reducedSizeRtcp,
            TransportModel transport,
            SimulcastModel simulcast) {
        List<StreamId> streams = new ArrayList<>();
        List<Long> ssrcs = new ArrayList<>();
        // What we want to send is named even where the peer does not receive: W3C's check of whether a negotiation is
        // needed compares these names, and would never come to rest otherwise.
        if (transceiver.direction.sends()) {
            for (String stream : transceiver.streams) {
                streams.add(new StreamId(stream, transceiver.senderTrackId));
            }
            if (streams.isEmpty()) {
                streams.add(new StreamId("-", transceiver.senderTrackId));
            }
        }
        Map<Long, Long> repairs = Map.of();
        Map<Long, Long> protections = Map.of();
        // RFC 8853 5: simulcast streams are known by their rids.
        if (direction.sends() && simulcast.send().isEmpty()) {
            ssrcs.add(transceiver.ssrc);
            if (CodecNegotiation.hasRtx(codecs)) {
                ssrcs.add(transceiver.rtxSsrc);
                repairs = Map.of(transceiver.ssrc, transceiver.rtxSsrc);
            }
            if (CodecNegotiation.hasFlexfec(codecs)) {
                ssrcs.add(transceiver.fecSsrc);
                protections = Map.of(transceiver.ssrc, transceiver.fecSsrc);
            }
        }
        List<String> formats = new ArrayList<>();
        for (Codec codec : codecs) {
            formats.add(Integer.toString(codec.payloadType()));
        }
        return new MediaModel(
                transceiver.kind.toString(),
                port,
                MediaModel.PROTOCOL,
                formats,
                mid,
                bundleOnly,
                direction,
                true,
                reducedSizeRtcp,
                codecs,
                extensions,
                streams,
                ssrcs,
                repairs,
                protections,
                transceiver.cname,
                transport,
                null,
                simulcast);
    }
}
