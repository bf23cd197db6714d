package dev.yodel.sctp;

import dev.yodel.io.Time;

/**
 * How a message is delivered. RFC 3758, RFC 7496.
 *
 * @param unordered whether it may overtake others of its stream
 * @param maxRetransmits how often it is sent again at most; -1 for no limit
 * @param lifetimeNanos how long it is tried; {@link Time#NEVER} for no limit
 */
public record SendOptions(boolean unordered, int maxRetransmits, long lifetimeNanos) {
    /** Ordered and reliable. */
    public static final SendOptions RELIABLE = new SendOptions(false, -1, Time.NEVER);

    /** Unordered and reliable. */
    public static final SendOptions UNORDERED = new SendOptions(true, -1, Time.NEVER);
}
