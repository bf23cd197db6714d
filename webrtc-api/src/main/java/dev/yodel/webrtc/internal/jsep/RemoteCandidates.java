package dev.yodel.webrtc.internal.jsep;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateParseException;
import dev.yodel.ice.IceCredentials;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.SdpType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** W3C's addIceCandidate, for a draft of the state (RFC 9429 4.1.19, 4.1.20). */
final class RemoteCandidates {
    private RemoteCandidates() {}

    static void add(JsepState state, JsepInput.AddRemoteCandidate input) {
        SessionModel model = description(state).model();
        List<Integer> sections = new ArrayList<>();
        if (input.mid() != null) {
            int index = indexOf(state, model, input.mid());
            if (index < 0) {
                throw new OperationException("no m-section of the remote description has mid " + input.mid()
                        + "; it has " + RemoteChecks.midsOf(model));
            }
            sections.add(index);
        } else if (input.index() != null) {
            if (input.index() < 0 || input.index() >= model.media().size()) {
                throw new OperationException("the remote description has no m-section " + input.index() + ", only "
                        + model.media().size());
            }
            sections.add(input.index());
        } else {
            for (int i = 0; i < model.media().size(); i++) {
                sections.add(i);
            }
        }
        String line = input.candidate();
        if (!line.isEmpty()) {
            line = checked(line);
        }
        for (int index : sections) {
            addTo(state, index, line, input.ufrag());
        }
    }

    /** The description that candidates belong to. */
    static Applied description(JsepState state) {
        Applied newest = state.remote();
        if (newest == null) {
            throw new InvalidStateException(
                    "a candidate came before the remote description; set the remote description first and keep candidates until then");
        }
        return newest;
    }

    private static int indexOf(JsepState state, SessionModel model, String mid) {
        int index = model.indexOf(mid);
        if (index >= 0) {
            return index;
        }
        for (TransceiverState transceiver : state.transceivers) {
            if (mid.equals(transceiver.association.mid())) {
                return transceiver.association.index();
            }
        }
        return mid.equals(state.data.mid()) ? state.data.index() : -1;
    }

    static String checked(String line) {
        try {
            Candidate.parse(line);
        } catch (CandidateParseException e) {
            throw new OperationException("the candidate does not follow RFC 8839 5.1: " + e.getMessage());
        }
        String text = line.startsWith("a=") ? line.substring(2) : line;
        return text.startsWith("candidate:") ? text : "candidate:" + text;
    }

    /**
     * A candidate of a section that is part of another one's transport stands in the description only: it leads to a port
     * that the peer gives up when it hears that the bundle was taken (RFC 9143 7.4).
     */
    private static void addTo(JsepState state, int index, String line, @Nullable String ufrag) {
        Applied pending = state.pendingRemote;
        Applied current = state.currentRemote;
        boolean inPending = pending != null && belongs(pending, index, ufrag);
        boolean inCurrent = current != null && (ufrag != null || pending == null) && belongs(current, index, ufrag);
        if (ufrag != null && !inPending && !inCurrent) {
            throw new OperationException("no remote description has the username fragment " + ufrag + " in m-section "
                    + index + "; the candidate belongs to another generation");
        }
        if (inPending) {
            state.pendingRemote = with(Objects.requireNonNull(pending), index, line);
        }
        if (inCurrent) {
            state.currentRemote = with(Objects.requireNonNull(current), index, line);
        }
        TransportState transport = state.transport(state.transportAt(index));
        IceCredentials remote = transport == null ? null : transport.remote();
        if (transport != null
                && remote != null
                && ((inPending && ownsTransport(pending, index))
                        || (inCurrent && ownsTransport(answerInForce(state), index)))
                && generation(state, index, ufrag).equals(remote.ufrag())) {
            state.replaceTransport(
                    transport.withRemoteCandidates(line.isEmpty() ? List.of() : List.of(line), line.isEmpty()));
        }
    }

    /** Which sections were bundled is what the answer says, whoever gave it. */
    private static @Nullable Applied answerInForce(JsepState state) {
        Applied remote = state.currentRemote;
        return remote == null || remote.type() == SdpType.ANSWER ? remote : state.currentLocal;
    }

    private static boolean ownsTransport(@Nullable Applied description, int index) {
        return description != null
                && description.model().at(index) != null
                && description.model().transportOwner(index) == index;
    }

    /** The generation that a candidate belongs to: its own word for it, else the newest description's. */
    private static String generation(JsepState state, int index, @Nullable String ufrag) {
        if (ufrag != null) {
            return ufrag;
        }
        SessionModel model = Objects.requireNonNull(state.remote()).model();
        IceCredentials credentials =
                model.media().get(model.transportOwner(index)).transport().credentials();
        return credentials == null ? "" : credentials.ufrag();
    }

    private static boolean belongs(Applied description, int index, @Nullable String ufrag) {
        MediaModel section = description.model().at(index);
        if (section == null) {
            return false;
        }
        if (ufrag == null) {
            return true;
        }
        IceCredentials own = section.transport().credentials();
        IceCredentials shared = description
                .model()
                .media()
                .get(description.model().transportOwner(index))
                .transport()
                .credentials();
        // W3C: the fragment of its own section; a bundled section that has none is part of the tagged one.
        IceCredentials meant = own != null ? own : shared;
        return meant != null && meant.ufrag().equals(ufrag);
    }

    private static Applied with(Applied description, int index, String line) {
        SessionModel model = description.model();
        List<MediaModel> media = new ArrayList<>(model.media());
        TransportModel transport = media.get(index).transport();
        List<String> candidates = new ArrayList<>(transport.candidates());
        String written = "end-of-candidates";
        if (!line.isEmpty()) {
            if (candidates.contains(line) || candidates.size() >= TransportState.MAX_REMOTE_CANDIDATES) {
                return description;
            }
            candidates.add(line);
            written = line;
        } else if (transport.endOfCandidates()) {
            return description;
        }
        media.set(
                index,
                media.get(index)
                        .withTransport(
                                transport.withCandidates(candidates, line.isEmpty() || transport.endOfCandidates())));
        return description
                .withModel(new SessionModel(model.sessionId(), model.version(), model.bundle(), media))
                .withText(insert(description.text(), index, "a=" + written));
    }

    /** Puts a line at the end of an m-section. */
    private static String insert(String text, int index, String line) {
        int at = text.startsWith("m=") ? 0 : text.indexOf("\nm=");
        int section = 0;
        while (at >= 0 && section <= index) {
            int next = text.indexOf("\nm=", at + 1);
            if (section == index) {
                int end = next < 0 ? text.length() : next + 1;
                String before = text.substring(0, end);
                String separator = before.endsWith("\n") ? "" : "\r\n";
                return before + separator + line + "\r\n" + text.substring(end);
            }
            at = next;
            section++;
        }
        return text;
    }
}
