package dev.yodel.webrtc;

/** How much a flow matters beside the others of its connection (W3C RTCPriorityType, RFC 8835 4.1). */
public enum Priority {
    /** Half of low. */
    VERY_LOW("very-low"),
    /** What is usual. */
    LOW("low"),
    /** Twice low. */
    MEDIUM("medium"),
    /** Four times low. */
    HIGH("high");

    private final String text;

    Priority(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
