package dev.yodel.rtp;

/** Why an {@link RtpSession} dropped something, by name. */
public enum RtpCounter {
    /** No RTP packet of version 2, or a length in it overruns it. */
    RTP_MALFORMED,
    /** No section for its MID, source and payload type. */
    RTP_UNROUTED,
    /** The section of its source does not know its payload type. */
    RTP_PAYLOAD_TYPE_UNKNOWN,
    /** Its sequence number is far from the last one and no second packet confirmed it yet. */
    RTP_SEQUENCE_JUMP,
    /** Its sequence number was there before. */
    RTP_DUPLICATE,
    /** A payload of redundant audio that RFC 2198 does not allow, or with redundant audio in it. */
    RED_MALFORMED,
    /** A parity packet that protects nothing known, is malformed, or came for more streams than hold packets. */
    PARITY_REFUSED,
    /** It carries one of our own sources. */
    RTP_OWN_SSRC,
    /** It came right after the BYE of its source. */
    RTP_AFTER_BYE,
    /** The owner did not poll events; the oldest packet event was dropped. */
    EVENTS_DROPPED,
    /** The owner did not poll transmits; the oldest packet was dropped. */
    TRANSMITS_DROPPED,
    /** A relayed packet does not fit our buffers or is malformed. */
    RELAY_REFUSED,
    /** The rest of a compound packet was malformed. */
    RTCP_MALFORMED,
    /** A packet type that is not handled. */
    RTCP_IGNORED,
    /** RTCP under one of our own sources. */
    RTCP_OWN_SSRC,
    /** A report block with an impossible round trip. */
    RTCP_ROUND_TRIP_IMPLAUSIBLE,
    /** A key-frame request within 300 ms after another. */
    KEY_FRAME_REQUEST_SUPPRESSED,
    /** A requested retransmission that was refused: unknown, too old, too soon, or over the budget. */
    RETRANSMISSION_REFUSED,
    /** A retransmission that came too late, twice, or for no known stream. */
    RETRANSMISSION_USELESS
}
