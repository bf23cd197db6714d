package dev.yodel.sctp.dcep;

import java.util.Objects;

/**
 * What both ends of a data channel agree on. Immutable. RFC 8832 5.1.
 *
 * @param label a name for people, at most 65535 bytes of UTF-8
 * @param protocol the subprotocol's name, empty for none, at most 65535 bytes of UTF-8
 * @param ordered whether messages come in the order they were sent
 * @param maxRetransmits how often a message is sent again at most; -1 for no limit
 * @param maxLifetimeMillis how long a message is tried at most; -1 for no limit
 * @param priority the weight against other channels, 0 to 65535; 256 is usual (RFC 8831 6.4)
 */
public record ChannelParameters(
        String label, String protocol, boolean ordered, long maxRetransmits, long maxLifetimeMillis, int priority) {
    /** The priority of a channel that asks for none: "low" of RFC 8831 6.4. */
    public static final int USUAL_PRIORITY = 256;

    private static final long MAX_LIMIT = 0xffff_ffffL;

    /** Checks the ranges. */
    public ChannelParameters {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(protocol, "protocol");
        if (maxRetransmits >= 0 && maxLifetimeMillis >= 0) {
            throw new IllegalArgumentException("a channel limits retransmissions or lifetime, not both (RFC 8832 5.1)");
        }
        if (maxRetransmits < -1
                || maxLifetimeMillis < -1
                || Math.max(maxRetransmits, maxLifetimeMillis) > MAX_LIMIT
                || priority < 0
                || priority > 0xffff) {
            throw new IllegalArgumentException("limits are 32 bits and the priority 16 bits wide");
        }
    }

    /**
     * An ordered and reliable channel of usual priority without a subprotocol.
     *
     * @param label a name for people
     * @return the parameters
     */
    public static ChannelParameters reliable(String label) {
        return new ChannelParameters(label, "", true, -1, -1, USUAL_PRIORITY);
    }
}
