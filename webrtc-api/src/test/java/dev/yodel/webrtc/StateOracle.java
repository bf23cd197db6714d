package dev.yodel.webrtc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connection: every event follows W3C's machines and comes with a state that is new, each transport goes its
 * way, nothing comes after the end, and at rest what the getters say fits together.
 */
final class StateOracle {
    /** What a transport was when its last event came. */
    private static final class Watched {
        DtlsTransportState dtls;
        IceTransportState ice;

        Watched(DtlsTransport transport) {
            dtls = transport.state();
            ice = transport.iceTransport().state();
        }
    }

    private final String name;
    private final PeerConnection connection;
    private final Queue<String> violations;
    /** Whether no other thread can close the connection between an event and its listener. */
    private final boolean oneThread;

    // On the connection's lane.
    private final Map<DtlsTransport, Watched> transports = new LinkedHashMap<>();
    private SignalingState signaling = SignalingState.STABLE;
    private IceConnectionState ice = IceConnectionState.NEW;
    private ConnectionState state = ConnectionState.NEW;
    private IceGatheringState gathering = IceGatheringState.NEW;

    /** Did not count at some event; at rest they have been closed. */
    private final Set<DtlsTransport> givenUp = new HashSet<>();

    private volatile boolean over;

    StateOracle(String name, PeerConnection connection, Queue<String> violations, boolean oneThread) {
        this.name = name;
        this.connection = connection;
        this.violations = violations;
        this.oneThread = oneThread;
        connection.onSignalingStateChange(this::signalingChanged);
        connection.onIceConnectionStateChange(this::iceChanged);
        connection.onConnectionStateChange(this::connectionChanged);
        connection.onIceGatheringStateChange(this::gatheringChanged);
        connection.onNegotiationNeeded(() -> {
            event("negotiationneeded");
            if (connection.signalingState() != SignalingState.STABLE && oneThread) {
                violation("negotiationneeded in " + connection.signalingState());
            }
        });
        connection.onIceCandidate(event -> event("icecandidate"));
        connection.onTrack(event -> event("track"));
        connection.onDataChannel(event -> event("datachannel"));
    }

    private void violation(String what) {
        violations.add(name + ": " + what);
    }

    private void event(String what) {
        if (over && oneThread) {
            violation(what + " after close");
        }
        discover();
    }

    /** Transports are found where the API shows them. */
    void discover() {
        for (DtlsTransport transport : visible()) {
            if (!transports.containsKey(transport)) {
                transports.put(transport, new Watched(transport));
                transport.onStateChange(() -> dtlsChanged(transport));
                transport.iceTransport().onStateChange(() -> iceTransportChanged(transport));
            }
        }
    }

    private Set<DtlsTransport> visible() {
        Set<DtlsTransport> now = new HashSet<>();
        for (RtpTransceiver transceiver : connection.getTransceivers()) {
            add(now, transceiver.sender().transport());
            add(now, transceiver.receiver().transport());
        }
        SctpTransport sctp = connection.sctp();
        if (sctp != null) {
            add(now, sctp.transport());
        }
        return now;
    }

    /** Also those that only a stopped transceiver had, until negotiation gives them up. */
    private Set<DtlsTransport> living() {
        Set<DtlsTransport> now = visible();
        for (DtlsTransport known : transports.keySet()) {
            if (known.iceTransport().state() != IceTransportState.CLOSED) {
                now.add(known);
            }
        }
        return now;
    }

    private static void add(Set<DtlsTransport> to, @Nullable DtlsTransport transport) {
        if (transport != null) {
            to.add(transport);
        }
    }

    private <S> void step(String what, Map<S, Set<S>> machine, S before, S after) {
        if (!LegalStates.follows(machine, before, after)) {
            violation(what + " went from " + before + " to " + after);
        }
    }

    private void dtlsChanged(DtlsTransport transport) {
        event("statechange of DTLS");
        Watched watched = transports.get(transport);
        DtlsTransportState now = transport.state();
        if (watched != null && (oneThread || now != DtlsTransportState.CLOSED)) {
            step(transport.toString(), LegalStates.DTLS, watched.dtls, now);
            watched.dtls = now;
        }
    }

    private void iceTransportChanged(DtlsTransport transport) {
        event("statechange of ICE");
        Watched watched = transports.get(transport);
        IceTransportState now = transport.iceTransport().state();
        if (watched != null && (oneThread || now != IceTransportState.CLOSED)) {
            step(transport.toString(), LegalStates.ICE_TRANSPORT, watched.ice, now);
            watched.ice = now;
        }
    }

    private void signalingChanged() {
        event("signalingstatechange");
        SignalingState now = connection.signalingState();
        if (now != SignalingState.CLOSED) {
            step("signaling", LegalStates.SIGNALING, signaling, now);
            signaling = now;
        } else if (oneThread) {
            violation("signalingstatechange by close()");
        }
    }

    private void iceChanged() {
        event("iceconnectionstatechange");
        IceConnectionState now = connection.iceConnectionState();
        if (now != IceConnectionState.CLOSED || oneThread) {
            if (now == ice) {
                violation("iceconnectionstatechange without a change from " + now);
            }
            ice = now;
            if (oneThread) {
                defined(now, connection.connectionState());
            }
        }
    }

    private void connectionChanged() {
        event("connectionstatechange");
        ConnectionState now = connection.connectionState();
        if (now != ConnectionState.CLOSED || oneThread) {
            if (now == state) {
                violation("connectionstatechange without a change from " + now);
            }
            state = now;
            if (oneThread) {
                defined(connection.iceConnectionState(), now);
            }
        }
    }

    private void gatheringChanged() {
        event("icegatheringstatechange");
        IceGatheringState now = connection.iceGatheringState();
        if (now == gathering) {
            violation("icegatheringstatechange without a change from " + now);
        }
        gathering = now;
    }

    /** WebRTC 1.0, 5.6.3 and 5.6.4: both states are functions of the transports' states. */
    private void defined(IceConnectionState iceNow, ConnectionState stateNow) {
        SessionDescription local = connection.localDescription();
        if (connection.sctp() == null && local != null && local.sdp().contains("\r\nm=application ")) {
            // W3C shows the SCTP transport from the answer on; until then there is a transport that cannot be seen.
            return;
        }
        SignalingState now = connection.signalingState();
        if (now == SignalingState.HAVE_LOCAL_PRANSWER || now == SignalingState.HAVE_REMOTE_PRANSWER) {
            // A pranswer may bundle, and the transports that are bundled away live until the answer
            // (docs/webrtc-api.md).
            return;
        }
        Set<DtlsTransport> living = living();
        if (isDefined(living, iceNow, stateNow)) {
            return;
        }
        // Between the answer that gives a transport up and the task that closes its objects it does not count any
        // more, and still shows its last state. That is over at rest.
        Set<DtlsTransport> visible = visible();
        if (isDefined(visible, iceNow, stateNow)) {
            living.removeAll(visible);
            givenUp.addAll(living);
        } else {
            violation("ICE is " + iceNow + " and the connection " + stateNow + " with " + living);
        }
    }

    private static boolean isDefined(Set<DtlsTransport> all, IceConnectionState iceNow, ConnectionState stateNow) {
        List<IceTransportState> ices = new ArrayList<>();
        List<DtlsTransportState> dtls = new ArrayList<>();
        for (DtlsTransport transport : all) {
            ices.add(transport.iceTransport().state());
            dtls.add(transport.state());
        }
        return iceNow == definedIce(ices) && stateNow == definedConnection(ices, dtls);
    }

    private static IceConnectionState definedIce(List<IceTransportState> all) {
        if (all.contains(IceTransportState.FAILED)) {
            return IceConnectionState.FAILED;
        }
        if (all.contains(IceTransportState.DISCONNECTED)) {
            return IceConnectionState.DISCONNECTED;
        }
        if (all.stream().allMatch(s -> s == IceTransportState.NEW || s == IceTransportState.CLOSED)) {
            return IceConnectionState.NEW;
        }
        if (all.contains(IceTransportState.NEW) || all.contains(IceTransportState.CHECKING)) {
            return IceConnectionState.CHECKING;
        }
        return all.contains(IceTransportState.CONNECTED) ? IceConnectionState.CONNECTED : IceConnectionState.COMPLETED;
    }

    private static ConnectionState definedConnection(List<IceTransportState> ice, List<DtlsTransportState> dtls) {
        if (ice.contains(IceTransportState.FAILED) || dtls.contains(DtlsTransportState.FAILED)) {
            return ConnectionState.FAILED;
        }
        if (ice.contains(IceTransportState.DISCONNECTED)) {
            return ConnectionState.DISCONNECTED;
        }
        boolean idle = ice.stream().allMatch(s -> s == IceTransportState.NEW || s == IceTransportState.CLOSED)
                && dtls.stream().allMatch(s -> s == DtlsTransportState.NEW || s == DtlsTransportState.CLOSED);
        if (idle) {
            return ConnectionState.NEW;
        }
        boolean busy = ice.contains(IceTransportState.NEW)
                || ice.contains(IceTransportState.CHECKING)
                || dtls.contains(DtlsTransportState.NEW)
                || dtls.contains(DtlsTransportState.CONNECTING);
        return busy ? ConnectionState.CONNECTING : ConnectionState.CONNECTED;
    }

    /** The end: from here no event may come. */
    void closed() {
        over = true;
    }

    /** When nothing is under way: do the getters agree with each other? */
    void checkAtRest() {
        if (connection.signalingState() == SignalingState.CLOSED) {
            closedForGood();
            return;
        }
        defined(connection.iceConnectionState(), connection.connectionState());
        for (DtlsTransport each : givenUp) {
            if (each.iceTransport().state() != IceTransportState.CLOSED) {
                violation("given up and never closed: " + each);
            }
        }
        descriptions();
        Set<String> mids = new HashSet<>();
        SessionDescription local = connection.currentLocalDescription();
        for (RtpTransceiver transceiver : connection.getTransceivers()) {
            String mid = transceiver.mid();
            if (mid == null) {
                if (transceiver.currentDirection() != null && !transceiver.stopped()) {
                    violation("a direction without a section: " + transceiver);
                }
                continue;
            }
            if (!mids.add(mid)) {
                violation("two transceivers have mid " + mid);
            }
            if (connection.signalingState() == SignalingState.STABLE
                    && (local == null || !local.sdp().contains("\r\na=mid:" + mid + "\r\n"))) {
                violation("mid " + mid + " is not in our description");
            }
        }
        if (connection.getReceivers().size() != connection.getSenders().size()) {
            violation("senders and receivers differ in number");
        }
    }

    private void descriptions() {
        SessionDescription local = connection.pendingLocalDescription();
        SessionDescription remote = connection.pendingRemoteDescription();
        boolean fits =
                switch (connection.signalingState()) {
                    case STABLE -> local == null && remote == null;
                    case HAVE_LOCAL_OFFER -> is(local, SdpType.OFFER) && remote == null;
                    case HAVE_REMOTE_OFFER -> is(remote, SdpType.OFFER) && local == null;
                    case HAVE_LOCAL_PRANSWER -> is(local, SdpType.PRANSWER) && is(remote, SdpType.OFFER);
                    case HAVE_REMOTE_PRANSWER -> is(local, SdpType.OFFER) && is(remote, SdpType.PRANSWER);
                    case CLOSED -> true;
                };
        if (!fits) {
            violation("in " + connection.signalingState() + " pending are " + local + " and " + remote);
        }
        if ((connection.currentLocalDescription() == null) != (connection.currentRemoteDescription() == null)) {
            violation("one side alone has a current description");
        }
    }

    private static boolean is(@Nullable SessionDescription description, SdpType type) {
        return description != null && description.type() == type;
    }

    private void closedForGood() {
        if (connection.iceConnectionState() != IceConnectionState.CLOSED
                || connection.connectionState() != ConnectionState.CLOSED) {
            violation("closed, and " + connection);
        }
        for (Map.Entry<DtlsTransport, Watched> each : transports.entrySet()) {
            DtlsTransport transport = each.getKey();
            if (transport.state() != DtlsTransportState.CLOSED && transport.state() != DtlsTransportState.FAILED) {
                violation("after close " + transport);
            }
        }
    }
}
