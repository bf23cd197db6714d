package dev.yodel.webrtc;

import java.util.List;

/**
 * W3C's RTCTrackEvent: the peer sends, or is about to send, a track.
 *
 * @param receiver who receives it
 * @param track the track, muted until media comes
 * @param streams the streams that the peer put it into, possibly none
 * @param transceiver whose receiver it is
 */
public record TrackEvent(
        RtpReceiver receiver, RemoteTrack track, List<MediaStream> streams, RtpTransceiver transceiver) {
    public TrackEvent {
        streams = List.copyOf(streams);
    }
}
