package dev.yodel.ice;

/**
 * A STUN server over UDP (RFC 7064).
 *
 * @param host name or IP literal
 * @param port 1 to 65535, usually 3478
 */
public record StunServer(String host, int port) {
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
     * The URI.
     *
     * @return {@code stun:host:port}
     */
    public String url() {
        return host.indexOf(':') >= 0 ? "stun:[" + host + "]:" + port : "stun:" + host + ":" + port;
    }
}
