package dev.yodel.sctp.state;

/** All timers of an association. RFC 9260 6.2, 6.3, 8.3, 9.2; RFC 6525 5.1. */
public enum Timer {
    /** INIT or COOKIE ECHO is sent again. */
    HANDSHAKE,
    /** SHUTDOWN or SHUTDOWN ACK is sent again. */
    SHUTDOWN,
    /** Data was not acknowledged in time. */
    RETRANSMISSION,
    /** A request to reset streams is sent again. */
    RESET,
    /** A delayed SACK is due. */
    SACK,
    /** The path is asked whether it lives, for the round trip. */
    HEARTBEAT
}
