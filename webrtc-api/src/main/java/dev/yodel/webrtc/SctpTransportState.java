package dev.yodel.webrtc;

/** How far an SCTP transport is (W3C RTCSctpTransportState). */
public enum SctpTransportState {
    /** The association is being set up. */
    CONNECTING("connecting"),
    /** Data flows. */
    CONNECTED("connected"),
    /** The association is over. */
    CLOSED("closed");

    private final String text;

    SctpTransportState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
