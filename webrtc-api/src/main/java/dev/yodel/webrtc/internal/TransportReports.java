package dev.yodel.webrtc.internal;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.IceRole;
import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.IceConnectionState;
import dev.yodel.webrtc.IceGatheringState;
import dev.yodel.webrtc.OperationException;
import dev.yodel.webrtc.PeerConnectionIceErrorEvent;
import dev.yodel.webrtc.PeerConnectionIceEvent;
import dev.yodel.webrtc.SessionDescription;
import dev.yodel.webrtc.SignalingState;
import dev.yodel.webrtc.internal.jsep.JsepInput;
import dev.yodel.webrtc.internal.jsep.TransportState;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the transports report, as the connection's states, events and futures. On the lane, but for the getters and the two
 * futures.
 */
final class TransportReports {
    private record Untold(TransportHandle transport, String line, String ufrag) {}

    private final PeerConnectionImpl owner;
    private final LaneQueue queue;
    private final Signaling signaling;
    private final ConnectionEvents events;
    private final Waiters<Void> connectedWaiters = new Waiters<>();
    private final Waiters<SessionDescription> gatheringWaiters = new Waiters<>();
    /** Candidates of transports that have no section in the newest local description. On the lane. */
    private List<Untold> untold = new ArrayList<>(1);

    private volatile IceGatheringState gathering = IceGatheringState.NEW;
    private volatile IceConnectionState ice = IceConnectionState.NEW;
    private volatile ConnectionState connection = ConnectionState.NEW;

    TransportReports(PeerConnectionImpl owner, Signaling signaling, ConnectionEvents events) {
        this.owner = owner;
        this.queue = owner.queue();
        this.signaling = signaling;
        this.events = events;
    }

    IceGatheringState gathering() {
        return gathering;
    }

    IceConnectionState ice() {
        return ice;
    }

    ConnectionState connection() {
        return connection;
    }

    /** The futures that wait fail. */
    void close() {
        connectedWaiters.fail(OperationsChain.closedError("connected"));
        gatheringWaiters.fail(OperationsChain.closedError("gatheringComplete"));
    }

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
            connectedWaiters.succeed(RtcFuture.nothing());
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

    /** Transports, or their sections, came or went by negotiation. */
    void transportsChanged() {
        handleTransportState(() -> {});
        updateGathering(() -> {});
        List<Untold> waiting = untold;
        untold = new ArrayList<>(1);
        for (Untold each : waiting) {
            if (isCurrent(each.transport().id(), each.ufrag())) {
                fireCandidate(each.transport(), each.line(), each.ufrag());
            }
        }
    }

    /** W3C's order: both states change, then the transport's event, then icegatheringstatechange. */
    void handleGathering(Runnable transportEvent) {
        updateGathering(transportEvent);
    }

    /** Whether a restart has taken the place of this generation. */
    boolean isOver(int transport, String ufrag) {
        return !isCurrent(transport, ufrag);
    }

    /** A transport has no more candidates of this generation. */
    void handleEndOfCandidates(TransportHandle transport, String ufrag) {
        if (isCurrent(transport.id(), ufrag)) {
            signaling.apply(new JsepInput.LocalCandidatesComplete(transport.id()));
            fireCandidate(transport, "", ufrag);
        }
    }

    /** Whether the end of this generation's candidates has been told before. */
    boolean knowsAll(int transport, String ufrag) {
        TransportState state = owner.transportState(transport);
        return state != null && state.local().ufrag().equals(ufrag) && state.gatheringComplete();
    }

    /** What a transport says of a generation before a restart comes too late. */
    private boolean isCurrent(int transport, @Nullable String ufrag) {
        TransportState state = owner.transportState(transport);
        return state != null && state.local().ufrag().equals(ufrag);
    }

    private void updateGathering(Runnable transportEvent) {
        IceGatheringState now = ConnectionStates.gathering(signaling.transports());
        boolean changed = now != gathering;
        gathering = now;
        transportEvent.run();
        queue.drain();
        if (changed) {
            events.fire(events.iceGatheringState);
            if (now == IceGatheringState.COMPLETE) {
                events.fire(events.iceCandidate, new PeerConnectionIceEvent(null));
            }
        }
        settleGathering();
    }

    private void settleGathering() {
        boolean nothingToGather = signaling.transports().isEmpty() && owner.signalingState() == SignalingState.STABLE;
        SessionDescription local = gatheringWaiters.isEmpty() ? null : owner.localDescription();
        if (local != null && ((gathering == IceGatheringState.COMPLETE && allGathered()) || nothingToGather)) {
            gatheringWaiters.succeed(local);
        }
    }

    /** After a restart the descriptions are new before the transport has begun to gather again. */
    private boolean allGathered() {
        for (TransportHandle transport : signaling.transports()) {
            TransportState state = owner.transportState(transport.id());
            if (state != null && !state.gatheringComplete()) {
                return false;
            }
        }
        return true;
    }

    /** Transports that come later have the same role. */
    void handleIceRole(int transport, IceRole role) {
        signaling.apply(new JsepInput.IceRoleChanged(transport, role));
    }

    void handleLocalCandidate(TransportHandle transport, Candidate candidate) {
        String ufrag = candidate.ufrag();
        if (ufrag != null && isCurrent(transport.id(), ufrag)) {
            String line = candidate.toSdp();
            TransportState state = owner.transportState(transport.id());
            if (state != null && state.localCandidates().contains(line)) {
                return;
            }
            signaling.apply(new JsepInput.LocalCandidate(transport.id(), line));
            fireCandidate(transport, line, ufrag);
        }
    }

    /**
     * While an offer of ours waits that switches off all sections of a transport, its candidates belong to no
     * section: a peer that has answered would refuse them (WebRTC 1.0, 4.4.1.5). A rollback of the offer lets them be
     * told.
     */
    private void fireCandidate(TransportHandle transport, String line, String ufrag) {
        if (owner.indexOf(transport.id()) == null) {
            untold.add(new Untold(transport, line, ufrag));
            return;
        }
        events.fire(
                events.iceCandidate, new PeerConnectionIceEvent(transport.ice().outer(line, ufrag)));
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

    void handleRemoteSources(String mid, boolean synchronization, boolean contributing) {
        TransceiverImpl transceiver = signaling.transceivers().byMid(mid);
        if (transceiver != null) {
            transceiver.receiver().sourcesChanged(synchronization, contributing);
        }
    }

    /** The next description tells the peer, and one is needed. */
    void handleLocalSource(String mid, long before, long now) {
        TransceiverImpl transceiver = signaling.transceivers().byMid(mid);
        if (transceiver != null) {
            signaling.apply(new JsepInput.ReplaceSsrc(transceiver.id(), before, now));
            owner.updateNegotiationNeeded();
        }
    }

    void handleTargetBitrate(String mid, long bps) {
        TransceiverImpl transceiver = signaling.transceivers().byMid(mid);
        if (transceiver != null) {
            transceiver.sender().fireTargetBitrate(bps);
        }
    }

    void handleTransportBitrate(long bps) {
        events.fire(events.targetBitrate, bps);
    }

    void handleKeyFrameRequest(String mid, @Nullable String rid) {
        TransceiverImpl transceiver = signaling.transceivers().byMid(mid);
        if (transceiver != null) {
            transceiver.sender().media().peerRequestsKeyFrame(rid);
        }
    }

    CompletableFuture<Void> connected() {
        return waiter("connected", connectedWaiters, this::settleConnected);
    }

    CompletableFuture<SessionDescription> gatheringComplete() {
        return waiter("gatheringComplete", gatheringWaiters, this::settleGathering);
    }

    private <T extends @Nullable Object> RtcFuture<T> waiter(String name, Waiters<T> waiters, Runnable settle) {
        RtcFuture<T> future = new RtcFuture<>(queue, name);
        waiters.add(future);
        queue.post(() -> {
            if (owner.closed()) {
                waiters.fail(OperationsChain.closedError(name));
            } else {
                settle.run();
            }
        });
        return future;
    }
}
