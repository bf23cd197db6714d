package dev.yodel.webrtc;

/** W3C's RTCDtlsRole: who begins the DTLS handshake. */
public enum DtlsRole {
    /** We do. */
    CLIENT("client"),
    /** The peer does. */
    SERVER("server"),
    /** Not negotiated yet. */
    UNKNOWN("unknown");

    private final String text;

    DtlsRole(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
