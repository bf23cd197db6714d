package dev.yodel.webrtc.internal;

import dev.yodel.webrtc.ConnectionState;
import dev.yodel.webrtc.DtlsTransportState;
import dev.yodel.webrtc.IceConnectionState;
import dev.yodel.webrtc.IceGathererState;
import dev.yodel.webrtc.IceGatheringState;
import dev.yodel.webrtc.IceTransportState;
import java.util.Collection;
import java.util.function.Predicate;

/** W3C's definitions of a connection's states from those of its transports (WebRTC 1.0, 4.3.2 to 4.3.4). Stateless. */
final class ConnectionStates {
    private ConnectionStates() {}

    static IceGatheringState gathering(Collection<TransportHandle> transports) {
        if (transports.stream().anyMatch(t -> t.ice().gatheringState() == IceGathererState.GATHERING)) {
            return IceGatheringState.GATHERING;
        }
        boolean complete = !transports.isEmpty()
                && transports.stream().allMatch(t -> t.ice().gatheringState() == IceGathererState.COMPLETE);
        return complete ? IceGatheringState.COMPLETE : IceGatheringState.NEW;
    }

    static IceConnectionState ice(Collection<TransportHandle> transports) {
        if (any(transports, IceTransportState.FAILED)) {
            return IceConnectionState.FAILED;
        }
        if (any(transports, IceTransportState.DISCONNECTED)) {
            return IceConnectionState.DISCONNECTED;
        }
        if (transports.stream()
                .allMatch(
                        t -> t.ice().state() == IceTransportState.NEW || t.ice().state() == IceTransportState.CLOSED)) {
            return IceConnectionState.NEW;
        }
        if (any(transports, IceTransportState.NEW) || any(transports, IceTransportState.CHECKING)) {
            return IceConnectionState.CHECKING;
        }
        return any(transports, IceTransportState.CONNECTED)
                ? IceConnectionState.CONNECTED
                : IceConnectionState.COMPLETED;
    }

    static ConnectionState connection(Collection<TransportHandle> transports) {
        if (any(transports, IceTransportState.FAILED) || anyDtls(transports, s -> s == DtlsTransportState.FAILED)) {
            return ConnectionState.FAILED;
        }
        if (any(transports, IceTransportState.DISCONNECTED)) {
            return ConnectionState.DISCONNECTED;
        }
        boolean idle = transports.stream()
                .allMatch(t ->
                        (t.ice().state() == IceTransportState.NEW || t.ice().state() == IceTransportState.CLOSED)
                                && (t.dtls().state() == DtlsTransportState.NEW
                                        || t.dtls().state() == DtlsTransportState.CLOSED));
        if (idle) {
            return ConnectionState.NEW;
        }
        boolean busy = any(transports, IceTransportState.NEW)
                || any(transports, IceTransportState.CHECKING)
                || anyDtls(transports, s -> s == DtlsTransportState.NEW || s == DtlsTransportState.CONNECTING);
        return busy ? ConnectionState.CONNECTING : ConnectionState.CONNECTED;
    }

    private static boolean any(Collection<TransportHandle> transports, IceTransportState state) {
        return transports.stream().anyMatch(t -> t.ice().state() == state);
    }

    private static boolean anyDtls(Collection<TransportHandle> transports, Predicate<DtlsTransportState> test) {
        return transports.stream().anyMatch(t -> test.test(t.dtls().state()));
    }
}
