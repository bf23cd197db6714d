package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.Negotiation;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionIceEvent;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection's perfect negotiation. Confined to the connection's lane. */
public final class PerfectNegotiation {
    private static final Logger LOG = LoggerFactory.getLogger("dev.yodel.webrtc");

    private final PeerConnectionImpl connection;
    private final Negotiation.Signal signal;
    private final boolean polite;
    private boolean makingOffer;
    private boolean ignoreOffer;
    private boolean settingRemoteAnswer;

    private PerfectNegotiation(PeerConnectionImpl connection, Negotiation.Signal signal, boolean polite) {
        this.connection = connection;
        this.signal = signal;
        this.polite = polite;
    }

    /**
     * Starts it.
     *
     * @param connection a connection of this library
     * @param signal the way to the peer
     * @param polite whether this side gives way
     * @return ends it
     */
    public static Registration start(PeerConnection connection, Negotiation.Signal signal, boolean polite) {
        if (!(connection instanceof PeerConnectionImpl ours)) {
            throw new IllegalArgumentException(
                    "the connection was not made by a PeerConnectionFactory of this library");
        }
        PerfectNegotiation negotiation = new PerfectNegotiation(ours, signal, polite);
        List<Registration> registrations = List.of(
                ours.onNegotiationNeeded(negotiation::offer),
                ours.onIceCandidate(negotiation::sendCandidate),
                signal.onDescription(description -> ours.queue().post(() -> negotiation.description(description))),
                signal.onCandidate(candidate -> ours.queue().post(() -> negotiation.candidate(candidate))));
        // Tracks that were added before this call have fired already; an event that was fired is fired no more.
        ours.queue().post(negotiation::offerIfDue);
        return () -> registrations.forEach(Registration::close);
    }

    private void offerIfDue() {
        if (!connection.closed()
                && !makingOffer
                && connection.negotiationIsNeeded()
                && connection.signalingState() == SignalingState.STABLE) {
            offer();
        }
    }

    private void offer() {
        if (makingOffer) {
            return;
        }
        makingOffer = true;
        connection.setLocalDescription().whenComplete((description, error) -> {
            makingOffer = false;
            if (error == null) {
                signal.send(description);
            } else {
                report("could not offer", error);
            }
        });
    }

    private void sendCandidate(PeerConnectionIceEvent event) {
        IceCandidate candidate = event.candidate();
        if (candidate != null) {
            signal.send(candidate);
        }
    }

    private void description(SessionDescription description) {
        if (connection.closed()) {
            return;
        }
        boolean offer = description.type() == SdpType.OFFER;
        boolean ready = !makingOffer && (connection.signalingState() == SignalingState.STABLE || settingRemoteAnswer);
        ignoreOffer = !polite && offer && !ready;
        if (ignoreOffer) {
            return;
        }
        settingRemoteAnswer = description.type() == SdpType.ANSWER;
        CompletableFuture<Void> set = connection.setRemoteDescription(description);
        set.whenComplete((done, error) -> {
            settingRemoteAnswer = false;
            if (error != null) {
                report("could not apply the peer's " + description.type(), error);
            } else if (offer) {
                answer();
            }
        });
    }

    private void answer() {
        connection.setLocalDescription().whenComplete((description, error) -> {
            if (error == null) {
                signal.send(description);
            } else {
                report("could not answer", error);
            }
        });
    }

    private void candidate(IceCandidate candidate) {
        if (connection.closed()) {
            return;
        }
        boolean ignored = ignoreOffer;
        connection.addIceCandidate(candidate).whenComplete((done, error) -> {
            if (error != null && !ignored) {
                report("could not add a candidate", error);
            }
        });
    }

    private void report(String what, Throwable error) {
        if (!connection.closed()) {
            LOG.warn("negotiation {}: {}", what, RtcException.of(error).getMessage());
        }
    }
}
