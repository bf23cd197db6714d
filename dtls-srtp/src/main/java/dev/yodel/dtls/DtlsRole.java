package dev.yodel.dtls;

/** Which side of the handshake an endpoint takes; {@code a=setup} decides it (RFC 8842 5). */
public enum DtlsRole {
    /** Sends the ClientHello: {@code a=setup:active}. */
    CLIENT("client"),
    /** Waits for the ClientHello: {@code a=setup:passive}. */
    SERVER("server");

    private final String text;

    DtlsRole(String text) {
        this.text = text;
    }

    /** The value of W3C's RTCDtlsRole. */
    @Override
    public String toString() {
        return text;
    }
}
