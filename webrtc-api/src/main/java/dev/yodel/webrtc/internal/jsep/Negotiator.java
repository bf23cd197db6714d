package dev.yodel.webrtc.internal.jsep;

import dev.yodel.ice.IceCredentials;
import dev.yodel.io.RandomSource;
import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSEP (RFC 9429) and the synchronous half of W3C's algorithms as one pure function. What is wrong throws the W3C
 * exception and leaves the given state as it was. It knows no thread and no transport; {@link TransportState} tells what
 * a state means for them.
 */
public final class Negotiator {
    private Negotiator() {}

    /**
     * Handles one input.
     *
     * @param state the present state, not changed
     * @param input what happens
     * @param random where new names and credentials come from
     * @return the state after it and the events to fire
     * @throws dev.yodel.webrtc.RtcException if the input is not allowed; nothing has changed then
     */
    public static JsepStep apply(JsepState state, JsepInput input, RandomSource random) {
        JsepState draft = state.draft();
        if (input instanceof JsepInput.SetLocal set) {
            return setLocal(draft, set, random);
        }
        if (input instanceof JsepInput.SetRemote set) {
            return setRemote(draft, set, random);
        }
        return new JsepStep(draft, List.of(), simple(draft, input, random));
    }

    /**
     * Checks a candidate's grammar, for one that came before its description.
     *
     * @param line the candidate attribute's value, empty for the end of candidates
     * @throws dev.yodel.webrtc.OperationException if it does not follow RFC 8839 5.1
     */
    public static void checkCandidate(String line) {
        if (!line.isEmpty()) {
            RemoteCandidates.checked(line);
        }
    }

    /**
     * W3C's checks of createOffer and createAnswer that need no more than the state.
     *
     * @param state the present state
     * @param type offer or answer
     * @throws dev.yodel.webrtc.InvalidStateException if none can be made now
     */
    public static void checkCreate(JsepState state, SdpType type) {
        if (type == SdpType.OFFER) {
            RemoteChecks.createOffer(state);
        } else {
            RemoteChecks.createAnswer(state);
        }
    }

    /**
     * W3C's checks of setLocalDescription that need no more than the state.
     *
     * @param state the present state
     * @param set what is to be set
     * @throws dev.yodel.webrtc.RtcException if it cannot be set now
     */
    public static void checkSet(JsepState state, JsepInput.SetLocal set) {
        RemoteChecks.state(state, set.type(), false);
        if (set.type() == SdpType.ROLLBACK || set.text().isEmpty()) {
            return;
        }
        Applied created = created(state, set.type());
        if (created == null || !created.text().equals(set.text())) {
            throw new InvalidModificationException("the " + set.type() + " is not the one that " + creator(set.type())
                    + " gave last; set that one unchanged, or call setLocalDescription without argument");
        }
    }

    /**
     * W3C's checks of setRemoteDescription that need no more than the state.
     *
     * @param state the present state
     * @param set what is to be set
     * @throws dev.yodel.webrtc.InvalidStateException if it cannot be set now
     */
    public static void checkSet(JsepState state, JsepInput.SetRemote set) {
        if (set.type() != SdpType.OFFER || !rollsBack(state)) {
            RemoteChecks.state(state, set.type(), true);
        }
    }

    /**
     * Reads a description, to know early whether it can be read.
     *
     * @param type offer, pranswer or answer
     * @param text the SDP
     * @throws dev.yodel.webrtc.RtcException if it cannot
     */
    public static void checkText(SdpType type, String text) {
        SdpMapper.read(text, type == SdpType.OFFER);
    }

    /**
     * W3C's check of addIceCandidate that needs no more than the state.
     *
     * @param state the present state
     * @throws dev.yodel.webrtc.InvalidStateException if there is no remote description
     */
    public static void checkAddCandidate(JsepState state) {
        RemoteCandidates.description(state);
    }

    private static @Nullable Applied created(JsepState state, SdpType type) {
        return type == SdpType.OFFER ? state.lastOffer : state.lastAnswer;
    }

    private static String creator(SdpType type) {
        return type == SdpType.OFFER ? "createOffer" : "createAnswer";
    }

    /** W3C: a remote offer that meets ours rolls ours back (glare); the polite peer relies on it. */
    private static boolean rollsBack(JsepState state) {
        return state.signaling != SignalingState.STABLE && state.signaling != SignalingState.HAVE_REMOTE_OFFER;
    }

    private static int simple(JsepState draft, JsepInput input, RandomSource random) {
        if (input instanceof JsepInput.AddTrack add) {
            return Transceivers.addTrack(draft, add, random);
        } else if (input instanceof JsepInput.AddTransceiver add) {
            TransceiverState created =
                    Transceivers.create(draft, add.kind(), add.direction(), add.trackId(), add.streams(), null, random);
            if (!add.encodings().isEmpty()) {
                created.encodings = List.copyOf(add.encodings());
            }
            created.receiveRids = List.copyOf(add.receiveRids());
            return created.id;
        } else if (input instanceof JsepInput.RemoveTrack remove) {
            Transceivers.removeTrack(draft, remove.transceiver());
        } else if (input instanceof JsepInput.ReplaceTrack replace) {
            TransceiverState transceiver = draft.transceiver(replace.transceiver());
            if (transceiver != null) {
                transceiver.hasTrack = replace.hasTrack();
            }
        } else if (input instanceof JsepInput.ReplaceSsrc replace) {
            TransceiverState transceiver = draft.transceiver(replace.transceiver());
            if (transceiver != null && transceiver.ssrc == replace.before()) {
                transceiver.ssrc = replace.now();
            }
        } else if (input instanceof JsepInput.SetStreams set) {
            TransceiverState transceiver = draft.transceiver(set.transceiver());
            if (transceiver != null) {
                transceiver.streams = List.copyOf(set.streams());
            }
        } else if (input instanceof JsepInput.SetDirection set) {
            Transceivers.setDirection(draft, set.transceiver(), set.direction());
        } else if (input instanceof JsepInput.SetPreferences set) {
            TransceiverState transceiver = draft.transceiver(set.transceiver());
            if (transceiver != null) {
                transceiver.preferences = List.copyOf(set.codecs());
            }
        } else if (input instanceof JsepInput.SetExtensions set) {
            Transceivers.setExtensions(draft, set.transceiver(), set.extensions());
        } else if (input instanceof JsepInput.SetEncodings set) {
            Transceivers.setEncodings(draft, set.transceiver(), set.encodings());
        } else if (input instanceof JsepInput.Stop stop) {
            Transceivers.stop(draft, stop.transceiver());
        } else if (input instanceof JsepInput.WantData) {
            draft.dataWanted = true;
        } else if (input instanceof JsepInput.CreateOffer create) {
            RemoteChecks.createOffer(draft);
            draft.lastOffer = new OfferBuilder(draft, create.iceRestart(), create.fingerprints(), random).build();
            draft.lastOfferBasis = draft.basis();
        } else if (input instanceof JsepInput.CreateAnswer create) {
            RemoteChecks.createAnswer(draft);
            draft.lastAnswer = new AnswerBuilder(draft, create.fingerprints(), random).build();
            draft.lastAnswerBasis = draft.basis();
        } else if (input instanceof JsepInput.AddRemoteCandidate add) {
            RemoteCandidates.add(draft, add);
        } else if (input instanceof JsepInput.LocalCandidate add) {
            TransportState transport = draft.transport(add.transport());
            if (transport != null) {
                draft.replaceTransport(transport.withLocalCandidate(add.candidate()));
            }
        } else if (input instanceof JsepInput.LocalCandidatesComplete complete) {
            TransportState transport = draft.transport(complete.transport());
            if (transport != null) {
                draft.replaceTransport(transport.withGatheringComplete());
            }
        } else if (input instanceof JsepInput.IceRoleChanged change) {
            TransportState transport = draft.transport(change.transport());
            if (transport != null) {
                draft.replaceTransport(transport.withIceRole(change.role()));
                draft.iceRole = change.role();
            }
        } else if (input instanceof JsepInput.RestartIce) {
            draft.credentialsToReplace = allCredentials(draft, draft.credentialsToReplace);
        } else if (input instanceof JsepInput.IceConfigurationChanged) {
            // RFC 9429 5.2.2: new credentials with the next offer, but none is needed because of it.
            draft.outdatedCredentials = allCredentials(draft, draft.outdatedCredentials);
        } else if (input instanceof JsepInput.SetNegotiationNeeded set) {
            draft.negotiationNeeded = set.needed();
        }
        return -1;
    }

    /** W3C restartIce: the credentials of every description in force. */
    private static List<IceCredentials> allCredentials(JsepState draft, List<IceCredentials> more) {
        Set<IceCredentials> all = new LinkedHashSet<>(more);
        for (TransportState transport : draft.transports) {
            all.add(transport.local());
        }
        return List.copyOf(all);
    }

    private static JsepStep setLocal(JsepState draft, JsepInput.SetLocal set, RandomSource random) {
        SdpType type = set.type();
        if (type == SdpType.ROLLBACK) {
            return rollback(draft, random, false);
        }
        checkSet(draft, set);
        Applied created = created(draft, type);
        if (created == null) {
            throw new InvalidModificationException("there is no " + type + " to set; call " + creator(type) + " first");
        }
        if (type != SdpType.OFFER && !draft.lastAnswerBasis.equals(draft.basis())) {
            created = rebased(draft, created, random);
        }
        Descriptions descriptions = new Descriptions(draft, random);
        descriptions.local(
                new Applied(type, created.model(), created.text(), created.transceivers(), created.transports()));
        return new JsepStep(draft, descriptions.events(), -1);
    }

    /** An answer from before something changed: it can still be set if it answers the offer that is pending now. */
    private static Applied rebased(JsepState draft, Applied old, RandomSource random) {
        Applied fresh = new AnswerBuilder(draft, List.of(), random).build();
        boolean same = fresh.model().media().size() == old.model().media().size();
        for (int i = 0; i < fresh.model().media().size() && same; i++) {
            MediaModel now = fresh.model().media().get(i);
            MediaModel was = old.model().media().get(i);
            same = now.kind().equals(was.kind())
                    && now.rejected() == was.rejected()
                    && Objects.equals(now.mid(), was.mid())
                    && now.codecs().equals(was.codecs());
            TransportState transport = draft.transport(fresh.transports().get(i));
            // RFC 8839 4.4.3.1: an answer made before the offer restarted ICE does not answer it, nor the other way
            // round.
            same &= transport == null || goesOn(transport, now) == goesOn(transport, was);
        }
        if (!same) {
            throw new InvalidModificationException("the answer is for another offer; call createAnswer again");
        }
        return new Applied(old.type(), old.model(), old.text(), fresh.transceivers(), fresh.transports());
    }

    private static boolean goesOn(TransportState transport, MediaModel section) {
        return transport.local().equals(section.transport().credentials());
    }

    /**
     * Whether the last offer or answer that was created still says what the connection wants.
     *
     * @param state the present state
     * @param type offer or answer
     * @return false if there is none or it is out of date
     */
    public static boolean isLastValid(JsepState state, SdpType type) {
        List<Object> basis = type == SdpType.OFFER ? state.lastOfferBasis : state.lastAnswerBasis;
        return created(state, type) != null && basis.equals(state.basis());
    }

    private static JsepStep setRemote(JsepState draft, JsepInput.SetRemote set, RandomSource random) {
        SdpType type = set.type();
        if (type == SdpType.ROLLBACK) {
            return rollback(draft, random, true);
        }
        List<JsepEvent> events = new ArrayList<>();
        if (type == SdpType.OFFER && rollsBack(draft)) {
            events.addAll(rollback(draft, random, false).events());
        }
        RemoteChecks.state(draft, type, true);
        SessionModel model = SdpMapper.read(set.text(), type == SdpType.OFFER);
        if (type == SdpType.OFFER) {
            RemoteChecks.offer(draft, model);
        } else {
            RemoteChecks.answer(draft, model);
        }
        boolean replaces = type == SdpType.OFFER && replaces(draft, model);
        if (replaces) {
            events.addAll(rollback(draft, random, true).events());
        }
        Descriptions descriptions = new Descriptions(draft, random);
        descriptions.remote(type, model, set.text());
        events.addAll(descriptions.events());
        if (replaces) {
            events.removeIf(event -> event instanceof JsepEvent.SignalingChanged);
        }
        return new JsepStep(draft, events, -1);
    }

    /**
     * A second offer in have-remote-offer takes the place of the first. If it has other sections, what the first made is
     * undone: the peer has rolled that one back and counts its mids anew.
     */
    private static boolean replaces(JsepState draft, SessionModel model) {
        if (draft.signaling != SignalingState.HAVE_REMOTE_OFFER) {
            return false;
        }
        List<MediaModel> old =
                Objects.requireNonNull(draft.pendingRemote).model().media();
        boolean same = old.size() <= model.media().size();
        for (int i = 0; i < old.size() && same; i++) {
            MediaModel now = model.media().get(i);
            same = now.kind().equals(old.get(i).kind())
                    && now.rejected() == old.get(i).rejected()
                    && Objects.equals(now.mid(), old.get(i).mid());
        }
        return !same;
    }

    private static JsepStep rollback(JsepState draft, RandomSource random, boolean remote) {
        RemoteChecks.state(draft, SdpType.ROLLBACK, remote);
        Objects.requireNonNull(draft.rollbackPoint, "no point to roll back to");
        Descriptions descriptions = new Descriptions(draft, random);
        descriptions.rollback();
        return new JsepStep(draft, descriptions.events(), -1);
    }

    /**
     * W3C's steps to check if negotiation is needed.
     *
     * @param state the state
     * @return whether an exchange of descriptions is needed
     */
    public static boolean negotiationNeeded(JsepState state) {
        return NegotiationNeeded.check(state);
    }

    /**
     * The SDP of a local description with the candidates gathered so far.
     *
     * @param state the state
     * @param description one of its local descriptions
     * @return the text
     */
    public static String localText(JsepState state, Applied description) {
        SessionModel model = description.model();
        List<MediaModel> media = new ArrayList<>();
        Set<Integer> shown = new HashSet<>();
        for (int i = 0; i < model.media().size(); i++) {
            MediaModel section = model.media().get(i);
            TransportState transport = state.transport(description.transports().get(i));
            if (transport != null
                    && !section.rejected()
                    && transport.local().equals(section.transport().credentials())
                    && shown.add(transport.id())) {
                section = section.withTransport(
                        section.transport().withCandidates(transport.localCandidates(), transport.gatheringComplete()));
            }
            media.add(section);
        }
        return SdpMapper.write(new SessionModel(model.sessionId(), model.version(), model.bundle(), media));
    }
}
