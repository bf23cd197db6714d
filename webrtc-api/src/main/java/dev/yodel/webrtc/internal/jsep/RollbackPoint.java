package dev.yodel.webrtc.internal.jsep;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was negotiated when the connection was last stable: a rollback puts it back. What the application has changed
 * since (directions, tracks, new transceivers) is not in it and stays.
 *
 * @param associations by transceiver, of those that were there
 * @param transports the transports that were there
 * @param data the section of data channels
 * @param bundleTag the section that the group's transport belonged to
 */
record RollbackPoint(
        Map<Integer, Association> associations, List<TransportState> transports, DataState data, String bundleTag) {
    RollbackPoint {
        associations = Map.copyOf(associations);
        transports = List.copyOf(transports);
    }

    @Nullable
    TransportState transport(int id) {
        for (TransportState transport : transports) {
            if (transport.id() == id) {
                return transport;
            }
        }
        return null;
    }
}
