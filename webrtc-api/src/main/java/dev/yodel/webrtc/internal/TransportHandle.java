package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsState;
import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateParseException;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.io.Loop;
import dev.yodel.sctp.dcep.ChannelParameters;
import dev.yodel.webrtc.IceGathererState;
import dev.yodel.webrtc.RtcError;
import dev.yodel.webrtc.RtcErrorDetail;
import dev.yodel.webrtc.RtcErrorEvent;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.internal.jsep.TransportState;
import dev.yodel.webrtc.internal.transport.ChannelEnd;
import dev.yodel.webrtc.internal.transport.DataPlan;
import dev.yodel.webrtc.internal.transport.MediaPlan;
import dev.yodel.webrtc.internal.transport.TransportListener;
import dev.yodel.webrtc.internal.transport.TransportOptions;
import dev.yodel.webrtc.internal.transport.TransportSnapshot;
import dev.yodel.webrtc.internal.transport.TransportStack;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One transport seen from the signaling side: commands go to its loop, what it says comes back as one lane task per turn
 * of the loop, and changes W3C's two objects ({@link IceTransportImpl}, {@link DtlsTransportImpl}).
 */
final class TransportHandle {
    private final int id;
    private final PeerConnectionImpl connection;
    private final Loop loop;
    private final TransportOptions options;
    private final IceTransportImpl ice;
    private final DtlsTransportImpl dtls;
    private volatile boolean closed;
    private volatile @Nullable String failure;

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
        this.ice = new IceTransportImpl(id, connection);
        this.dtls = new DtlsTransportImpl(ice);
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
            IceRole known = now.iceRole();
            if (known != null) {
                ice.changeRole(known);
            } else if (!stable && connection.signalingState() == SignalingState.HAVE_LOCAL_OFFER) {
                // RFC 8445 6.1.1: whoever offers begins, unless the answer comes from a lite agent or a conflict.
                ice.changeRole(IceRole.CONTROLLING);
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
        IceRole role = now.iceRole();
        if (now.remote() != null && role != null && same == null && !(restarted && !stable)) {
            dev.yodel.ice.IceCredentials remote = now.remote();
            command(to -> to.startIce(role, remote));
            ice.changeRole(role);
        }
        if (now.dtlsRole() != null
                && (before == null || before.dtlsRole() == null || before.association() != now.association())) {
            dev.yodel.dtls.DtlsRole dtlsRole = now.dtlsRole();
            boolean another =
                    before != null && !before.fingerprints().equals(now.fingerprints()) && before.dtlsRole() != null;
            command(to -> to.startDtls(dtlsRole, now.fingerprints(), another));
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

    /** The connection is closed: W3C's objects are at once, and fire nothing. */
    void close() {
        dtls.changeState(DtlsState.CLOSED);
        ice.changeState(IceState.CLOSED);
        shutDown();
    }

    /** Negotiation has no more use for it. WebRTC 1.0, 4.4.1.5: "events firing on these objects in a queued task". */
    void discard() {
        shutDown();
        connection.queue().post(() -> {
            boolean tell = !connection.closed();
            if (dtls.changeState(DtlsState.CLOSED) && tell) {
                dtls.fireState();
                connection.queue().drain();
            }
            ice.changeState(IceState.CLOSED);
            if (tell) {
                ice.fireState();
            }
        });
    }

    private void shutDown() {
        closed = true;
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

    /** W3C's object for the ICE part. */
    IceTransportImpl ice() {
        return ice;
    }

    /** W3C's object for the DTLS part. */
    DtlsTransportImpl dtls() {
        return dtls;
    }

    @Override
    public String toString() {
        return "transport " + id + " ice=" + ice.state() + " dtls=" + dtls.state();
    }

    /** What the loop says, turned into lane tasks. */
    private final class Listener implements TransportListener {
        @Override
        public void onIceGatheringState(GatheringState state, String ufrag) {
            report(() -> gathering(state, ufrag));
        }

        private void gathering(GatheringState state, String ufrag) {
            boolean restarted = state == GatheringState.NEW && ice.gatheringState() != IceGathererState.NEW;
            if (restarted || connection.reports().knowsAll(id, ufrag)) {
                // A restart goes straight to gathering; one that was rolled back has gathered before (WebRTC 1.0,
                // 5.6.4).
                return;
            }
            if (state == GatheringState.COMPLETE) {
                // Two tasks: the end of candidates, while the transport still gathers, and the new state. What the
                // other transports of this turn began comes between.
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
            ice.changeGathering(state);
            connection.reports().handleGathering(ice::fireGathering);
        }

        @Override
        public void onLocalCandidate(Candidate candidate) {
            onLocalCandidate(candidate, "");
        }

        @Override
        public void onLocalCandidate(Candidate candidate, String url) {
            report(() -> {
                ice.from(candidate, url);
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
                ice.changeState(state);
                connection.reports().handleTransportState(ice::fireState);
            });
        }

        @Override
        public void onIceRole(IceRole role) {
            report(() -> {
                ice.changeRole(role);
                connection.reports().handleIceRole(id, role);
            });
        }

        @Override
        public void onSelectedPair(CandidatePair pair) {
            report(() -> ice.changePair(pair));
        }

        @Override
        public void onDtlsState(DtlsState state) {
            TransportStack from = stack;
            DtlsEvent.Connected association = from == null || state != DtlsState.CONNECTED ? null : from.association();
            report(() -> {
                if (association != null) {
                    dtls.remoteCertificates(association.peerCertificates());
                }
                if (dtls.changeState(state)) {
                    connection.reports().handleTransportState(dtls::fireState);
                }
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
                if (!dtls.changeState(DtlsState.FAILED)) {
                    return;
                }
                // W3C: the state, then error, then statechange.
                dtls.fireError(new RtcErrorEvent(error));
                connection.queue().drain();
                connection.reports().handleTransportState(dtls::fireState);
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
        public void onKeyFrameRequest(String mid, @Nullable String rid) {
            report(() -> connection.reports().handleKeyFrameRequest(mid, rid));
        }
    }
}
