package dev.yodel.ice;

/**
 * A STUN server (RFC 7064).
 *
 * @param host name or IP literal
 * @param port 1 to 65535, usually 3478, and 5349 for TLS
 * @param transport how it is reached
 */
public record StunServer(String host, int port, ServerTransport transport) {
    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException if the port is out of range or the host is empty
     */
    public StunServer {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the STUN server has no host; write stun:HOST:PORT");
        }
    }

    /**
     * A server over UDP.
     *
     * @param host name or IP literal
     * @param port 1 to 65535
     */
    public StunServer(String host, int port) {
        this(host, port, ServerTransport.UDP);
    }

    /**
     * The URI. RFC 7064 has none for plain TCP, which is written with a parameter here.
     *
     * @return {@code stun:host:port} or {@code stuns:host:port}
     */
    public String url() {
        String address = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        return switch (transport) {
            case UDP -> "stun:" + address;
            case TCP -> "stun:" + address + "?transport=tcp";
            case TLS -> "stuns:" + address;
        };
    }
}
