package dev.yodel.webrtc;

/** ICE and DTLS of a connection in one word (W3C RTCPeerConnectionState). */
public enum ConnectionState {
    /** The connection is closed. */
    CLOSED("closed"),
    /** Some transport failed. */
    FAILED("failed"),
    /** Some transport lost its connectivity for the moment. */
    DISCONNECTED("disconnected"),
    /** No transport has begun. */
    NEW("new"),
    /** Some transport is being set up. */
    CONNECTING("connecting"),
    /** All transports work. */
    CONNECTED("connected");

    private final String text;

    ConnectionState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
