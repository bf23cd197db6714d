package dev.yodel.webrtc.internal.jsep;

import dev.yodel.ice.IceCredentials;
import dev.yodel.io.RandomSource;
import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * W3C's steps to set a session description, for a draft of the state. Checks are done before; here everything succeeds.
 */
final class Descriptions {
    private final JsepState state;
    private final RandomSource random;
    private final SignalingState before;
    private final List<Integer> added = new ArrayList<>();
    private final List<Integer> stopped = new ArrayList<>();
    private final List<Integer> muted = new ArrayList<>();
    private final List<JsepEvent> removedFromStreams = new ArrayList<>();
    private final List<JsepEvent> addedToStreams = new ArrayList<>();
    private final List<JsepEvent> tracks = new ArrayList<>();

    Descriptions(JsepState state, RandomSource random) {
        this.state = state;
        this.random = random;
        this.before = state.signaling;
    }

    /** The events in the order of W3C's steps. */
    List<JsepEvent> events() {
        List<JsepEvent> events = new ArrayList<>();
        added.forEach(id -> events.add(new JsepEvent.TransceiverAdded(id)));
        stopped.forEach(id -> events.add(new JsepEvent.TransceiverStopped(id)));
        if (state.signaling != before) {
            events.add(new JsepEvent.SignalingChanged(state.signaling));
        }
        muted.forEach(id -> events.add(new JsepEvent.TrackMuted(id)));
        events.addAll(removedFromStreams);
        events.addAll(addedToStreams);
        events.addAll(tracks);
        return events;
    }

    void local(Applied description) {
        SdpType type = description.type();
        switch (type) {
            case OFFER -> {
                remember();
                state.pendingLocal = description;
                state.signaling = SignalingState.HAVE_LOCAL_OFFER;
            }
            case PRANSWER -> {
                state.pendingLocal = description;
                state.signaling = SignalingState.HAVE_LOCAL_PRANSWER;
            }
            case ANSWER -> {
                state.currentLocal = description;
                state.currentRemote = state.pendingRemote;
                finished();
            }
            case ROLLBACK -> throw new IllegalArgumentException("a rollback is no description; call rollback()");
        }
        SessionModel model = description.model();
        for (int i = 0; i < model.media().size(); i++) {
            MediaModel section = model.media().get(i);
            TransceiverState transceiver =
                    state.transceiver(description.transceivers().get(i));
            if (transceiver == null) {
                localData(description, i);
                TransceiverState holder = state.byIndex(i);
                if (holder != null && type == SdpType.ANSWER && section.rejected()) {
                    stop(holder);
                }
                continue;
            }
            if (!transceiver.association.present() && section.mid() != null) {
                transceiver.association = transceiver.association.at(section.mid(), i);
                state.useMid(section.mid());
            }
            if (transceiver.stopped) {
                continue;
            }
            if (section.rejected()) {
                if (type == SdpType.ANSWER) {
                    stop(transceiver);
                }
                continue;
            }
            openTransport(description.transports().get(i), section.transport());
            transceiver.association =
                    transceiver.association.withReceptive(section.direction().receives());
            if (type == SdpType.OFFER) {
                if (transceiver.association.transport() < 0) {
                    transceiver.association = transceiver.association.withTransport(
                            description.transports().get(i));
                }
            } else {
                if (!section.direction().receives() && receives(transceiver.association.fired())) {
                    streams(transceiver, List.of());
                    muted.add(transceiver.id);
                }
                directed(transceiver, section.direction());
            }
        }
        if (type != SdpType.OFFER) {
            Applied remote = Objects.requireNonNull(type == SdpType.ANSWER ? state.currentRemote : state.pendingRemote);
            new AnswerOutcome(state, description, remote, false).apply(type);
        }
        settle(type);
    }

    /** The section of data channels, if it is this one. */
    private void localData(Applied description, int index) {
        MediaModel section = description.model().media().get(index);
        if (section.isData() && section.mid() != null) {
            int transport = description.transports().get(index);
            if (!state.data.present()) {
                state.data = state.data.at(section.mid(), index);
                state.useMid(section.mid());
            }
            openTransport(transport, section.transport());
            if (state.data.transport() < 0) {
                state.data = state.data.withTransport(transport);
            }
        } else if (state.data.index() == index && description.type() == SdpType.ANSWER) {
            noData();
        }
    }

    /** Data channels were refused; asking again is up to the application, else two sides could ask for ever. */
    private void noData() {
        state.data = DataState.NONE;
        state.dataWanted = false;
    }

    private void openTransport(int id, TransportModel model) {
        IceCredentials credentials = model.credentials();
        if (id < 0 || credentials == null) {
            return;
        }
        TransportState existing = state.transport(id);
        if (existing == null) {
            state.transports.add(TransportState.created(id, credentials, state.iceRole));
        } else if (!existing.local().equals(credentials)) {
            state.replaceTransport(existing.restarted(credentials));
        }
    }

    void remote(SdpType type, SessionModel model, String text) {
        Applied description = new Applied(type, model, text, List.of(), List.of());
        switch (type) {
            case OFFER -> {
                remember();
                state.pendingRemote = description;
                state.signaling = SignalingState.HAVE_REMOTE_OFFER;
            }
            case PRANSWER -> {
                state.pendingRemote = description;
                state.signaling = SignalingState.HAVE_REMOTE_PRANSWER;
            }
            case ANSWER -> {
                state.currentRemote = description;
                state.currentLocal = state.pendingLocal;
                finished();
            }
            case ROLLBACK -> throw new IllegalArgumentException("a rollback is no description; call rollback()");
        }
        for (int i = 0; i < model.media().size(); i++) {
            remoteSection(type, model, i);
        }
        if (type != SdpType.OFFER) {
            Applied local = Objects.requireNonNull(type == SdpType.ANSWER ? state.currentLocal : state.pendingLocal);
            new AnswerOutcome(state, local, description, true).apply(type);
        }
        settle(type);
    }

    private void remoteSection(SdpType type, SessionModel model, int index) {
        MediaModel section = model.media().get(index);
        if (section.mediaKind() == null) {
            remoteData(type, section, index);
            return;
        }
        TransceiverState transceiver = state.byIndex(index);
        if (transceiver == null) {
            if (section.rejected() || type != SdpType.OFFER) {
                return;
            }
            transceiver = associate(section, index);
        }
        if (type == SdpType.OFFER) {
            transceiver.propose(section.simulcast().receive());
        }
        Direction direction =
                section.rejected() ? Direction.INACTIVE : section.direction().reversed();
        if (section.rejected()) {
            if (receives(transceiver.association.fired())) {
                streams(transceiver, List.of());
                muted.add(transceiver.id);
            }
            transceiver.association = transceiver.association.withFired(Direction.INACTIVE);
            stop(transceiver);
            return;
        }
        if (direction.receives()) {
            List<String> ids = new ArrayList<>();
            if (section.streams().isEmpty()) {
                ids.add(defaultStream());
            }
            for (StreamId stream : section.streams()) {
                if (!stream.stream().equals("-") && !ids.contains(stream.stream())) {
                    ids.add(stream.stream());
                }
            }
            boolean more = streams(transceiver, ids);
            if (!receives(transceiver.association.fired()) || more) {
                tracks.add(new JsepEvent.TrackAdded(transceiver.id, ids));
            }
        } else {
            transceiver.association = transceiver.association.withReceptive(false);
            if (receives(transceiver.association.fired())) {
                streams(transceiver, List.of());
                muted.add(transceiver.id);
            }
        }
        transceiver.association = transceiver.association.withFired(direction);
        if (type != SdpType.OFFER) {
            directed(transceiver, direction);
        } else {
            addCandidates(transceiver.association.transport(), section);
        }
    }

    /** RFC 8830 4.1: what a peer without msid sends is one stream; its name is ours. */
    private String defaultStream() {
        if (state.defaultStream.isEmpty()) {
            state.defaultStream = Identifiers.uuid(random);
        }
        return state.defaultStream;
    }

    /** Candidates of a later offer belong to the transport at once if its generation goes on. */
    private void addCandidates(int id, MediaModel section) {
        TransportState transport = state.transport(id);
        IceCredentials credentials = section.transport().credentials();
        if (transport != null && credentials != null && credentials.equals(transport.remote())) {
            state.replaceTransport(transport.withRemoteCandidates(
                    section.transport().candidates(), section.transport().endOfCandidates()));
        }
    }

    /** RFC 8841 10: a section of the peer for data channels; the first one is taken. */
    private void remoteData(SdpType type, MediaModel section, int index) {
        if (section.isData() && type == SdpType.OFFER) {
            if (!state.data.present()) {
                // A peer from before RFC 9143: the name is ours alone and is not written into the answer.
                String mid = section.mid() == null ? "unnamed-" + index : section.mid();
                state.data = state.data.at(mid, index);
                state.useMid(mid);
            }
            if (state.data.index() == index) {
                addCandidates(state.data.transport(), section);
            }
        } else if (state.data.index() == index && section.rejected() && type == SdpType.ANSWER) {
            noData();
        }
    }

    /**
     * RFC 9429 5.10: a transceiver of addTrack that waits for a section of this kind, else a new one. One that was
     * stopped and still has the section gives it up.
     */
    private TransceiverState associate(MediaModel section, int index) {
        for (TransceiverState transceiver : state.transceivers) {
            if (transceiver.association.index() == index) {
                transceiver.association = Association.NONE;
            }
        }
        String mid = section.mid();
        if (mid == null) {
            // A peer from before RFC 9143: the name is ours alone and is not written into the answer.
            mid = "unnamed-" + index;
        }
        TransceiverState found = null;
        for (TransceiverState transceiver : state.transceivers) {
            if (found == null
                    && section.direction().receives()
                    && transceiver.kind == section.mediaKind()
                    && transceiver.createdByAddTrack
                    && !transceiver.association.present()
                    && !transceiver.stopping) {
                found = transceiver;
            }
        }
        if (found == null) {
            String track = section.streams().isEmpty()
                    ? null
                    : section.streams().get(0).track();
            found = Transceivers.create(
                    state,
                    Objects.requireNonNull(section.mediaKind()),
                    Direction.RECVONLY,
                    null,
                    List.of(),
                    track,
                    random);
            found.createdByRemote = true;
            added.add(found.id);
        }
        found.association = found.association.at(mid, index);
        state.useMid(mid);
        return found;
    }

    private static void directed(TransceiverState transceiver, Direction direction) {
        transceiver.association = transceiver
                .association
                .withCurrent(direction)
                .withFired(direction)
                .withReceptive(direction.receives());
        transceiver.everSent |= direction.sends();
    }

    private static boolean receives(@Nullable Direction direction) {
        return direction != null && direction.receives();
    }

    /** W3C's steps to set the associated remote streams; true if the track came into a stream. */
    private boolean streams(TransceiverState transceiver, List<String> ids) {
        List<String> old = transceiver.association.remoteStreams();
        for (String id : old) {
            if (!ids.contains(id)) {
                removedFromStreams.add(new JsepEvent.StreamTrackRemoved(id, transceiver.id));
            }
        }
        boolean more = false;
        for (String id : ids) {
            if (!old.contains(id)) {
                addedToStreams.add(new JsepEvent.StreamTrackAdded(id, transceiver.id));
                more = true;
            }
        }
        transceiver.association = transceiver.association.withRemoteStreams(ids);
        return more;
    }

    private void stop(TransceiverState transceiver) {
        if (!transceiver.stopped) {
            transceiver.stopping = true;
            transceiver.stopped = true;
            transceiver.association =
                    transceiver.association.withReceptive(false).withCurrent(null);
            stopped.add(transceiver.id);
        }
    }

    private void remember() {
        if (before == SignalingState.STABLE) {
            Map<Integer, Association> associations = new HashMap<>();
            for (TransceiverState transceiver : state.transceivers) {
                associations.put(transceiver.id, transceiver.association);
            }
            state.rollbackPoint =
                    new RollbackPoint(associations, List.copyOf(state.transports), state.data, state.bundleTag);
        }
    }

    private void finished() {
        state.pendingLocal = null;
        state.pendingRemote = null;
        state.lastOffer = null;
        state.lastAnswer = null;
        state.rollbackPoint = null;
        state.signaling = SignalingState.STABLE;
    }

    /** What W3C does when an exchange is complete: stopped transceivers leave, replaced credentials are forgotten. */
    private void settle(SdpType type) {
        if (type != SdpType.ANSWER) {
            return;
        }
        for (TransceiverState transceiver : state.transceivers) {
            if (transceiver.stopping && !transceiver.association.present()) {
                stop(transceiver);
            }
        }
        state.transceivers.removeIf(transceiver -> transceiver.stopped);
        state.credentialsToReplace = inForce(state.credentialsToReplace);
        state.outdatedCredentials = inForce(state.outdatedCredentials);
    }

    private List<IceCredentials> inForce(List<IceCredentials> all) {
        List<IceCredentials> left = new ArrayList<>();
        for (IceCredentials credentials : all) {
            if (state.transports.stream().anyMatch(t -> t.local().equals(credentials))) {
                left.add(credentials);
            }
        }
        return List.copyOf(left);
    }

    /** W3C's steps for a rollback: as it was when the connection was last stable, but for what the application did. */
    void rollback() {
        RollbackPoint point = Objects.requireNonNull(state.rollbackPoint);
        List<TransceiverState> kept = new ArrayList<>();
        for (TransceiverState transceiver : state.transceivers) {
            Association was = point.associations().get(transceiver.id);
            Association is = transceiver.association;
            if (was == null && is.present() && !transceiver.usedByAddTrack && transceiver.createdByRemote) {
                streams(transceiver, List.of());
                if (receives(is.fired())) {
                    muted.add(transceiver.id);
                }
                stop(transceiver);
                continue;
            }
            if (transceiver.encodingsBefore != null) {
                transceiver.encodings = transceiver.encodingsBefore;
                transceiver.encodingsBefore = null;
            }
            if (was == null && transceiver.createdByRemote) {
                // addTrack has adopted it: the next offer finds it as one of addTrack's (RFC 9429 4.1.10.2).
                transceiver.createdByAddTrack = true;
                transceiver.createdByRemote = false;
            }
            Association back = was == null ? Association.NONE : was;
            boolean more = streams(transceiver, back.remoteStreams());
            if (receives(is.fired()) && !receives(back.fired())) {
                muted.add(transceiver.id);
            } else if (receives(back.fired()) && (more || !receives(is.fired()))) {
                tracks.add(new JsepEvent.TrackAdded(transceiver.id, back.remoteStreams()));
            }
            transceiver.association = back;
            kept.add(transceiver);
        }
        state.transceivers = kept;
        state.data = point.data();
        state.transports = restored(point);
        state.bundleTag = point.bundleTag();
        state.pendingLocal = null;
        state.pendingRemote = null;
        state.rollbackPoint = null;
        state.signaling = SignalingState.STABLE;
    }

    /** Transports as they were; what was gathered or trickled meanwhile for the same generation stays known. */
    private List<TransportState> restored(RollbackPoint point) {
        List<TransportState> restored = new ArrayList<>();
        for (TransportState was : point.transports()) {
            TransportState now = state.transport(was.id());
            boolean same = now != null && now.local().equals(was.local()) && Objects.equals(now.remote(), was.remote());
            restored.add(same ? now : was);
        }
        return restored;
    }
}
