package dev.yodel.webrtc.internal.jsep;

import dev.yodel.io.RandomSource;
import dev.yodel.sdp.Direction;
import dev.yodel.webrtc.InvalidStateException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpEncodingParameters;
import dev.yodel.webrtc.RtpHeaderExtensionCapability;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** W3C's methods about tracks and transceivers, for a draft of the state. */
final class Transceivers {
    private Transceivers() {}

    static TransceiverState create(
            JsepState state,
            MediaKind kind,
            Direction direction,
            @Nullable String trackId,
            List<String> streams,
            @Nullable String remoteTrackId,
            RandomSource random) {
        String sender = trackId == null ? Identifiers.uuid(random) : senderTrackId(state, trackId, -1, random);
        String receiver = remoteTrackId != null ? remoteTrackId : Identifiers.uuid(random);
        long ssrc = Identifiers.ssrc(random);
        long rtxSsrc = Identifiers.ssrcBeside(ssrc, random);
        long fecSsrc = rtxSsrc;
        while (fecSsrc == rtxSsrc && !state.options.videoFec().isEmpty()) {
            fecSsrc = Identifiers.ssrcBeside(ssrc, random);
        }
        TransceiverState transceiver = new TransceiverState(
                state.nextTransceiverId++,
                kind,
                ssrc,
                rtxSsrc,
                fecSsrc,
                receiver,
                state.options.cname(),
                direction,
                trackId != null,
                sender,
                streams);
        transceiver.extensions = Extensions.initial(state, kind);
        state.transceivers.add(transceiver);
        return transceiver;
    }

    /**
     * The name of our track in descriptions: its own unless another section has it (RFC 8830 2) or it cannot be
     * written.
     */
    private static String senderTrackId(JsepState state, String trackId, int transceiver, RandomSource random) {
        boolean free = state.transceivers.stream()
                .noneMatch(other -> other.id != transceiver && other.senderTrackId.equals(trackId));
        return free && Identifiers.isToken(trackId) ? trackId : Identifiers.uuid(random);
    }

    /** W3C addTrack: a sender that waits without a track and never sent is used, else a transceiver is made. */
    static int addTrack(JsepState state, JsepInput.AddTrack input, RandomSource random) {
        for (TransceiverState transceiver : state.transceivers) {
            if (!transceiver.hasTrack
                    && transceiver.kind == input.kind()
                    && !transceiver.stopping
                    && !transceiver.everSent) {
                transceiver.hasTrack = true;
                transceiver.usedByAddTrack = true;
                transceiver.streams = List.copyOf(input.streams());
                transceiver.senderTrackId = senderTrackId(state, input.trackId(), transceiver.id, random);
                transceiver.direction = Direction.of(true, transceiver.direction.receives());
                return transceiver.id;
            }
        }
        TransceiverState created =
                create(state, input.kind(), Direction.SENDRECV, input.trackId(), input.streams(), null, random);
        created.usedByAddTrack = true;
        created.createdByAddTrack = true;
        return created.id;
    }

    static TransceiverState require(JsepState state, int id) {
        TransceiverState transceiver = state.transceiver(id);
        if (transceiver == null) {
            throw new InvalidStateException("the transceiver has been stopped; add a new one");
        }
        return transceiver;
    }

    static void removeTrack(JsepState state, int id) {
        TransceiverState transceiver = state.transceiver(id);
        if (transceiver == null || transceiver.stopped || !transceiver.hasTrack) {
            return;
        }
        transceiver.hasTrack = false;
        transceiver.direction = Direction.of(false, transceiver.direction.receives());
    }

    static void setDirection(JsepState state, int id, Direction direction) {
        TransceiverState transceiver = require(state, id);
        if (transceiver.stopping) {
            throw new InvalidStateException(
                    "the transceiver has been stopped and has no direction any more; add a new one");
        }
        transceiver.direction = direction;
    }

    /** A negotiation that changed the number of encodings after they were checked wins. */
    static void setEncodings(JsepState state, int id, List<RtpEncodingParameters> encodings) {
        TransceiverState transceiver = require(state, id);
        if (transceiver.stopping || transceiver.encodings.size() != encodings.size()) {
            throw new InvalidStateException("the sender was changed meanwhile; take its parameters anew");
        }
        transceiver.encodings = List.copyOf(encodings);
    }

    /** W3C setHeaderExtensionsToNegotiate (webrtc-extensions). */
    static void setExtensions(JsepState state, int id, List<RtpHeaderExtensionCapability> extensions) {
        TransceiverState transceiver = state.transceiver(id);
        if (transceiver != null) {
            transceiver.extensions = List.copyOf(extensions);
        }
    }

    static void stop(JsepState state, int id) {
        TransceiverState transceiver = state.transceiver(id);
        if (transceiver != null && !transceiver.stopping) {
            transceiver.stopping = true;
            transceiver.direction = Direction.INACTIVE;
            transceiver.association = transceiver.association.withReceptive(false);
        }
    }
}
