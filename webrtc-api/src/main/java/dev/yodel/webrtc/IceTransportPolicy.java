package dev.yodel.webrtc;

/** Which candidates may be used (W3C RTCIceTransportPolicy). */
public enum IceTransportPolicy {
    /** Those of TURN servers only. */
    RELAY("relay"),
    /** All. */
    ALL("all");

    private final String text;

    IceTransportPolicy(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
