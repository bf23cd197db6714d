package dev.yodel.sctp.tx;

/**
 * How many bytes may be under way while nothing is lost, and how many after a loss? It knows no TSNs; how a window is
 * lowered without a pause is asked of {@link Recovery}.
 */
interface CongestionControl {
    /** The window outside of a recovery, and the one that a recovery ends with. */
    long windowBytes();

    /** Whether the window grows with every acknowledged byte, to find out what the path carries. */
    boolean isSlowStart();

    /** A round trip was measured; {@code ackedTsn} came back, {@code lastTsn} was sent last. */
    void measured(long roundTripNanos, long ackedTsn, long lastTsn);

    /** New bytes are acknowledged outside of a recovery; {@code wasInUse} if the window held the sender back. */
    void acknowledged(long bytes, boolean wasInUse, long smoothedNanos, long now);

    /** Something was lost: once per window. */
    void lost(long now);

    /** Nothing at all came back. */
    void timedOut(long now);

    /** The last {@link #lost} or {@link #timedOut} was a mistake. */
    void restore(long now);

    /** Nothing was under way for a retransmission time-out, or several. RFC 9260 7.2.1. */
    void idle(long timeouts);
}
