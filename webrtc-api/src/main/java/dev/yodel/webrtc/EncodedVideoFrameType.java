package dev.yodel.webrtc;

/** W3C's RTCEncodedVideoFrameType. */
public enum EncodedVideoFrameType {
    /** Without bytes. */
    EMPTY("empty"),
    /** Can be decoded without others. */
    KEY("key"),
    /** Refers to frames before it. */
    DELTA("delta");

    private final String text;

    EncodedVideoFrameType(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
