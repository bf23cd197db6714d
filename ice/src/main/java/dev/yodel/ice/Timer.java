package dev.yodel.ice;

/** Every timer of an {@link IceAgent}. Figures that stand elsewhere are named by these. */
enum Timer {
    /** The next ordinary or triggered check, at most one per Ta (RFC 8445 section 14.2). */
    PACE,
    /** The next retransmission or time-out of a check: 500 ms, growing to 2 s, 7 sends (RFC 8489 section 6.2.1). */
    RETRANSMIT,
    /** The controlling side has waited long enough for a better pair than the best that works. */
    NOMINATE,
    /** From the first nomination to {@link IceState#COMPLETED}: {@link Nominator#SETTLE_NANOS}. */
    SETTLE,
    /** The next consent check, its retransmission, or the end of consent after 30 s (RFC 7675 section 5.1). */
    CONSENT,
    /** Consent is gone, but the peer still sends: whether it does, 10 s after it was last heard. */
    LISTENING,
    /** Patience before {@code failed} when nothing works: 30 s from the start (RFC 8863). */
    PATIENCE,
    /** The next request to a STUN server, or giving up on it: 500 ms, doubling, 5 sends (RFC 8489 section 6.2.1). */
    STUN_SERVER
}
