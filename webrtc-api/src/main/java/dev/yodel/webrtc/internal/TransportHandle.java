package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateParseException;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceState;
import dev.yodel.io.Loop;
import dev.yodel.io.Registration;
import dev.yodel.sctp.dcep.ChannelParameters;
import dev.yodel.webrtc.DtlsTransport;
import dev.yodel.webrtc.DtlsTransportState;
import dev.yodel.webrtc.IceCandidate;
import dev.yodel.webrtc.IceCandidatePair;
import dev.yodel.webrtc.IceComponent;
import dev.yodel.webrtc.IceGathererState;
import dev.yodel.webrtc.IceParameters;
import dev.yodel.webrtc.IceRole;
import dev.yodel.webrtc.IceServerTransportProtocol;
import dev.yodel.webrtc.IceTransport;
import dev.yodel.webrtc.IceTransportState;
import dev.yodel.webrtc.RtcError;
import dev.yodel.webrtc.RtcErrorDetail;
import dev.yodel.webrtc.RtcErrorEvent;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.ChannelEnd;
import dev.yodel.webrtc.internal.transport.DataPlan;
import dev.yodel.webrtc.internal.transport.ListenerList;
import dev.yodel.webrtc.internal.transport.MediaPlan;
import dev.yodel.webrtc.internal.transport.TransportListener;
import dev.yodel.webrtc.internal.transport.TransportOptions;
import dev.yodel.webrtc.internal.transport.TransportSnapshot;
import dev.yodel.webrtc.internal.transport.TransportStack;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One transport seen from the signaling side: commands go to its loop, what it says comes back as one lane task per turn
 * of the loop. W3C's RTCDtlsTransport and RTCIceTransport are its two faces.
 */
final class TransportHandle implements DtlsTransport {
    private final int id;
    private final PeerConnectionImpl connection;
    private final Loop loop;
    private final TransportOptions options;
    private final Ice ice = new Ice();
    private final ListenerList<DtlsTransport> stateListeners = new ListenerList<>();
    private final ListenerList<RtcErrorEvent> errorListeners = new ListenerList<>();
    private volatile DtlsTransportState dtlsState = DtlsTransportState.NEW;
    private volatile List<byte[]> remoteCertificates = List.of();
    private volatile boolean closed;
    private volatile @Nullable String failure;
    private volatile @Nullable String lastMid;
    private volatile @Nullable Integer lastIndex;
    /** The servers that candidates came from. */
    private final Map<String, String> urls = new ConcurrentHashMap<>();

    // Under the connection's lock.
    private MediaPlan plan = MediaPlan.EMPTY;
    private @Nullable DataPlan dataPlan;

    // Confined to the loop.
    private @Nullable TransportStack stack;
    private List<Runnable> turn = new ArrayList<>();
    private final Runnable handOver = this::handOver;

    TransportHandle(int id, PeerConnectionImpl connection, TransportOptions options) {
        this.id = id;
        this.connection = connection;
        this.loop = options.loop();
        this.options = options;
    }

    int id() {
        return id;
    }

    /** Makes the transport do what a new state says, compared to the one before. Under the connection's lock. */
    void sync(
            @Nullable TransportState before,
            TransportState now,
            MediaPlan newPlan,
            @Nullable DataPlan newDataPlan,
            boolean stable) {
        boolean restarted = before != null && !before.local().equals(now.local());
        if (before == null) {
            if (!stable && connection.signalingState() == SignalingState.HAVE_LOCAL_OFFER) {
                // RFC 8445 6.1.1: whoever offers begins, unless the answer comes from a lite agent or a conflict.
                ice.role = IceRole.CONTROLLING;
            }
            command(to -> to.gather(now.local()));
        } else if (restarted) {
            IceOptions iceOptions = connection.transportOptions().ice().ice();
            command(to -> to.restart(now.local(), iceOptions));
        }
        // Back in a stable state with other credentials of ours but the same ones of the peer: a restart was rolled
        // back.
        boolean begin = restarted && stable;
        TransportState same =
                !begin && before != null && now.remote() != null && now.remote().equals(before.remote())
                        ? before
                        : null;
        dev.yodel.ice.IceRole role = now.iceRole();
        if (now.remote() != null && role != null && same == null && !(restarted && !stable)) {
            dev.yodel.ice.IceCredentials remote = now.remote();
            command(to -> to.startIce(role, remote));
            ice.role(role);
        }
        if (now.dtlsRole() != null
                && (before == null
                        || before.dtlsRole() != now.dtlsRole()
                        || !before.fingerprints().equals(now.fingerprints()))) {
            dev.yodel.dtls.DtlsRole dtlsRole = now.dtlsRole();
            command(to -> to.startDtls(dtlsRole, now.fingerprints()));
        }
        int all = now.remoteCandidates().size();
        int known = same == null ? 0 : Math.min(same.remoteCandidates().size(), all);
        for (String line : now.remoteCandidates().subList(known, all)) {
            addRemoteCandidate(line);
        }
        if (now.endOfRemoteCandidates() && (same == null || !same.endOfRemoteCandidates())) {
            command(TransportStack::endOfRemoteCandidates);
        }
        if (!plan.equals(newPlan)) {
            plan = newPlan;
            command(to -> to.configure(newPlan));
        }
        if (!Objects.equals(dataPlan, newDataPlan)) {
            dataPlan = newDataPlan;
            command(to -> to.configureData(newDataPlan));
        }
    }

    /** Opens a data channel as soon as the association is up. */
    void openChannel(int stream, ChannelEnd end) {
        command(to -> to.openChannel(stream, end));
    }

    private void addRemoteCandidate(String line) {
        try {
            Candidate candidate = Candidate.parse(line);
            command(to -> to.addRemoteCandidate(candidate));
        } catch (CandidateParseException e) {
            // RFC 8839 5.1: what we cannot read (a new type or protocol inside a description) is ignored.
        }
    }

    void close() {
        closed = true;
        dtlsState = DtlsTransportState.CLOSED;
        ice.state = IceTransportState.CLOSED;
        onLoop(() -> {
            if (stack != null) {
                stack.close();
                stack = null;
            }
        });
    }

    /** What statistics need; null if there is nothing. */
    CompletableFuture<@Nullable TransportSnapshot> snapshot() {
        CompletableFuture<@Nullable TransportSnapshot> result = new CompletableFuture<>();
        try {
            loop.execute(() -> result.complete(stack == null ? null : stack.snapshot()));
        } catch (RejectedExecutionException e) {
            result.complete(null);
        }
        return result;
    }

    private void command(Consumer<TransportStack> what) {
        onLoop(() -> {
            if (closed) {
                return;
            }
            TransportStack to = stack;
            if (to == null) {
                to = new TransportStack(options, new Listener());
                stack = to;
            }
            what.accept(to);
        });
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // The environment is closed, and all its sockets with it.
        }
    }

    /** Collects what one turn of the loop brings. */
    private void report(Runnable event) {
        if (turn.isEmpty()) {
            loop.atEndOfTurn(handOver);
        }
        turn.add(event);
    }

    private void handOver() {
        List<Runnable> events = turn;
        turn = new ArrayList<>();
        connection.queue().post(() -> {
            for (Runnable event : events) {
                if (!closed && !connection.closed()) {
                    event.run();
                    connection.queue().drain();
                }
            }
        });
    }

    /** Our certificate, DER. */
    byte[] localCertificate() {
        return options.dtls().certificate().der();
    }

    @Nullable
    String failure() {
        return failure;
    }

    IceTransportState iceState() {
        return ice.state;
    }

    IceGathererState gathererState() {
        return ice.gatherer;
    }

    @Override
    public IceTransport iceTransport() {
        return ice;
    }

    @Override
    public DtlsTransportState state() {
        return dtlsState;
    }

    @Override
    public List<byte[]> getRemoteCertificates() {
        return remoteCertificates.stream().map(byte[]::clone).toList();
    }

    @Override
    public Registration onStateChange(Runnable listener) {
        return stateListeners.add(transport -> listener.run());
    }

    @Override
    public Registration onError(Consumer<RtcErrorEvent> listener) {
        return errorListeners.add(listener);
    }

    @Override
    public String toString() {
        return "transport " + id + " ice=" + ice.state + " dtls=" + dtlsState;
    }

    /** A candidate in the words of the API; its section is the one that it is, or was last, signaled with. */
    IceCandidate outer(String line, @Nullable String ufrag) {
        String mid = connection.midOf(id);
        Integer index = connection.indexOf(id);
        if (mid == null && index == null) {
            mid = lastMid;
            index = lastIndex;
        } else {
            lastMid = mid;
            lastIndex = index;
        }
        if (mid == null && index == null) {
            index = 0;
        }
        String url = urls.get(line);
        return new IceCandidate(line, mid, index, ufrag, relayProtocol(url), url);
    }

    private static @Nullable IceServerTransportProtocol relayProtocol(@Nullable String url) {
        if (url == null || !url.startsWith("turn")) {
            return null;
        }
        if (url.startsWith("turns:")) {
            return IceServerTransportProtocol.TLS;
        }
        return url.endsWith("transport=tcp") ? IceServerTransportProtocol.TCP : IceServerTransportProtocol.UDP;
    }

    /** The line as it was signaled, which may say more than a check needs; the line itself if it never was. */
    private static String asSignaled(String line, List<String> signaled) {
        for (String known : signaled) {
            if (known.startsWith(line + " ")) {
                return known;
            }
        }
        return line;
    }

    private @Nullable String ufrag(boolean local) {
        TransportState now = connection.transportState(id);
        var credentials = now == null ? null : local ? now.local() : now.remote();
        return credentials == null ? null : credentials.ufrag();
    }

    /** What the loop says, turned into lane tasks. */
    private final class Listener implements TransportListener {
        @Override
        public void onIceGatheringState(GatheringState state, String ufrag) {
            report(() -> gathering(state, ufrag));
        }

        private void gathering(GatheringState state, String ufrag) {
            boolean restarted = state == GatheringState.NEW && ice.gatherer != IceGathererState.NEW;
            if (restarted || connection.reports().knowsAll(id, ufrag)) {
                // A restart goes straight to gathering; one that was rolled back has gathered before (WebRTC 1.0,
                // 5.6.4).
                return;
            }
            if (state == GatheringState.COMPLETE) {
                // Two tasks: the end of candidates, while the transport still gathers, and the new state. What the
                // other
                // transports of this turn began comes between.
                connection.reports().handleEndOfCandidates(TransportHandle.this, ufrag);
                connection.queue().post(() -> {
                    if (!closed && !connection.closed() && !connection.reports().isOver(id, ufrag)) {
                        show(state);
                    }
                });
                return;
            }
            show(state);
        }

        private void show(GatheringState state) {
            ice.gatherer = switch (state) {
                case NEW -> IceGathererState.NEW;
                case GATHERING -> IceGathererState.GATHERING;
                case COMPLETE -> IceGathererState.COMPLETE;
            };
            connection.reports().handleGathering(() -> ice.gatheringListeners.fire(ice));
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            onLocalCandidate(candidate, "");
        }

        @Override
        public void onLocalCandidate(Candidate candidate, String url) {
            report(() -> {
                if (!url.isEmpty()) {
                    urls.put(candidate.toSdp(), url);
                }
                connection.reports().handleLocalCandidate(TransportHandle.this, candidate);
            });
        }

        @Override
        public void onCandidateError(@Nullable InetSocketAddress local, String url, int errorCode, String errorText) {
            report(() -> connection.reports().handleCandidateError(local, url, errorCode, errorText));
        }

        @Override
        public void onIceState(IceState state) {
            report(() -> {
                ice.state = switch (state) {
                    case NEW -> IceTransportState.NEW;
                    case CHECKING -> IceTransportState.CHECKING;
                    case CONNECTED -> IceTransportState.CONNECTED;
                    case COMPLETED -> IceTransportState.COMPLETED;
                    case DISCONNECTED -> IceTransportState.DISCONNECTED;
                    case FAILED -> IceTransportState.FAILED;
                    case CLOSED -> IceTransportState.CLOSED;
                };
                connection.reports().handleTransportState(() -> ice.stateListeners.fire(ice));
            });
        }

        @Override
        public void onIceRole(dev.yodel.ice.IceRole role) {
            report(() -> ice.role(role));
        }

        @Override
        public void onSelectedPair(CandidatePair pair) {
            report(() -> {
                TransportState now = connection.transportState(id);
                List<String> ours = now == null ? List.of() : now.localCandidates();
                List<String> theirs = now == null ? List.of() : now.remoteCandidates();
                ice.pair = new IceCandidatePair(
                        outer(asSignaled(pair.local().toSdp(), ours), ufrag(true)),
                        outer(asSignaled(pair.remote().toSdp(), theirs), ufrag(false)));
                ice.pairListeners.fire(ice);
            });
        }

        @Override
        public void onDtlsState(DtlsState state) {
            TransportStack from = stack;
            DtlsEvent.Connected association = from == null || state != DtlsState.CONNECTED ? null : from.association();
            report(() -> {
                if (association != null) {
                    remoteCertificates = List.copyOf(association.peerCertificates());
                }
                dtlsState = switch (state) {
                    case NEW -> DtlsTransportState.NEW;
                    case CONNECTING -> DtlsTransportState.CONNECTING;
                    case CONNECTED -> DtlsTransportState.CONNECTED;
                    case CLOSED -> DtlsTransportState.CLOSED;
                    case FAILED -> DtlsTransportState.FAILED;
                };
                connection.reports().handleTransportState(() -> stateListeners.fire(TransportHandle.this));
            });
        }

        @Override
        public void onIceFailure(String words) {
            failure = "ICE: " + words;
        }

        @Override
        public void onDtlsFailure(DtlsFailure reason, String words) {
            onDtlsFailed(reason, words, -1);
        }

        @Override
        public void onDtlsFailed(DtlsFailure reason, String words, int alert) {
            failure = "DTLS: " + words;
            boolean received = reason == DtlsFailure.ALERT_RECEIVED;
            RtcError error = new RtcError(
                    reason == DtlsFailure.FINGERPRINT_MISMATCH
                            ? RtcErrorDetail.FINGERPRINT_FAILURE
                            : RtcErrorDetail.DTLS_FAILURE,
                    words,
                    null,
                    received || alert < 0 ? null : (Integer) alert,
                    received && alert >= 0 ? (Integer) alert : null,
                    null);
            report(() -> {
                if (dtlsState == DtlsTransportState.FAILED) {
                    return;
                }
                dtlsState = DtlsTransportState.FAILED;
                // W3C: the state, then error, then statechange.
                errorListeners.fire(new RtcErrorEvent(error));
                connection.queue().drain();
                connection.reports().handleTransportState(() -> stateListeners.fire(TransportHandle.this));
            });
        }

        @Override
        public void onRemoteMedia(String mid) {
            report(() -> connection.reports().handleRemoteMedia(mid, true));
        }

        @Override
        public void onRemoteSources(String mid, boolean synchronization, boolean contributing) {
            report(() -> connection.reports().handleRemoteSources(mid, synchronization, contributing));
        }

        @Override
        public void onLocalSource(String mid, long before, long now) {
            report(() -> connection.reports().handleLocalSource(mid, before, now));
        }

        @Override
        public void onRemoteSilence(String mid) {
            report(() -> connection.reports().handleRemoteMedia(mid, false));
        }

        @Override
        public void onSctpConnected(int maxChannels) {
            report(() -> connection.data().handleSctp(TransportHandle.this, sctp -> sctp.connected(maxChannels)));
        }

        @Override
        public void onSctpClosed(@Nullable String reason) {
            report(() -> connection.data().handleSctp(TransportHandle.this, SctpTransportImpl::ended));
        }

        @Override
        public ChannelEnd onRemoteChannel(int stream, ChannelParameters parameters) {
            DataChannelImpl channel = connection.data().announced(stream, parameters);
            report(() -> connection.data().handleAnnounced(channel, stream));
            return channel.end();
        }

        @Override
        public void onTargetBitrate(String mid, long bps) {
            report(() -> connection.reports().handleTargetBitrate(mid, bps));
        }

        @Override
        public void onTransportBitrate(long bps) {
            report(() -> connection.reports().handleTransportBitrate(bps));
        }

        @Override
        public void onKeyFrameRequest(String mid) {
            report(() -> connection.reports().handleKeyFrameRequest(mid));
        }
    }

    /** The ICE face. */
    private final class Ice implements IceTransport {
        final ListenerList<IceTransport> stateListeners = new ListenerList<>();
        final ListenerList<IceTransport> gatheringListeners = new ListenerList<>();
        final ListenerList<IceTransport> pairListeners = new ListenerList<>();
        volatile IceTransportState state = IceTransportState.NEW;
        volatile IceGathererState gatherer = IceGathererState.NEW;
        volatile IceRole role = IceRole.UNKNOWN;
        volatile @Nullable IceCandidatePair pair;

        void role(dev.yodel.ice.IceRole value) {
            role = value == dev.yodel.ice.IceRole.CONTROLLING ? IceRole.CONTROLLING : IceRole.CONTROLLED;
        }

        @Override
        public IceRole role() {
            return role;
        }

        @Override
        public IceComponent component() {
            return IceComponent.RTP;
        }

        @Override
        public IceTransportState state() {
            return state;
        }

        @Override
        public IceGathererState gatheringState() {
            return gatherer;
        }

        @Override
        public List<IceCandidate> getLocalCandidates() {
            TransportState now = connection.transportState(id);
            return now == null ? List.of() : candidates(now.localCandidates(), now.local());
        }

        @Override
        public List<IceCandidate> getRemoteCandidates() {
            TransportState now = connection.transportState(id);
            return now == null ? List.of() : candidates(now.remoteCandidates(), now.remote());
        }

        private List<IceCandidate> candidates(List<String> lines, dev.yodel.ice.@Nullable IceCredentials credentials) {
            String ufrag = credentials == null ? null : credentials.ufrag();
            return lines.stream().map(line -> outer(line, ufrag)).toList();
        }

        @Override
        public @Nullable IceCandidatePair getSelectedCandidatePair() {
            return pair;
        }

        @Override
        public @Nullable IceParameters getLocalParameters() {
            TransportState now = connection.transportState(id);
            return now == null ? null : parameters(now.local());
        }

        @Override
        public @Nullable IceParameters getRemoteParameters() {
            TransportState now = connection.transportState(id);
            return now == null ? null : parameters(now.remote());
        }

        private @Nullable IceParameters parameters(dev.yodel.ice.@Nullable IceCredentials credentials) {
            return credentials == null ? null : new IceParameters(credentials.ufrag(), credentials.password());
        }

        @Override
        public Registration onStateChange(Runnable listener) {
            return stateListeners.add(transport -> listener.run());
        }

        @Override
        public Registration onGatheringStateChange(Runnable listener) {
            return gatheringListeners.add(transport -> listener.run());
        }

        @Override
        public Registration onSelectedCandidatePairChange(Runnable listener) {
            return pairListeners.add(transport -> listener.run());
        }

        @Override
        public String toString() {
            return "ICE transport " + id + " " + state + " " + role;
        }
    }
}
