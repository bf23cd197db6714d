package dev.yodel.webrtc;

import java.util.List;
import java.util.Objects;

/**
 * W3C's RTCRtpTransceiverInit.
 *
 * @param direction what is wanted, all but stopped
 * @param streams what the peer is told that the track belongs to
 */
public record RtpTransceiverInit(RtpTransceiverDirection direction, List<MediaStream> streams) {
    /** Both ways, in no stream. */
    public static final RtpTransceiverInit DEFAULT =
            new RtpTransceiverInit(RtpTransceiverDirection.SENDRECV, List.of());

    public RtpTransceiverInit {
        Objects.requireNonNull(direction, "direction");
        if (direction == RtpTransceiverDirection.STOPPED) {
            throw new IllegalArgumentException("a transceiver cannot begin stopped; use inactive");
        }
        streams = List.copyOf(streams);
    }

    /**
     * A direction without streams.
     *
     * @param direction what is wanted
     * @return the init
     */
    public static RtpTransceiverInit of(RtpTransceiverDirection direction) {
        return new RtpTransceiverInit(direction, List.of());
    }
}
