package dev.yodel.webrtc;

/** How far the gathering of local candidates is (W3C RTCIceGatheringState). */
public enum IceGatheringState {
    /** Nothing was gathered yet. */
    NEW("new"),
    /** Some transport gathers. */
    GATHERING("gathering"),
    /** All transports have gathered everything. */
    COMPLETE("complete");

    private final String text;

    IceGatheringState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
