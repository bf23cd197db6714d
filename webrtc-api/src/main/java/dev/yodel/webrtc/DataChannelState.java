package dev.yodel.webrtc;

/** How far a data channel is (W3C RTCDataChannelState). */
public enum DataChannelState {
    /** The transport is not there yet. */
    CONNECTING("connecting"),
    /** Messages can be sent. */
    OPEN("open"),
    /** One side closes it: what was sent before still goes, nothing new is taken. */
    CLOSING("closing"),
    /** It is over. */
    CLOSED("closed");

    private final String text;

    DataChannelState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
