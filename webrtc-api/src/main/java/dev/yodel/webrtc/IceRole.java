package dev.yodel.webrtc;

/** Who decides about the pair (W3C RTCIceRole). */
public enum IceRole {
    /** Not decided yet. */
    UNKNOWN("unknown"),
    /** We do. */
    CONTROLLING("controlling"),
    /** The peer does. */
    CONTROLLED("controlled");

    private final String text;

    IceRole(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
