package dev.yodel.webrtc.internal.transport;

import dev.yodel.io.Bytes;

/**
 * What is this datagram? Answers by its first byte (RFC 7983 7) and, for RTP and RTCP, the second (RFC 5761 4). It does
 * not look further and changes nothing.
 */
final class Demux {
    /** The protocols that share a 5-tuple. */
    enum Kind {
        /** First byte 0 to 3. */
        STUN,
        /** First byte 20 to 63. */
        DTLS,
        /** First byte 64 to 79; meaningful only from a TURN server and handled in ICE. */
        TURN_CHANNEL,
        /** First byte 128 to 191, second outside 192 to 223. */
        RTP,
        /** First byte 128 to 191, second 192 to 223. */
        RTCP,
        /** Everything else, ZRTP included: dropped. */
        UNKNOWN
    }

    private Demux() {}

    static Kind classify(byte[] data, int offset, int length) {
        if (length < 1) {
            return Kind.UNKNOWN;
        }
        int first = Bytes.u8(data, offset);
        if (first >= 128 && first <= 191) {
            if (length < 2) {
                return Kind.UNKNOWN;
            }
            // RFC 5761 4: payload types 64 to 95 with the marker bit are RTCP packet types 192 to 223.
            int second = Bytes.u8(data, offset + 1);
            return second >= 192 && second <= 223 ? Kind.RTCP : Kind.RTP;
        }
        if (first >= 20 && first <= 63) {
            return Kind.DTLS;
        }
        if (first <= 3) {
            return Kind.STUN;
        }
        if (first >= 64 && first <= 79) {
            return Kind.TURN_CHANNEL;
        }
        return Kind.UNKNOWN;
    }
}
