package dev.yodel.webrtc.internal.jsep;

import dev.yodel.sdp.Direction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What descriptions have done to a transceiver: all that a rollback restores.
 *
 * @param mid its m-section; null before one is associated
 * @param index the section's number; -1 before one is associated
 * @param transport the transport's number; -1 before there is one
 * @param current the negotiated direction, ours; null before an answer
 * @param fired the direction that the last track event was about; null before any
 * @param receptive whether media may come in
 * @param remoteStreams ids of the streams that the peer puts its track into
 * @param media the negotiated formats
 */
public record Association(
        @Nullable String mid,
        int index,
        int transport,
        @Nullable Direction current,
        @Nullable Direction fired,
        boolean receptive,
        List<String> remoteStreams,
        NegotiatedMedia media) {
    /** Before any description. */
    public static final Association NONE =
            new Association(null, -1, -1, null, null, false, List.of(), NegotiatedMedia.NONE);

    public Association {
        remoteStreams = List.copyOf(remoteStreams);
    }

    boolean present() {
        return mid != null;
    }

    Association at(String newMid, int newIndex) {
        return new Association(newMid, newIndex, transport, current, fired, receptive, remoteStreams, media);
    }

    Association withTransport(int value) {
        return new Association(mid, index, value, current, fired, receptive, remoteStreams, media);
    }

    Association withCurrent(@Nullable Direction value) {
        return new Association(mid, index, transport, value, fired, receptive, remoteStreams, media);
    }

    Association withFired(@Nullable Direction value) {
        return new Association(mid, index, transport, current, value, receptive, remoteStreams, media);
    }

    Association withReceptive(boolean value) {
        return new Association(mid, index, transport, current, fired, value, remoteStreams, media);
    }

    Association withRemoteStreams(List<String> value) {
        return new Association(mid, index, transport, current, fired, receptive, value, media);
    }

    Association withMedia(NegotiatedMedia value) {
        return new Association(mid, index, transport, current, fired, receptive, remoteStreams, value);
    }
}
