package dev.yodel.sdp;

import org.jspecify.annotations.Nullable;

/** The direction of a section's media, seen by the writer of the description (RFC 8866 section 6.7). */
public enum Direction implements Attribute {
    /** Both ways. */
    SENDRECV("sendrecv"),
    /** The writer sends only. */
    SENDONLY("sendonly"),
    /** The writer receives only. */
    RECVONLY("recvonly"),
    /** Neither way. */
    INACTIVE("inactive");

    private final String attributeName;

    Direction(String attributeName) {
        this.attributeName = attributeName;
    }

    /** Whether all that is left is a direction's name. */
    static boolean isName(Cursor value) {
        return value.is("sendrecv") || value.is("sendonly") || value.is("recvonly") || value.is("inactive");
    }

    static @Nullable Direction of(String name) {
        return switch (name) {
            case "sendrecv" -> SENDRECV;
            case "sendonly" -> SENDONLY;
            case "recvonly" -> RECVONLY;
            case "inactive" -> INACTIVE;
            default -> null;
        };
    }

    /**
     * A direction from its two halves.
     *
     * @param sends whether the writer sends
     * @param receives whether the writer receives
     * @return the direction
     */
    public static Direction of(boolean sends, boolean receives) {
        return sends ? (receives ? SENDRECV : SENDONLY) : (receives ? RECVONLY : INACTIVE);
    }

    /**
     * Whether the writer of the description sends.
     *
     * @return true for sendrecv and sendonly
     */
    public boolean sends() {
        return this == SENDRECV || this == SENDONLY;
    }

    /**
     * Whether the writer of the description receives.
     *
     * @return true for sendrecv and recvonly
     */
    public boolean receives() {
        return this == SENDRECV || this == RECVONLY;
    }

    /**
     * The same direction seen by the peer.
     *
     * @return sendonly for recvonly and the other way round
     */
    public Direction reversed() {
        return of(receives(), sends());
    }

    @Override
    public String attributeName() {
        return attributeName;
    }

    @Override
    public @Nullable String attributeValue() {
        return null;
    }
}
