package dev.yodel.webrtc.internal.jsep;

import dev.yodel.ice.IceCredentials;
import dev.yodel.io.RandomSource;
import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SignalingState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * JSEP (RFC 9429) and the synchronous half of W3C's algorithms as one pure function. What is wrong throws the W3C
 * exception and leaves the given state as it was. It knows no thread and no transport; {@link TransportPlan} tells what
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

    private static int simple(JsepState draft, JsepInput input, RandomSource random) {
        if (input instanceof JsepInput.AddTrack add) {
            return Transceivers.addTrack(draft, add, random);
        } else if (input instanceof JsepInput.AddTransceiver add) {
            TransceiverState created =
                    Transceivers.create(draft, add.kind(), add.direction(), add.trackId(), add.streams(), null, random);
            if (!add.encodings().isEmpty()) {
                created.encodings = List.copyOf(add.encodings());
            }
            return created.id;
        } else if (input instanceof JsepInput.RemoveTrack remove) {
            Transceivers.removeTrack(draft, remove.transceiver());
        } else if (input instanceof JsepInput.ReplaceTrack replace) {
            TransceiverState transceiver = draft.transceiver(replace.transceiver());
            if (transceiver != null) {
                transceiver.hasTrack = replace.hasTrack();
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
        } else if (input instanceof JsepInput.CreateAnswer create) {
            RemoteChecks.createAnswer(draft);
            draft.lastAnswer = new AnswerBuilder(draft, create.fingerprints(), random).build();
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
        } else if (input instanceof JsepInput.RestartIce) {
            restartIce(draft);
        } else if (input instanceof JsepInput.SetNegotiationNeeded set) {
            draft.negotiationNeeded = set.needed();
        }
        return -1;
    }

    /** W3C restartIce: the credentials of every description in force are to be replaced. */
    private static void restartIce(JsepState draft) {
        Set<IceCredentials> replace = new HashSet<>(draft.credentialsToReplace);
        for (TransportState transport : draft.transports) {
            replace.add(transport.local());
        }
        draft.credentialsToReplace = List.copyOf(replace);
    }

    private static JsepStep setLocal(JsepState draft, JsepInput.SetLocal set, RandomSource random) {
        SdpType type = set.type();
        if (type == SdpType.ROLLBACK) {
            return rollback(draft, random, false);
        }
        Applied created = type == SdpType.OFFER ? draft.lastOffer : draft.lastAnswer;
        String method = type == SdpType.OFFER ? "createOffer" : "createAnswer";
        if (!set.text().isEmpty() && (created == null || !created.text().equals(set.text()))) {
            throw new InvalidModificationException("the " + type + " is not the one that " + method
                    + " gave last; set that one unchanged, or call setLocalDescription without argument");
        }
        RemoteChecks.state(draft, type, false);
        if (created == null) {
            throw new InvalidModificationException("there is no " + type + " to set; call " + method + " first");
        }
        Descriptions descriptions = new Descriptions(draft, random);
        descriptions.local(
                new Applied(type, created.model(), created.text(), created.transceivers(), created.transports()));
        return new JsepStep(draft, descriptions.events(), -1);
    }

    private static JsepStep setRemote(JsepState draft, JsepInput.SetRemote set, RandomSource random) {
        SdpType type = set.type();
        if (type == SdpType.ROLLBACK) {
            return rollback(draft, random, true);
        }
        List<JsepEvent> events = new ArrayList<>();
        // W3C: a remote offer that meets ours rolls ours back (glare); the polite peer relies on it.
        if (type == SdpType.OFFER
                && draft.signaling != SignalingState.STABLE
                && draft.signaling != SignalingState.HAVE_REMOTE_OFFER) {
            events.addAll(rollback(draft, random, false).events());
        }
        RemoteChecks.state(draft, type, true);
        SessionModel model = SdpMapper.read(set.text(), type == SdpType.OFFER);
        if (type == SdpType.OFFER) {
            RemoteChecks.offer(draft, model);
        } else {
            RemoteChecks.answer(draft, model);
        }
        if (type == SdpType.OFFER) {
            draft.lastAnswer = null;
        }
        Descriptions descriptions = new Descriptions(draft, random);
        descriptions.remote(type, model, set.text());
        events.addAll(descriptions.events());
        return new JsepStep(draft, events, -1);
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
