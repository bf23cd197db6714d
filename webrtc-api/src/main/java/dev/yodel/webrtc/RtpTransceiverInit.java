package dev.yodel.webrtc;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * W3C's RTCRtpTransceiverInit.
 *
 * @param direction what is wanted, all but stopped
 * @param streams what the peer is told that the track belongs to
 * @param sendEncodings how to encode and send, one for each simulcast stream; empty for the default
 * @param receiveRids ours, beyond W3C: the simulcast streams that our offers ask the peer for; empty for none
 */
public record RtpTransceiverInit(
        RtpTransceiverDirection direction,
        List<MediaStream> streams,
        List<RtpEncodingParameters> sendEncodings,
        List<String> receiveRids) {
    private static final int MAX_RIDS = 16;
    private static final int MAX_RID_LENGTH = 16;

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
        receiveRids = List.copyOf(receiveRids);
        for (String rid : receiveRids) {
            if (!isRid(rid)) {
                throw new IllegalArgumentException("a rid is 1 to 16 letters and digits, not \"" + rid + "\"");
            }
        }
        if (receiveRids.size() > MAX_RIDS || Set.copyOf(receiveRids).size() < receiveRids.size()) {
            throw new IllegalArgumentException("at most 16 rids, each once, not " + receiveRids);
        }
    }

    private static boolean isRid(String rid) {
        return !rid.isEmpty()
                && rid.length() <= MAX_RID_LENGTH
                && rid.chars()
                        .allMatch(c -> (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'));
    }

    /**
     * A direction, streams and encodings.
     *
     * @param direction what is wanted, all but stopped
     * @param streams what the peer is told that the track belongs to
     * @param sendEncodings how to encode and send, one for each simulcast stream; empty for the default
     */
    public RtpTransceiverInit(
            RtpTransceiverDirection direction, List<MediaStream> streams, List<RtpEncodingParameters> sendEncodings) {
        this(direction, streams, sendEncodings, List.of());
    }

    /**
     * A direction and streams, encoded by default.
     *
     * @param direction what is wanted, all but stopped
     * @param streams what the peer is told that the track belongs to
     */
    public RtpTransceiverInit(RtpTransceiverDirection direction, List<MediaStream> streams) {
        this(direction, streams, List.of(), List.of());
    }

    /**
     * The same, encoded otherwise.
     *
     * @param encodings one for each simulcast stream
     * @return the init
     */
    public RtpTransceiverInit withSendEncodings(RtpEncodingParameters... encodings) {
        return new RtpTransceiverInit(direction, streams, List.of(encodings), receiveRids);
    }

    /**
     * The same, asking for simulcast: our offers ask the peer to send several streams of the track ({@code
     * a=simulcast:recv}, RFC 8853), the first the smallest, as an SFU does that offers. A browser that answers makes
     * an encoding of each, and halves the picture's sides from each to the one before. Acts on video that is
     * received. Ours, beyond W3C.
     *
     * @param rids the streams' names, 1 to 16 letters and digits each (RFC 8851)
     * @return the init
     */
    public RtpTransceiverInit withReceiveRids(String... rids) {
        return new RtpTransceiverInit(direction, streams, sendEncodings, List.of(rids));
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
