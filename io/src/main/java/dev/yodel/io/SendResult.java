package dev.yodel.io;

/** What became of a datagram given to a socket. */
public enum SendResult {
    /** The system took it. */
    SENT,
    /** The socket's buffer is full; the datagram is dropped. Media forgets it, protocols retry by their timers. */
    FULL,
    /** The system refused it (no route, not permitted, too large, address family); a counter is raised. */
    REFUSED,
    /** The socket is closed. */
    CLOSED
}
