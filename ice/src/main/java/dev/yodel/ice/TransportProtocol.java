package dev.yodel.ice;

/** W3C RTCIceProtocol. */
public enum TransportProtocol {
    /** Datagrams. */
    UDP("udp"),
    /** Streams with RFC 4571 framing. */
    TCP("tcp");

    private final String text;

    TransportProtocol(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
