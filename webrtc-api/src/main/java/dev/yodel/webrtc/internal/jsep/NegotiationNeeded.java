package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.SdpType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** W3C's steps to check if negotiation is needed (WebRTC 1.0, 4.7.3). */
final class NegotiationNeeded {
    private NegotiationNeeded() {}

    static boolean check(JsepState state) {
        if (!state.credentialsToReplace.isEmpty()) {
            return true;
        }
        if (state.dataWanted && !isNegotiated(state.data, state.currentLocal)) {
            return true;
        }
        for (TransceiverState transceiver : state.transceivers) {
            if (transceiver.stopping ? endIsUntold(state, transceiver) : wants(state, transceiver)) {
                return true;
            }
        }
        return false;
    }

    /** W3C: a data channel was made and no section for data has been negotiated. */
    private static boolean isNegotiated(DataState data, @Nullable Applied description) {
        return description != null && data.present() && description.model().at(data.index()) != null;
    }

    /** A stopped transceiver whose section is still alive in both descriptions. */
    private static boolean endIsUntold(JsepState state, TransceiverState transceiver) {
        Association association = transceiver.association;
        return association.present()
                && !rejected(state.currentLocal, association.index())
                && !rejected(state.currentRemote, association.index());
    }

    private static boolean rejected(@Nullable Applied description, int index) {
        MediaModel section = description == null ? null : description.model().at(index);
        return section != null && section.rejected();
    }

    private static boolean wants(JsepState state, TransceiverState transceiver) {
        Applied local = state.currentLocal;
        Applied remote = state.currentRemote;
        Association association = transceiver.association;
        MediaModel section = local == null ? null : local.model().at(association.index());
        MediaModel theirs = remote == null ? null : remote.model().at(association.index());
        if (!association.present() || local == null || section == null || theirs == null) {
            return true;
        }
        if (transceiver.direction.sends() && !streamsOf(section).equals(Set.copyOf(announced(transceiver)))) {
            return true;
        }
        // RFC 3550 8.2 made the sender take another source: the peer has to be told (RFC 5576 4.1). W3C's steps do not
        // know of collisions.
        if (section.direction().sends() && !section.ssrcs().contains(transceiver.ssrc)) {
            return true;
        }
        if (local.type() == SdpType.OFFER) {
            return section.direction() != transceiver.direction
                    && theirs.direction().reversed() != transceiver.direction;
        }
        Direction offered = theirs.direction().reversed();
        Direction possible = Direction.of(
                transceiver.direction.sends() && offered.sends(),
                transceiver.direction.receives() && offered.receives());
        return section.direction() != possible;
    }

    private static Set<String> streamsOf(MediaModel section) {
        Set<String> streams = new HashSet<>();
        for (StreamId stream : section.streams()) {
            streams.add(stream.stream());
        }
        return streams;
    }

    private static List<String> announced(TransceiverState transceiver) {
        return transceiver.streams.isEmpty() ? List.of("-") : transceiver.streams;
    }
}
