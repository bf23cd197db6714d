package dev.yodel.webrtc;

/** The ICE transports of a connection in one word (W3C RTCIceConnectionState). */
public enum IceConnectionState {
    /** The connection is closed. */
    CLOSED("closed"),
    /** Some transport failed. */
    FAILED("failed"),
    /** Some transport lost its connectivity for the moment. */
    DISCONNECTED("disconnected"),
    /** No transport has begun. */
    NEW("new"),
    /** Some transport looks for a working pair. */
    CHECKING("checking"),
    /** All transports have found their pair and are done. */
    COMPLETED("completed"),
    /** All transports have a working pair. */
    CONNECTED("connected");

    private final String text;

    IceConnectionState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
