package dev.yodel.webrtc;

/** How far one ICE transport is with gathering (W3C RTCIceGathererState). */
public enum IceGathererState {
    /** Has not begun. */
    NEW("new"),
    /** Gathers. */
    GATHERING("gathering"),
    /** Has everything. */
    COMPLETE("complete");

    private final String text;

    IceGathererState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
