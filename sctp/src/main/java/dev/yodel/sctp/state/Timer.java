package dev.yodel.sctp.state;

/** All timers of an association. RFC 9260 6.2, 6.3, 8.3, 9.2; RFC 6525 5.1; RFC 8985; RFC 8899 5.1.1. */
public enum Timer {
    /** INIT or COOKIE ECHO is sent again. */
    HANDSHAKE,
    /** SHUTDOWN or SHUTDOWN ACK is sent again. */
    SHUTDOWN,
    /** Data was not acknowledged in time. */
    RETRANSMISSION,
    /** No report came for two round trips: the last packet asks for one. */
    PROBE,
    /** A packet that was overtaken has had its time. */
    REORDERING,
    /** The next packet may go, by the pace. */
    PACING,
    /** A request to reset streams is sent again. */
    RESET,
    /** The last answer to a request of the peer is said again. */
    ANSWER,
    /** The data that a peer's request waited for has come, and the peer has not asked again. */
    DEFERRED,
    /** A delayed SACK is due. */
    SACK,
    /** The path is asked whether it lives, for the round trip. */
    HEARTBEAT,
    /** A probe for larger packets was not answered, or it is time to probe again. */
    PATH
}
