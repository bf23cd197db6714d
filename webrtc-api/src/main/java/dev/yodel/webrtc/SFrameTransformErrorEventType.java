package dev.yodel.webrtc;

/** W3C's SFrameTransformErrorEventType: why a received frame could not be decrypted. */
public enum SFrameTransformErrorEventType {
    /** It was changed on the way, or the key is another one. */
    AUTHENTICATION("authentication"),
    /** Nobody told the key of that identifier. */
    KEY_ID("keyID"),
    /** It is no SFrame. */
    SYNTAX("syntax");

    private final String text;

    SFrameTransformErrorEventType(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
