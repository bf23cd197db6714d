package dev.yodel.webrtc;

/** The state of one ICE transport (W3C RTCIceTransportState). */
public enum IceTransportState {
    /** Shut down. */
    CLOSED("closed"),
    /** No pair works and none will. */
    FAILED("failed"),
    /** The selected pair does not answer for the moment. */
    DISCONNECTED("disconnected"),
    /** Waits for remote credentials or candidates. */
    NEW("new"),
    /** Looks for a working pair. */
    CHECKING("checking"),
    /** Has found its pair and is done. */
    COMPLETED("completed"),
    /** Has a working pair. */
    CONNECTED("connected");

    private final String text;

    IceTransportState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
