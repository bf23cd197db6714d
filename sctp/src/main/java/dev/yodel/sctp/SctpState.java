package dev.yodel.sctp;

/** The states of an association. RFC 9260 4. */
public enum SctpState {
    /** Nothing was begun. */
    NEW,
    /** INIT sent. */
    COOKIE_WAIT,
    /** COOKIE ECHO sent. */
    COOKIE_ECHOED,
    /** Data flows. */
    ESTABLISHED,
    /** We will end it when all is acknowledged. */
    SHUTDOWN_PENDING,
    /** SHUTDOWN sent. */
    SHUTDOWN_SENT,
    /** The peer wants to end it; we still have unacknowledged data. */
    SHUTDOWN_RECEIVED,
    /** SHUTDOWN ACK sent. */
    SHUTDOWN_ACK_SENT,
    /** Ended for good. */
    CLOSED
}
