package dev.yodel.webrtc;

/**
 * What an encoder of pictures gives up first when bandwidth or CPU is short (W3C RTCDegradationPreference). A wish: it is
 * kept and shown, for an application's own encoder to follow.
 */
public enum DegradationPreference {
    /** Smaller pictures, as many as before. */
    MAINTAIN_FRAMERATE("maintain-framerate"),
    /** Fewer pictures, as large as before. */
    MAINTAIN_RESOLUTION("maintain-resolution"),
    /** Something of both. */
    BALANCED("balanced"),
    /** Neither; only quality is given up. */
    MAINTAIN_FRAMERATE_AND_RESOLUTION("maintain-framerate-and-resolution");

    private final String text;

    DegradationPreference(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
