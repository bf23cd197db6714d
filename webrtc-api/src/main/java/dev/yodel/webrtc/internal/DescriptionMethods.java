package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.webrtc.Certificate;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.OfferOptions;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.RtcException;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.internal.jsep.Applied;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.JsepStep;
import dev.yodel.webrtc.internal.jsep.Negotiator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * W3C's methods about descriptions and candidates: each is an operation of the chain, waits for the certificate, hands an
 * input to negotiation and fires what comes of it. It decides nothing about their content ({@link Negotiator}).
 */
final class DescriptionMethods {
    private final PeerConnectionImpl connection;
    private final LaneQueue queue;
    private final Signaling signaling;
    private final OperationsChain chain;
    private final EventDispatch dispatch;
    private final CompletableFuture<DtlsCertificate> certificate;
    private final EarlyCandidates early = new EarlyCandidates();

    DescriptionMethods(
            PeerConnectionImpl connection,
            Signaling signaling,
            OperationsChain chain,
            EventDispatch dispatch,
            CompletableFuture<DtlsCertificate> certificate) {
        this.connection = connection;
        this.queue = connection.queue();
        this.signaling = signaling;
        this.chain = chain;
        this.dispatch = dispatch;
        this.certificate = certificate;
    }

    CompletableFuture<SessionDescription> createOffer(OfferOptions options) {
        Objects.requireNonNull(options, "options");
        return chain.chain(
                "createOffer",
                () -> Negotiator.checkCreate(signaling.state(), SdpType.OFFER),
                () -> withCertificate(prints -> created(new JsepInput.CreateOffer(options.iceRestart(), prints))));
    }

    CompletableFuture<SessionDescription> createAnswer() {
        return chain.chain(
                "createAnswer",
                () -> Negotiator.checkCreate(signaling.state(), SdpType.ANSWER),
                () -> withCertificate(prints -> created(new JsepInput.CreateAnswer(prints))));
    }

    private SessionDescription created(JsepInput input) {
        JsepState state = signaling.apply(input).state();
        boolean offer = input instanceof JsepInput.CreateOffer;
        Applied made = Objects.requireNonNull(offer ? state.lastOffer() : state.lastAnswer());
        return new SessionDescription(offer ? SdpType.OFFER : SdpType.ANSWER, made.text());
    }

    CompletableFuture<SessionDescription> setLocalDescription() {
        return chain.chain(
                "setLocalDescription",
                () -> {},
                () -> withCertificate(prints -> {
                    SdpType type = implicitType();
                    createIfNeeded(type, prints);
                    setDescription(new JsepInput.SetLocal(type, ""));
                    return Objects.requireNonNull(connection.localDescription(), "the description was set");
                }));
    }

    /** W3C: the last offer or answer is used if it still says what the connection wants, else one is created. */
    private void createIfNeeded(SdpType type, List<DtlsFingerprint> prints) {
        if (!Negotiator.isLastValid(signaling.state(), type)) {
            created(
                    type == SdpType.OFFER
                            ? new JsepInput.CreateOffer(false, prints)
                            : new JsepInput.CreateAnswer(prints));
        }
    }

    private SdpType implicitType() {
        return switch (connection.signalingState()) {
            case STABLE, HAVE_LOCAL_OFFER, HAVE_REMOTE_PRANSWER -> SdpType.OFFER;
            case HAVE_REMOTE_OFFER, HAVE_LOCAL_PRANSWER, CLOSED -> SdpType.ANSWER;
        };
    }

    CompletableFuture<Void> setLocalDescription(SessionDescription description) {
        Objects.requireNonNull(description, "description");
        SdpType type = description.type();
        JsepInput.SetLocal input = new JsepInput.SetLocal(type, description.sdp());
        return chain.chain(
                "setLocalDescription",
                () -> Negotiator.checkSet(signaling.state(), input),
                () -> withCertificate(prints -> {
                    if (description.sdp().isEmpty() && type != SdpType.ROLLBACK) {
                        createIfNeeded(type, prints);
                    }
                    return setDescription(input);
                }));
    }

    CompletableFuture<Void> setRemoteDescription(SessionDescription description) {
        Objects.requireNonNull(description, "description");
        SdpType type = description.type();
        JsepInput.SetRemote input = new JsepInput.SetRemote(type, description.sdp());
        return chain.chain(
                "setRemoteDescription",
                () -> Negotiator.checkSet(signaling.state(), input),
                () -> withCertificate(prints -> {
                    if (type == SdpType.OFFER && connection.signalingState() == SignalingState.HAVE_LOCAL_OFFER) {
                        // W3C rolls back first, as a step of its own with its own event, whatever comes of the offer.
                        setDescription(new JsepInput.SetLocal(SdpType.ROLLBACK, ""));
                    }
                    return setDescription(input);
                }),
                unreadable(description));
    }

    private static @Nullable RuntimeException unreadable(SessionDescription description) {
        try {
            if (description.type() != SdpType.ROLLBACK) {
                Negotiator.checkText(description.type(), description.sdp());
            }
            return null;
        } catch (RtcException e) {
            return e;
        }
    }

    /** W3C's steps to set a session description: the state, then the events, then the promise. On the lane. */
    private Void setDescription(JsepInput input) {
        JsepStep step = signaling.apply(input);
        if (step.state().remote() != null) {
            early.release(signaling::apply);
        }
        if (step.state().signaling() == SignalingState.STABLE) {
            connection.discardPool();
            signaling.apply(new JsepInput.SetNegotiationNeeded(false));
            connection.updateNegotiationNeeded();
        }
        dispatch.fire(step.events());
        connection.reports().transportsChanged();
        return RtcFuture.nothing();
    }

    private <T extends @Nullable Object> CompletableFuture<T> withCertificate(CertificateWork<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        certificate.whenComplete((ready, error) -> {
            Runnable task = () -> {
                if (connection.closed()) {
                    return;
                }
                try {
                    if (error != null) {
                        throw new OperationException("no certificate could be made: " + error.getMessage());
                    }
                    result.complete(work.run(fingerprints(ready)));
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            };
            if (queue.inLane()) {
                task.run();
            } else {
                queue.post(task);
            }
        });
        return result;
    }

    /** W3C's createOffer: of all certificates that the connection was given. */
    private List<DtlsFingerprint> fingerprints(DtlsCertificate used) {
        Set<DtlsFingerprint> prints = new LinkedHashSet<>();
        prints.add(used.fingerprint());
        for (Certificate given : connection.getConfiguration().certificates()) {
            if (given instanceof CertificateImpl ours) {
                prints.add(ours.inner().fingerprint());
            }
        }
        return List.copyOf(prints);
    }

    private interface CertificateWork<T extends @Nullable Object> {
        T run(List<DtlsFingerprint> fingerprints);
    }

    CompletableFuture<Void> addIceCandidate(IceCandidateInit given) {
        if (!given.candidate().isEmpty() && given.sdpMid() == null && given.sdpMLineIndex() == null) {
            return RtcFuture.failed(
                    queue,
                    "addIceCandidate",
                    new IllegalArgumentException(
                            "a candidate needs sdpMid or sdpMLineIndex; pass both as they were signaled"));
        }
        JsepInput.AddRemoteCandidate input = new JsepInput.AddRemoteCandidate(
                given.candidate(), given.sdpMid(), given.sdpMLineIndex(), given.usernameFragment());
        boolean mayBeEarly = connection.factory().settings().singleLane() == null;
        return chain.chain(
                "addIceCandidate",
                () -> {
                    if (!mayBeEarly) {
                        Negotiator.checkAddCandidate(signaling.state());
                    }
                },
                () -> {
                    if (mayBeEarly && signaling.state().remote() == null) {
                        Negotiator.checkCandidate(given.candidate());
                        early.keep(input);
                    } else {
                        signaling.apply(input);
                    }
                    return CompletableFuture.completedFuture(RtcFuture.nothing());
                });
    }
}
