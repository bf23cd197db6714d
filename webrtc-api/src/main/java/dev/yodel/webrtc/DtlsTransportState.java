package dev.yodel.webrtc;

/** The state of one DTLS transport (W3C RTCDtlsTransportState). */
public enum DtlsTransportState {
    /** The handshake has not begun. */
    NEW("new"),
    /** Shakes hands and checks the fingerprint. */
    CONNECTING("connecting"),
    /** Secure. */
    CONNECTED("connected"),
    /** Closed on purpose, by us or by a close_notify alert. */
    CLOSED("closed"),
    /** The handshake failed, the fingerprint was wrong, or a fatal alert came. */
    FAILED("failed");

    private final String text;

    DtlsTransportState(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
