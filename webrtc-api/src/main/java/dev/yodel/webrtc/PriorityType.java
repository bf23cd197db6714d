package dev.yodel.webrtc;

/** How much something matters beside the rest of a connection (W3C RTCPriorityType, WebRTC Priority Control API). */
public enum PriorityType {
    /** Half of {@link #LOW}. */
    VERY_LOW("very-low"),
    /** The default. */
    LOW("low"),
    /** Twice {@link #LOW}. */
    MEDIUM("medium"),
    /** Four times {@link #LOW}. */
    HIGH("high");

    private final String text;

    PriorityType(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
