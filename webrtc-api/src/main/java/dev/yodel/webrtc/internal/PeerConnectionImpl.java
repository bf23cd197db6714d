package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.io.Loop;
import dev.yodel.io.Registration;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DataChannel;
import dev.yodel.webrtc.DataChannelEvent;
import dev.yodel.webrtc.DataChannelInit;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.IceCandidateInit;
import dev.yodel.webrtc.IceConnectionState;
import dev.yodel.webrtc.IceGatheringState;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.InvalidModificationException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.MediaStream;
import dev.yodel.webrtc.MediaStreamTrack;
import dev.yodel.webrtc.OfferOptions;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionIceErrorEvent;
import dev.yodel.webrtc.PeerConnectionIceEvent;
import dev.yodel.webrtc.RtpReceiver;
import dev.yodel.webrtc.RtpSender;
import dev.yodel.webrtc.RtpTransceiver;
import dev.yodel.webrtc.RtpTransceiverInit;
import dev.yodel.webrtc.SctpTransport;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.StatsReport;
import dev.yodel.webrtc.TrackEvent;
import dev.yodel.webrtc.internal.jsep.Applied;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.JsepOptions;
import dev.yodel.webrtc.internal.jsep.JsepState;
import dev.yodel.webrtc.internal.jsep.Negotiator;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.CandidatePool;
import dev.yodel.webrtc.internal.transport.TransportOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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
    private final ConnectionEvents events;
    private final StatsCollector stats;
    private final DescriptionMethods descriptions;
    private final TrackMethods tracks;
    private final DataMethods data;
    private final TransportReports reports;
    /** Used on the loop; null if nothing was ever to be gathered ahead. */
    private volatile @Nullable CandidatePool pool;

    private final ShownDescriptions localShown = new ShownDescriptions();
    private final ShownDescriptions remoteShown = new ShownDescriptions();
    private volatile Configuration configuration;
    private volatile boolean closed;

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
        this.descriptions =
                new DescriptionMethods(this, signaling, chain, new EventDispatch(signaling, events), certificate);
        this.tracks = new TrackMethods(this, signaling, chain);
        this.data = new DataMethods(this, signaling, events);
        this.reports = new TransportReports(this, signaling, events);
        this.stats = new StatsCollector(this, signaling);
        fillPool();
    }

    private void onPool(Consumer<CandidatePool> task) {
        CandidatePool some = pool;
        if (some != null) {
            try {
                loop.execute(() -> task.accept(some));
            } catch (RejectedExecutionException e) {
                // The environment is closed, and all its sockets with it.
            }
        }
    }

    private void fillPool() {
        Configuration now = configuration;
        if (pool == null && now.iceCandidatePoolSize() > 0) {
            pool = new CandidatePool(factory.environment(), loop);
        }
        onPool(to -> to.fill(now.iceCandidatePoolSize(), factory.iceOptions(loop, now)));
    }

    /** RFC 8829 section 3.5.4: what an exchange of descriptions has not needed is given up. */
    void discardPool() {
        onPool(CandidatePool::close);
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

    DataMethods data() {
        return data;
    }

    /** Where transports report to, on the lane. */
    TransportReports reports() {
        return reports;
    }

    Signaling signaling() {
        return signaling;
    }

    boolean closed() {
        return closed;
    }

    /** What transports are made with; the certificate is there whenever a description has been applied. */
    TransportOptions transportOptions() {
        return factory.transportOptions(loop, configuration, pool, certificate.join(), cname);
    }

    // Descriptions.

    @Override
    public CompletableFuture<SessionDescription> createOffer(OfferOptions options) {
        Objects.requireNonNull(options, "options");
        if (!closed) {
            tracks.offerToReceive(MediaKind.AUDIO, options.offerToReceiveAudio());
            tracks.offerToReceive(MediaKind.VIDEO, options.offerToReceiveVideo());
        }
        return descriptions.createOffer(options);
    }

    @Override
    public CompletableFuture<SessionDescription> createAnswer() {
        return descriptions.createAnswer();
    }

    @Override
    public CompletableFuture<SessionDescription> setLocalDescription() {
        return descriptions.setLocalDescription();
    }

    @Override
    public CompletableFuture<Void> setLocalDescription(SessionDescription description) {
        return descriptions.setLocalDescription(description);
    }

    @Override
    public CompletableFuture<Void> setRemoteDescription(SessionDescription description) {
        return descriptions.setRemoteDescription(description);
    }

    @Override
    public CompletableFuture<Void> addIceCandidate(IceCandidateInit candidate) {
        return descriptions.addIceCandidate(candidate);
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

    private @Nullable SessionDescription local(JsepState state, @Nullable Applied applied) {
        return applied == null ? null : localShown.of(applied.type(), Negotiator.localText(state, applied));
    }

    @Override
    public @Nullable SessionDescription currentRemoteDescription() {
        return remote(signaling.state().currentRemote());
    }

    @Override
    public @Nullable SessionDescription pendingRemoteDescription() {
        return remote(signaling.state().pendingRemote());
    }

    private @Nullable SessionDescription remote(@Nullable Applied applied) {
        return applied == null ? null : remoteShown.of(applied.type(), applied.text());
    }

    @Override
    public SignalingState signalingState() {
        return closed ? SignalingState.CLOSED : signaling.state().signaling();
    }

    @Override
    public IceGatheringState iceGatheringState() {
        return reports.gathering();
    }

    @Override
    public IceConnectionState iceConnectionState() {
        return closed ? IceConnectionState.CLOSED : reports.ice();
    }

    @Override
    public ConnectionState connectionState() {
        return closed ? ConnectionState.CLOSED : reports.connection();
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
        tracks.mustBeOpen("setConfiguration");
        Configuration old = configuration;
        if (value.bundlePolicy() != old.bundlePolicy()
                || value.rtcpMuxPolicy() != old.rtcpMuxPolicy()
                || (!value.certificates().isEmpty() && !value.certificates().equals(old.certificates()))) {
            throw new InvalidModificationException(
                    "bundlePolicy, rtcpMuxPolicy and certificates cannot be changed; make a new connection");
        }
        boolean otherSize = value.iceCandidatePoolSize() != old.iceCandidatePoolSize();
        if (otherSize && signaling.state().local() != null) {
            throw new InvalidModificationException(
                    "iceCandidatePoolSize cannot be changed after setLocalDescription; set it before");
        }
        factory.check(value);
        configuration = value;
        boolean otherServers = value.iceTransportPolicy() != old.iceTransportPolicy()
                || !value.iceServers().equals(old.iceServers());
        if (otherServers || otherSize) {
            fillPool();
        }
        if (otherServers) {
            apply(new JsepInput.IceConfigurationChanged());
        }
    }

    // Tracks and transceivers.

    /** Computes under the connection's lock. */
    <T extends @Nullable Object> T locked(Supplier<T> work) {
        return signaling.locked(work);
    }

    /** An input that needs no negotiation. */
    void apply(JsepInput input) {
        signaling.apply(input);
    }

    void changed(JsepInput input) {
        tracks.changed(input);
    }

    @Override
    public RtpSender addTrack(MediaStreamTrack track, MediaStream... streams) {
        return tracks.addTrack(track, streams);
    }

    @Override
    public void removeTrack(RtpSender sender) {
        tracks.removeTrack(sender);
    }

    CompletableFuture<Void> replaceTrack(SenderImpl sender, @Nullable MediaStreamTrack track) {
        return tracks.replaceTrack(sender, track);
    }

    @Override
    public RtpTransceiver addTransceiver(MediaKind kind, RtpTransceiverInit init) {
        return tracks.addTransceiver(kind, init);
    }

    @Override
    public RtpTransceiver addTransceiver(MediaStreamTrack track, RtpTransceiverInit init) {
        return tracks.addTransceiver(track, init);
    }

    void stop(TransceiverImpl transceiver) {
        tracks.stop(transceiver);
    }

    @Override
    public List<RtpTransceiver> getTransceivers() {
        return tracks.getTransceivers();
    }

    @Override
    public List<RtpSender> getSenders() {
        return tracks.getSenders();
    }

    @Override
    public List<RtpReceiver> getReceivers() {
        return tracks.getReceivers();
    }

    // Data channels.

    @Override
    public DataChannel createDataChannel(String label, DataChannelInit init) {
        return data.createDataChannel(label, init);
    }

    @Override
    public @Nullable SctpTransport sctp() {
        return data.sctp();
    }

    @Override
    public Registration onDataChannel(Consumer<DataChannelEvent> listener) {
        return events.dataChannel.add(listener);
    }

    // Negotiation needed.

    /** W3C's steps to update the negotiation-needed flag. Any thread. */
    void updateNegotiationNeeded() {
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

    @Nullable
    DtlsTransport transport(int id) {
        TransportHandle handle = signaling.transport(id);
        return handle == null ? null : handle.dtls();
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
        return getStats(UnaryOperator.identity());
    }

    @Override
    public CompletableFuture<StatsReport> getStats(@Nullable MediaStreamTrack selector) {
        if (selector == null) {
            return getStats();
        }
        List<TransceiverImpl> senders = new ArrayList<>();
        List<TransceiverImpl> receivers = new ArrayList<>();
        for (TransceiverImpl transceiver : signaling.transceivers().all()) {
            if (selector.equals(transceiver.sender().track())) {
                senders.add(transceiver);
            }
            if (selector.equals(transceiver.receiver().track())) {
                receivers.add(transceiver);
            }
        }
        if (senders.size() + receivers.size() != 1) {
            return RtcFuture.failed(
                    queue,
                    "getStats",
                    new InvalidAccessException("the track has " + senders.size() + " senders and " + receivers.size()
                            + " receivers here; ask one of them by its own getStats()"));
        }
        return senders.isEmpty() ? getStats(receivers.get(0), false) : getStats(senders.get(0), true);
    }

    /** What belongs to a sender or receiver. */
    CompletableFuture<StatsReport> getStats(TransceiverImpl of, boolean sending) {
        String mid = of.mid();
        return getStats(report -> new StatsCollector.Report(StatsSelection.of(report.entries(), mid, sending)));
    }

    private CompletableFuture<StatsReport> getStats(UnaryOperator<StatsReport> selection) {
        RtcFuture<StatsReport> future = new RtcFuture<>(queue, "getStats");
        stats.collect()
                .whenComplete((report, error) -> queue.post(() -> {
                    if (error == null) {
                        future.succeed(selection.apply(report));
                    } else {
                        future.fail(error);
                    }
                }));
        return future;
    }

    @Override
    public CompletableFuture<Void> connected() {
        return reports.connected();
    }

    @Override
    public CompletableFuture<SessionDescription> gatheringComplete() {
        return reports.gatheringComplete();
    }

    // Events.

    @Override
    public Registration onTargetBitrate(LongConsumer listener) {
        return events.targetBitrate.add(Objects.requireNonNull(listener, "listener")::accept);
    }

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
        discardPool();
        chain.close(factory.settings().singleLane() != null);
        factory.forget(this);
        queue.post(reports::close);
    }

    @Override
    public String toString() {
        return "connection " + cname + " " + connectionState() + ", signaling " + signalingState();
    }
}
