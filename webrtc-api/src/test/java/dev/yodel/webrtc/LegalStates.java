package dev.yodel.webrtc;

import java.util.Map;
import java.util.Set;

/** Which state may follow which: W3C's machines for a call whose transports stay, and for signaling. */
final class LegalStates {
    static final Map<ConnectionState, Set<ConnectionState>> CONNECTION = Map.of(
            ConnectionState.NEW, Set.of(ConnectionState.CONNECTING, ConnectionState.CLOSED),
            ConnectionState.CONNECTING,
                    Set.of(
                            ConnectionState.CONNECTED,
                            ConnectionState.DISCONNECTED,
                            ConnectionState.FAILED,
                            ConnectionState.CLOSED),
            ConnectionState.CONNECTED,
                    Set.of(
                            ConnectionState.CONNECTING,
                            ConnectionState.DISCONNECTED,
                            ConnectionState.FAILED,
                            ConnectionState.CLOSED),
            ConnectionState.DISCONNECTED,
                    Set.of(
                            ConnectionState.CONNECTING,
                            ConnectionState.CONNECTED,
                            ConnectionState.FAILED,
                            ConnectionState.CLOSED),
            ConnectionState.FAILED, Set.of(ConnectionState.CONNECTING, ConnectionState.CLOSED),
            ConnectionState.CLOSED, Set.of());

    static final Map<IceConnectionState, Set<IceConnectionState>> ICE = Map.of(
            IceConnectionState.NEW, Set.of(IceConnectionState.CHECKING, IceConnectionState.CLOSED),
            IceConnectionState.CHECKING,
                    Set.of(
                            IceConnectionState.CONNECTED,
                            IceConnectionState.COMPLETED,
                            IceConnectionState.DISCONNECTED,
                            IceConnectionState.FAILED,
                            IceConnectionState.CLOSED),
            IceConnectionState.CONNECTED,
                    Set.of(
                            IceConnectionState.CHECKING,
                            IceConnectionState.COMPLETED,
                            IceConnectionState.DISCONNECTED,
                            IceConnectionState.FAILED,
                            IceConnectionState.CLOSED),
            IceConnectionState.COMPLETED,
                    Set.of(
                            IceConnectionState.CHECKING,
                            IceConnectionState.CONNECTED,
                            IceConnectionState.DISCONNECTED,
                            IceConnectionState.FAILED,
                            IceConnectionState.CLOSED),
            IceConnectionState.DISCONNECTED,
                    Set.of(
                            IceConnectionState.CHECKING,
                            IceConnectionState.CONNECTED,
                            IceConnectionState.COMPLETED,
                            IceConnectionState.FAILED,
                            IceConnectionState.CLOSED),
            // A restart begins anew: "new" until the peer's candidates are known.
            IceConnectionState.FAILED,
                    Set.of(IceConnectionState.NEW, IceConnectionState.CHECKING, IceConnectionState.CLOSED),
            IceConnectionState.CLOSED, Set.of());

    static final Map<IceGatheringState, Set<IceGatheringState>> GATHERING = Map.of(
            IceGatheringState.NEW, Set.of(IceGatheringState.GATHERING, IceGatheringState.COMPLETE),
            IceGatheringState.GATHERING, Set.of(IceGatheringState.COMPLETE),
            IceGatheringState.COMPLETE, Set.of(IceGatheringState.GATHERING));

    static final Map<DtlsTransportState, Set<DtlsTransportState>> DTLS = Map.of(
            DtlsTransportState.NEW,
                    Set.of(DtlsTransportState.CONNECTING, DtlsTransportState.CLOSED, DtlsTransportState.FAILED),
            DtlsTransportState.CONNECTING,
                    Set.of(DtlsTransportState.CONNECTED, DtlsTransportState.CLOSED, DtlsTransportState.FAILED),
            DtlsTransportState.CONNECTED, Set.of(DtlsTransportState.CLOSED, DtlsTransportState.FAILED),
            // A description may ask for another association after the old one's end (RFC 8842 5.5).
            DtlsTransportState.CLOSED, Set.of(DtlsTransportState.CONNECTING),
            DtlsTransportState.FAILED, Set.of(DtlsTransportState.CLOSED, DtlsTransportState.CONNECTING));

    /** WebRTC 1.0, 5.6.1; a restart begins anew. */
    static final Map<IceTransportState, Set<IceTransportState>> ICE_TRANSPORT = Map.of(
            // A peer that says it has no candidates is failed without a check (RFC 8863 4).
            IceTransportState.NEW,
                    Set.of(IceTransportState.CHECKING, IceTransportState.FAILED, IceTransportState.CLOSED),
            IceTransportState.CHECKING,
                    Set.of(
                            IceTransportState.CONNECTED,
                            IceTransportState.COMPLETED,
                            IceTransportState.DISCONNECTED,
                            IceTransportState.FAILED,
                            IceTransportState.CLOSED),
            IceTransportState.CONNECTED,
                    Set.of(
                            IceTransportState.CHECKING,
                            IceTransportState.COMPLETED,
                            IceTransportState.DISCONNECTED,
                            IceTransportState.FAILED,
                            IceTransportState.CLOSED),
            IceTransportState.COMPLETED,
                    Set.of(
                            IceTransportState.CHECKING,
                            IceTransportState.CONNECTED,
                            IceTransportState.DISCONNECTED,
                            IceTransportState.FAILED,
                            IceTransportState.CLOSED),
            IceTransportState.DISCONNECTED,
                    Set.of(
                            IceTransportState.CHECKING,
                            IceTransportState.CONNECTED,
                            IceTransportState.COMPLETED,
                            IceTransportState.FAILED,
                            IceTransportState.CLOSED),
            IceTransportState.FAILED,
                    Set.of(IceTransportState.NEW, IceTransportState.CHECKING, IceTransportState.CLOSED),
            IceTransportState.CLOSED, Set.of());

    /** WebRTC 1.0, figure 1; "closed" follows everything and fires no event. */
    static final Map<SignalingState, Set<SignalingState>> SIGNALING = Map.of(
            SignalingState.STABLE, Set.of(SignalingState.HAVE_LOCAL_OFFER, SignalingState.HAVE_REMOTE_OFFER),
            SignalingState.HAVE_LOCAL_OFFER, Set.of(SignalingState.STABLE, SignalingState.HAVE_REMOTE_PRANSWER),
            SignalingState.HAVE_REMOTE_OFFER, Set.of(SignalingState.STABLE, SignalingState.HAVE_LOCAL_PRANSWER),
            SignalingState.HAVE_LOCAL_PRANSWER, Set.of(SignalingState.STABLE),
            SignalingState.HAVE_REMOTE_PRANSWER, Set.of(SignalingState.STABLE),
            SignalingState.CLOSED, Set.of());

    private LegalStates() {}

    static <S> boolean follows(Map<S, Set<S>> machine, S before, S after) {
        Set<S> next = machine.get(before);
        return next != null && next.contains(after);
    }
}
