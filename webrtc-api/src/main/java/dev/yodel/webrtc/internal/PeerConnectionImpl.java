package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.io.Loop;
import dev.yodel.io.Registration;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceConnectionState;
import dev.yodel.webrtc.IceGatheringState;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.OfferOptions;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionIceErrorEvent;
import dev.yodel.webrtc.PeerConnectionIceEvent;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.RtpSender;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.SdpType;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.StatsReport;
import dev.yodel.webrtc.TrackEvent;
import dev.yodel.webrtc.internal.jsep.Applied;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.JsepOptions;
import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.JsepStep;
import dev.yodel.webrtc.internal.jsep.Negotiator;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.TransportOptions;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The façade: W3C's methods as operations on the signaling side, and what transports report as events on the lane. It
 * decides nothing about descriptions ({@link Negotiator}) and moves no bytes (the transports do).
 */
final class PeerConnectionImpl implements PeerConnection {
    private final FactoryCore factory;
    private final Loop loop;
    private final LaneQueue queue;
    private final String cname;
    private final CompletableFuture<DtlsCertificate> certificate;
    private final Signaling signaling;
    private final OperationsChain chain;
    private final EarlyCandidates early = new EarlyCandidates();
    private final ConnectionEvents events;
    private final EventDispatch dispatch;
    private final StatsCollector stats;
    private final Waiters<Void> connectedWaiters = new Waiters<>();
    private final Waiters<SessionDescription> gatheringWaiters = new Waiters<>();
    private volatile Configuration configuration;
    private volatile boolean closed;
    private volatile IceGatheringState gathering = IceGatheringState.NEW;
    private volatile IceConnectionState ice = IceConnectionState.NEW;
    private volatile ConnectionState connection = ConnectionState.NEW;

    PeerConnectionImpl(
            FactoryCore factory,
            Loop loop,
            Configuration configuration,
            CompletableFuture<DtlsCertificate> certificate,
            JsepOptions options) {
        this.factory = factory;
        this.loop = loop;
        this.configuration = configuration;
        this.certificate = certificate;
        this.cname = options.cname();
        this.queue = new LaneQueue(factory.newLane(loop), loop);
        this.events = new ConnectionEvents(queue, this::closed);
        this.signaling = new Signaling(this, factory.environment().random(), JsepState.initial(options));
        this.chain = new OperationsChain(queue, this::updateNegotiationNeeded);
        this.dispatch = new EventDispatch(signaling, events);
        this.stats = new StatsCollector(this, signaling);
    }

    FactoryCore factory() {
        return factory;
    }

    Loop loop() {
        return loop;
    }

    LaneQueue queue() {
        return queue;
    }

    String cname() {
        return cname;
    }

    boolean closed() {
        return closed;
    }

    /** What transports are made with; the certificate is there whenever a description has been applied. */
    TransportOptions transportOptions() {
        return factory.transportOptions(loop, configuration, certificate.join(), cname);
    }

    // Descriptions.

    @Override
    public CompletableFuture<SessionDescription> createOffer(OfferOptions options) {
        Objects.requireNonNull(options, "options");
        return chain.chain(
                "createOffer",
                () -> withCertificate(prints -> created(new JsepInput.CreateOffer(options.iceRestart(), prints))));
    }

    @Override
    public CompletableFuture<SessionDescription> createAnswer() {
        return chain.chain(
                "createAnswer", () -> withCertificate(prints -> created(new JsepInput.CreateAnswer(prints))));
    }

    private SessionDescription created(JsepInput input) {
        JsepState state = signaling.apply(input).state();
        boolean offer = input instanceof JsepInput.CreateOffer;
        Applied made = Objects.requireNonNull(offer ? state.lastOffer() : state.lastAnswer());
        return new SessionDescription(offer ? SdpType.OFFER : SdpType.ANSWER, made.text());
    }

    @Override
    public CompletableFuture<SessionDescription> setLocalDescription() {
        return chain.chain(
                "setLocalDescription",
                () -> withCertificate(prints -> {
                    SdpType type = implicitType();
                    created(
                            type == SdpType.OFFER
                                    ? new JsepInput.CreateOffer(false, prints)
                                    : new JsepInput.CreateAnswer(prints));
                    setDescription(new JsepInput.SetLocal(type, ""));
                    return Objects.requireNonNull(localDescription(), "the description was set");
                }));
    }

    private SdpType implicitType() {
        return switch (signalingState()) {
            case STABLE, HAVE_LOCAL_OFFER, HAVE_REMOTE_PRANSWER -> SdpType.OFFER;
            case HAVE_REMOTE_OFFER, HAVE_LOCAL_PRANSWER, CLOSED -> SdpType.ANSWER;
        };
    }

    @Override
    public CompletableFuture<Void> setLocalDescription(SessionDescription description) {
        Objects.requireNonNull(description, "description");
        SdpType type = description.type();
        return chain.chain(
                "setLocalDescription",
                () -> withCertificate(prints -> {
                    if (description.sdp().isEmpty() && type != SdpType.ROLLBACK) {
                        created(
                                type == SdpType.OFFER
                                        ? new JsepInput.CreateOffer(false, prints)
                                        : new JsepInput.CreateAnswer(prints));
                    }
                    return setDescription(new JsepInput.SetLocal(type, description.sdp()));
                }));
    }

    @Override
    public CompletableFuture<Void> setRemoteDescription(SessionDescription description) {
        Objects.requireNonNull(description, "description");
        SdpType type = description.type();
        JsepInput input = new JsepInput.SetRemote(type, description.sdp());
        return chain.chain(
                "setRemoteDescription",
                () -> withCertificate(prints -> {
                    if (type == SdpType.OFFER && signalingState() == SignalingState.HAVE_LOCAL_OFFER) {
                        // W3C rolls back first, as a step of its own with its own event; we only do so for an offer
                        // that
                        // can be applied afterwards.
                        Negotiator.apply(
                                signaling.state(), input, factory.environment().random());
                        setDescription(new JsepInput.SetLocal(SdpType.ROLLBACK, ""));
                    }
                    return setDescription(input);
                }));
    }

    /** W3C's steps to set a session description: the state, then the events, then the promise. On the lane. */
    private Void setDescription(JsepInput input) {
        JsepStep step = signaling.apply(input);
        if (step.state().remote() != null) {
            early.release(signaling::apply);
        }
        if (step.state().signaling() == SignalingState.STABLE) {
            signaling.apply(new JsepInput.SetNegotiationNeeded(false));
            updateNegotiationNeeded();
        }
        dispatch.fire(step.events());
        transportsChanged();
        return nothing();
    }

    /** The only value there is of this type. */
    @SuppressWarnings("NullAway")
    private static Void nothing() {
        return null;
    }

    private <T extends @Nullable Object> CompletableFuture<T> withCertificate(CertificateWork<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        certificate.whenComplete((ready, error) -> {
            Runnable task = () -> {
                if (closed) {
                    return;
                }
                try {
                    if (error != null) {
                        throw new OperationException("no certificate could be made: " + error.getMessage());
                    }
                    result.complete(work.run(List.of(ready.fingerprint())));
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

    private interface CertificateWork<T extends @Nullable Object> {
        T run(List<DtlsFingerprint> fingerprints);
    }

    @Override
    public CompletableFuture<Void> addIceCandidate(@Nullable IceCandidate candidate) {
        IceCandidate given = candidate == null ? new IceCandidate("", null, null, null) : candidate;
        if (!given.candidate().isEmpty() && given.sdpMid() == null && given.sdpMLineIndex() == null) {
            return RtcFuture.failed(
                    queue,
                    "addIceCandidate",
                    new IllegalArgumentException(
                            "a candidate needs sdpMid or sdpMLineIndex; pass both as they were signaled"));
        }
        JsepInput.AddRemoteCandidate input = new JsepInput.AddRemoteCandidate(
                given.candidate(), given.sdpMid(), given.sdpMLineIndex(), given.usernameFragment());
        return chain.chain("addIceCandidate", () -> {
            if (signaling.state().remote() == null && factory.settings().singleLane() == null) {
                Negotiator.checkCandidate(given.candidate());
                early.keep(input);
            } else {
                signaling.apply(input);
            }
            return CompletableFuture.completedFuture(nothing());
        });
    }

    @Override
    public void restartIce() {
        if (!closed) {
            changed(new JsepInput.RestartIce());
        }
    }

    @Override
    public @Nullable SessionDescription currentLocalDescription() {
        JsepState state = signaling.state();
        return local(state, state.currentLocal());
    }

    @Override
    public @Nullable SessionDescription pendingLocalDescription() {
        JsepState state = signaling.state();
        return local(state, state.pendingLocal());
    }

    private static @Nullable SessionDescription local(JsepState state, @Nullable Applied applied) {
        return applied == null ? null : new SessionDescription(applied.type(), Negotiator.localText(state, applied));
    }

    @Override
    public @Nullable SessionDescription currentRemoteDescription() {
        return remote(signaling.state().currentRemote());
    }

    @Override
    public @Nullable SessionDescription pendingRemoteDescription() {
        return remote(signaling.state().pendingRemote());
    }

    private static @Nullable SessionDescription remote(@Nullable Applied applied) {
        return applied == null ? null : new SessionDescription(applied.type(), applied.text());
    }

    @Override
    public SignalingState signalingState() {
        return closed ? SignalingState.CLOSED : signaling.state().signaling();
    }

    @Override
    public IceGatheringState iceGatheringState() {
        return gathering;
    }

    @Override
    public IceConnectionState iceConnectionState() {
        return closed ? IceConnectionState.CLOSED : ice;
    }

    @Override
    public ConnectionState connectionState() {
        return closed ? ConnectionState.CLOSED : connection;
    }

    @Override
    public @Nullable Boolean canTrickleIceCandidates() {
        Applied remote = signaling.state().remote();
        return remote == null ? null : (Boolean) remote.text().contains("trickle");
    }

    @Override
    public Configuration getConfiguration() {
        return configuration;
    }

    @Override
    public void setConfiguration(Configuration value) {
        mustBeOpen("setConfiguration");
        Configuration old = configuration;
        if (value.bundlePolicy() != old.bundlePolicy()
                || value.rtcpMuxPolicy() != old.rtcpMuxPolicy()
                || (!value.certificates().isEmpty() && !value.certificates().equals(old.certificates()))) {
            throw new InvalidModificationException(
                    "bundlePolicy, rtcpMuxPolicy and certificates cannot be changed; make a new connection");
        }
        factory.check(value);
        configuration = value;
    }

    // Tracks and transceivers.

    private void mustBeOpen(String method) {
        if (closed) {
            throw OperationsChain.closedError(method);
        }
    }

    static List<String> ids(List<MediaStream> streams) {
        List<String> ids = new ArrayList<>();
        for (MediaStream stream : streams) {
            if (!ids.contains(stream.id())) {
                ids.add(stream.id());
            }
        }
        return ids;
    }

    /** A synchronous change of what is wanted: it takes effect at once, and negotiation may be needed after it. */
    void changed(JsepInput input) {
        mustBeOpen(input.getClass().getSimpleName());
        signaling.apply(input);
        updateNegotiationNeeded();
    }

    @Override
    public RtpSender addTrack(MediaStreamTrack track, MediaStream... streams) {
        SenderImpl.source(track);
        List<String> ids = ids(List.of(streams));
        SenderImpl sender = signaling.locked(() -> {
            mustBeOpen("addTrack");
            for (TransceiverImpl transceiver : signaling.transceivers().all()) {
                if (track.equals(transceiver.sender().track()) && !transceiver.stopped()) {
                    throw new InvalidAccessException(
                            "the connection sends this track already; use its sender, or addTransceiver to send it twice");
                }
            }
            return connect(new JsepInput.AddTrack(track.kind(), track.id(), ids), track)
                    .sender();
        });
        updateNegotiationNeeded();
        return sender;
    }

    private TransceiverImpl connect(JsepInput input, @Nullable MediaStreamTrack track) {
        int id = signaling.apply(input).transceiver();
        TransceiverImpl transceiver =
                Objects.requireNonNull(signaling.transceivers().get(id), "the input made it");
        if (track != null) {
            transceiver.sender().connect(track);
        }
        return transceiver;
    }

    @Override
    public void removeTrack(RtpSender sender) {
        signaling.locked(() -> {
            mustBeOpen("removeTrack");
            if (!(sender instanceof SenderImpl ours)
                    || !this.equals(ours.transceiver().connection())) {
                throw new InvalidAccessException("the sender belongs to another connection; call removeTrack there");
            }
            signaling.apply(new JsepInput.RemoveTrack(ours.transceiver().id()));
            ours.connect(null);
            return true;
        });
        updateNegotiationNeeded();
    }

    CompletableFuture<Void> replaceTrack(SenderImpl sender, @Nullable MediaStreamTrack track) {
        if (track != null
                && track.kind() != sender.transceiver().receiver().track().kind()) {
            return RtcFuture.failed(
                    queue,
                    "replaceTrack",
                    new IllegalArgumentException("the sender is for "
                            + sender.transceiver().receiver().track().kind() + " and the track is " + track.kind()
                            + "; add a transceiver of its kind"));
        }
        if (track != null) {
            SenderImpl.source(track);
        }
        return chain.chain("replaceTrack", () -> {
            signaling.locked(() -> {
                if (sender.transceiver().stopped()) {
                    throw new InvalidStateException("the transceiver was stopped; add a new one to send the track");
                }
                signaling.apply(new JsepInput.ReplaceTrack(sender.transceiver().id(), track != null));
                sender.connect(track);
                return true;
            });
            return CompletableFuture.completedFuture(nothing());
        });
    }

    @Override
    public RtpTransceiver addTransceiver(MediaKind kind, RtpTransceiverInit init) {
        return addTransceiver(kind, null, init);
    }

    @Override
    public RtpTransceiver addTransceiver(MediaStreamTrack track, RtpTransceiverInit init) {
        SenderImpl.source(track);
        return addTransceiver(track.kind(), track, init);
    }

    private RtpTransceiver addTransceiver(MediaKind kind, @Nullable MediaStreamTrack track, RtpTransceiverInit init) {
        JsepInput input = new JsepInput.AddTransceiver(
                kind, TransceiverImpl.inner(init.direction()), track == null ? null : track.id(), ids(init.streams()));
        TransceiverImpl made = signaling.locked(() -> {
            mustBeOpen("addTransceiver");
            return connect(input, track);
        });
        updateNegotiationNeeded();
        return made;
    }

    void stop(TransceiverImpl transceiver) {
        changed(new JsepInput.Stop(transceiver.id()));
        transceiver.sender().media().source(null);
        transceiver.receiver().media().track().end();
    }

    @Override
    public List<RtpTransceiver> getTransceivers() {
        return List.copyOf(signaling.transceivers().all());
    }

    @Override
    public List<RtpSender> getSenders() {
        List<RtpSender> senders = new ArrayList<>();
        if (!closed) {
            signaling.transceivers().all().forEach(transceiver -> senders.add(transceiver.sender()));
        }
        return List.copyOf(senders);
    }

    @Override
    public List<RtpReceiver> getReceivers() {
        List<RtpReceiver> receivers = new ArrayList<>();
        if (!closed) {
            signaling.transceivers().all().forEach(transceiver -> receivers.add(transceiver.receiver()));
        }
        return List.copyOf(receivers);
    }

    // Negotiation needed.

    /** W3C's steps to update the negotiation-needed flag. Any thread. */
    private void updateNegotiationNeeded() {
        if (closed || !chain.emptyOrRemember()) {
            return;
        }
        queue.post(() -> {
            if (closed || !chain.emptyOrRemember()) {
                return;
            }
            boolean fire = signaling.locked(() -> {
                JsepState state = signaling.state();
                if (state.signaling() != SignalingState.STABLE) {
                    return false;
                }
                boolean needed = Negotiator.negotiationNeeded(state);
                boolean before = state.negotiationNeeded();
                if (needed != before) {
                    signaling.apply(new JsepInput.SetNegotiationNeeded(needed));
                }
                return needed && !before;
            });
            if (fire) {
                events.fire(events.negotiationNeeded);
            }
        });
    }

    /** W3C's [[NegotiationNeeded]]. */
    boolean negotiationIsNeeded() {
        return signaling.state().negotiationNeeded();
    }

    // What transports report; all on the lane.

    /** W3C's order: the transport's event, then iceconnectionstatechange, then connectionstatechange. */
    void handleTransportState(Runnable transportEvent) {
        IceConnectionState newIce = ConnectionStates.ice(signaling.transports());
        ConnectionState newConnection = ConnectionStates.connection(signaling.transports());
        boolean iceChanged = newIce != ice;
        boolean connectionChanged = newConnection != connection;
        ice = newIce;
        connection = newConnection;
        transportEvent.run();
        queue.drain();
        if (iceChanged) {
            events.fire(events.iceConnectionState);
        }
        if (connectionChanged) {
            events.fire(events.connectionState);
            settleConnected();
        }
    }

    private void settleConnected() {
        if (connection == ConnectionState.CONNECTED) {
            connectedWaiters.succeed(nothing());
        } else if (connection == ConnectionState.FAILED) {
            connectedWaiters.fail(failure());
        }
    }

    private OperationException failure() {
        StringBuilder words = new StringBuilder();
        for (TransportHandle handle : signaling.transports()) {
            if (handle.failure() != null) {
                words.append(words.isEmpty() ? "" : "; ").append(handle.failure());
            }
        }
        return new OperationException(
                "the connection failed: " + (words.isEmpty() ? "a transport gave no reason" : words.toString()));
    }

    /** Transports came or went by negotiation. */
    private void transportsChanged() {
        handleTransportState(() -> {});
        updateGathering();
    }

    void handleGathering(TransportHandle transport) {
        if (transport.gathererState() == dev.yodel.webrtc.IceGathererState.COMPLETE) {
            TransportState state = transportState(transport.id());
            signaling.apply(new JsepInput.LocalCandidatesComplete(transport.id()));
            if (state != null) {
                fireCandidate(transport.id(), "", state.local().ufrag());
            }
        }
        updateGathering();
    }

    private void updateGathering() {
        IceGatheringState now = ConnectionStates.gathering(signaling.transports());
        if (now != gathering) {
            gathering = now;
            events.fire(events.iceGatheringState);
            if (now == IceGatheringState.COMPLETE) {
                events.fire(events.iceCandidate, new PeerConnectionIceEvent(null));
            }
        }
        settleGathering();
    }

    private void settleGathering() {
        boolean nothingToGather = signaling.transports().isEmpty() && signalingState() == SignalingState.STABLE;
        SessionDescription local = gatheringWaiters.isEmpty() ? null : localDescription();
        if (local != null && (gathering == IceGatheringState.COMPLETE || nothingToGather)) {
            gatheringWaiters.succeed(local);
        }
    }

    void handleLocalCandidate(int transport, String line) {
        TransportState state = transportState(transport);
        if (state != null) {
            signaling.apply(new JsepInput.LocalCandidate(transport, line));
            fireCandidate(transport, line, state.local().ufrag());
        }
    }

    private void fireCandidate(int transport, String line, String ufrag) {
        IceCandidate candidate = new IceCandidate(line, midOf(transport), indexOf(transport), ufrag);
        events.fire(events.iceCandidate, new PeerConnectionIceEvent(candidate));
    }

    void handleCandidateError(@Nullable InetSocketAddress local, String url, int code, String text) {
        events.fire(
                events.iceCandidateError,
                new PeerConnectionIceErrorEvent(
                        local == null ? null : local.getAddress().getHostAddress(),
                        local == null ? null : (Integer) local.getPort(),
                        url,
                        code,
                        text));
    }

    void handleRemoteMedia(String mid, boolean flows) {
        TransceiverImpl transceiver = signaling.transceivers().byMid(mid);
        if (transceiver != null) {
            transceiver.receiver().media().track().setMuted(!flows);
        }
    }

    void handleKeyFrameRequest(String mid) {
        TransceiverImpl transceiver = signaling.transceivers().byMid(mid);
        if (transceiver != null) {
            transceiver.sender().media().requestKeyFrame();
        }
    }

    @Nullable
    DtlsTransport transport(int id) {
        return signaling.transport(id);
    }

    @Nullable
    TransportState transportState(int id) {
        return signaling.state().transport(id);
    }

    /** The number of the section that a transport's candidates are signaled with: the first that uses it. */
    @Nullable
    Integer indexOf(int transport) {
        Applied local = signaling.state().local();
        int index = local == null ? -1 : local.transports().indexOf(transport);
        return index < 0 ? null : (Integer) index;
    }

    @Nullable
    String midOf(int transport) {
        Applied local = signaling.state().local();
        Integer index = indexOf(transport);
        return local == null || index == null
                ? null
                : local.model().media().get(index).mid();
    }

    // Ours.

    @Override
    public CompletableFuture<StatsReport> getStats() {
        RtcFuture<StatsReport> future = new RtcFuture<>(queue, "getStats");
        stats.collect()
                .whenComplete((report, error) -> queue.post(() -> {
                    if (error == null) {
                        future.succeed(report);
                    } else {
                        future.fail(error);
                    }
                }));
        return future;
    }

    @Override
    public CompletableFuture<Void> connected() {
        return waiter("connected", connectedWaiters, this::settleConnected);
    }

    @Override
    public CompletableFuture<SessionDescription> gatheringComplete() {
        return waiter("gatheringComplete", gatheringWaiters, this::settleGathering);
    }

    private <T extends @Nullable Object> RtcFuture<T> waiter(String name, Waiters<T> waiters, Runnable settle) {
        RtcFuture<T> future = new RtcFuture<>(queue, name);
        waiters.add(future);
        queue.post(() -> {
            if (closed) {
                waiters.fail(OperationsChain.closedError(name));
            } else {
                settle.run();
            }
        });
        return future;
    }

    // Events.

    @Override
    public Registration onNegotiationNeeded(Runnable listener) {
        return plain(events.negotiationNeeded::add, listener);
    }

    @Override
    public Registration onIceCandidate(Consumer<PeerConnectionIceEvent> listener) {
        return events.iceCandidate.add(listener);
    }

    @Override
    public Registration onIceCandidateError(Consumer<PeerConnectionIceErrorEvent> listener) {
        return events.iceCandidateError.add(listener);
    }

    @Override
    public Registration onSignalingStateChange(Runnable listener) {
        return plain(events.signalingState::add, listener);
    }

    @Override
    public Registration onIceConnectionStateChange(Runnable listener) {
        return plain(events.iceConnectionState::add, listener);
    }

    @Override
    public Registration onIceGatheringStateChange(Runnable listener) {
        return plain(events.iceGatheringState::add, listener);
    }

    @Override
    public Registration onConnectionStateChange(Runnable listener) {
        return plain(events.connectionState::add, listener);
    }

    @Override
    public Registration onTrack(Consumer<TrackEvent> listener) {
        return events.track.add(listener);
    }

    private static Registration plain(
            java.util.function.Function<Consumer<Object>, Registration> list, Runnable listener) {
        Objects.requireNonNull(listener, "listener");
        return list.apply(event -> listener.run());
    }

    @Override
    public void close() {
        closed = true;
        if (!signaling.close()) {
            return;
        }
        chain.close();
        factory.forget(this);
        queue.post(() -> {
            connectedWaiters.fail(OperationsChain.closedError("connected"));
            gatheringWaiters.fail(OperationsChain.closedError("gatheringComplete"));
        });
    }

    @Override
    public String toString() {
        return "connection " + cname + " " + connectionState() + ", signaling " + signalingState();
    }
}
