package dev.yodel.ice;

/** How a STUN or TURN server is reached (RFC 7064, RFC 7065). It says nothing of the relayed traffic, which is UDP. */
public enum ServerTransport {
    /** Plain datagrams. */
    UDP("udp"),
    /** A TCP connection. */
    TCP("tcp"),
    /** TLS over TCP; the certificate must be for the server's host name. */
    TLS("tcp");

    private final String parameter;

    ServerTransport(String parameter) {
        this.parameter = parameter;
    }

    /** The {@code transport} parameter of a URI. */
    String parameter() {
        return parameter;
    }
}
