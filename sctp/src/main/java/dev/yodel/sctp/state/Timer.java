package dev.yodel.sctp.state;

/** All timers of an association but the retransmission of data, which the sender keeps. RFC 9260 6.3, 8.3, 9.2. */
public enum Timer {
    /** INIT or COOKIE ECHO is sent again. */
    HANDSHAKE,
    /** SHUTDOWN or SHUTDOWN ACK is sent again. */
    SHUTDOWN,
    /** A delayed SACK is due. */
    SACK,
    /** The path is asked whether it lives, for the round trip. */
    HEARTBEAT
}
