package dev.yodel.webrtc;

import java.util.List;
import java.util.Objects;

/**
 * W3C's RTCRtpTransceiverInit.
 *
 * @param direction what is wanted, all but stopped
 * @param streams what the peer is told that the track belongs to
 * @param sendEncodings how to encode and send, one for each simulcast stream; empty for the default
 */
public record RtpTransceiverInit(
        RtpTransceiverDirection direction, List<MediaStream> streams, List<RtpEncodingParameters> sendEncodings) {
    /** Both ways, in no stream. */
    public static final RtpTransceiverInit DEFAULT =
            new RtpTransceiverInit(RtpTransceiverDirection.SENDRECV, List.of());

    public RtpTransceiverInit {
        Objects.requireNonNull(direction, "direction");
        if (direction == RtpTransceiverDirection.STOPPED) {
            throw new IllegalArgumentException("a transceiver cannot begin stopped; use inactive");
        }
        streams = List.copyOf(streams);
        sendEncodings = List.copyOf(sendEncodings);
    }

    /**
     * A direction and streams, encoded by default.
     *
     * @param direction what is wanted, all but stopped
     * @param streams what the peer is told that the track belongs to
     */
    public RtpTransceiverInit(RtpTransceiverDirection direction, List<MediaStream> streams) {
        this(direction, streams, List.of());
    }

    /**
     * The same, encoded otherwise.
     *
     * @param encodings one for each simulcast stream
     * @return the init
     */
    public RtpTransceiverInit withSendEncodings(RtpEncodingParameters... encodings) {
        return new RtpTransceiverInit(direction, streams, List.of(encodings));
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
