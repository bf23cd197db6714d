package dev.yodel.webrtc;

/** The transport protocol of a candidate (W3C RTCIceProtocol). */
public enum IceProtocol {
    /** Datagrams. */
    UDP("udp"),
    /** A stream with the framing of RFC 4571. */
    TCP("tcp");

    private final String text;

    IceProtocol(String text) {
        this.text = text;
    }

    /** The W3C string. */
    @Override
    public String toString() {
        return text;
    }
}
