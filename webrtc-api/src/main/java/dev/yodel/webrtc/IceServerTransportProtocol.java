package dev.yodel.webrtc;

/** How a TURN server was reached for a relayed candidate (W3C RTCIceServerTransportProtocol). */
public enum IceServerTransportProtocol {
    /** By datagrams. */
    UDP("udp"),
    /** By a plain stream. */
    TCP("tcp"),
    /** By a secured stream. */
    TLS("tls");

    private final String text;

    IceServerTransportProtocol(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
