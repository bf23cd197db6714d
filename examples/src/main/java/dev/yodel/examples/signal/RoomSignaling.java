package dev.yodel.examples.signal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.Negotiation;
import dev.yodel.webrtc.SessionDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages of {@link Negotiation} over a room of the signaling server. What comes before somebody listens is
 * kept. May be used from any thread.
 */
public final class RoomSignaling implements Negotiation.Signal {
    private final List<SignalMessage> early = new ArrayList<>();
    private @Nullable SignalClient client;
    private @Nullable Consumer<SessionDescription> descriptions;
    private @Nullable Consumer<IceCandidate> candidates;

    /** A negotiation that nothing was said in. */
    public RoomSignaling() {}

    /**
     * Tells the way out.
     *
     * @param open the room's WebSocket
     */
    public synchronized void begin(SignalClient open) {
        client = open;
    }

    /**
     * Takes what the peer says.
     *
     * @param message a description, a candidate or the end of them
     */
    public synchronized void receive(SignalMessage message) {
        early.add(message);
        deliver();
    }

    private synchronized void deliver() {
        final Consumer<SessionDescription> toDescriptions = descriptions;
        final Consumer<IceCandidate> toCandidates = candidates;
        if (toDescriptions == null || toCandidates == null) {
            return;
        }
        for (final SignalMessage message : List.copyOf(early)) {
            if (message instanceof SignalMessage.Description description) {
                toDescriptions.accept(description(description));
            } else if (message instanceof SignalMessage.Candidate candidate
                    && (candidate.sdpMid() != null || candidate.sdpMLineIndex() != null)) {
                toCandidates.accept(new IceCandidate(
                        candidate.candidate(),
                        candidate.sdpMid(),
                        candidate.sdpMLineIndex(),
                        candidate.usernameFragment()));
            } else if (message instanceof SignalMessage.EndOfCandidates) {
                // Calls are bundled: the first section's transport is the only one.
                toCandidates.accept(new IceCandidate("", null, 0));
            }
        }
        early.clear();
    }

    private static SessionDescription description(SignalMessage.Description description) {
        return switch (description.type()) {
            case "offer" -> SessionDescription.offer(description.sdp());
            case "answer" -> SessionDescription.answer(description.sdp());
            case "pranswer" -> SessionDescription.pranswer(description.sdp());
            default -> SessionDescription.rollback();
        };
    }

    private synchronized void tell(SignalMessage message) {
        final SignalClient open = client;
        if (open != null) {
            open.send(message);
        }
    }

    @Override
    public void send(SessionDescription description) {
        tell(new SignalMessage.Description(description.type().toString(), description.sdp()));
    }

    @Override
    public void send(IceCandidate candidate) {
        tell(new SignalMessage.Candidate(
                candidate.candidate(), candidate.sdpMid(), candidate.sdpMLineIndex(), candidate.usernameFragment()));
    }

    @Override
    public Registration onDescription(Consumer<SessionDescription> listener) {
        synchronized (this) {
            descriptions = listener;
        }
        deliver();
        return () -> {};
    }

    @Override
    public Registration onCandidate(Consumer<IceCandidate> listener) {
        synchronized (this) {
            candidates = listener;
        }
        deliver();
        return () -> {};
    }
}
