package dev.yodel.ice;

/**
 * A TURN server and the credentials for it (RFC 7065). Never prints its password.
 *
 * @param host name or IP literal
 * @param port 1 to 65535, usually 3478, and 5349 for TLS
 * @param transport how it is reached
 * @param username user name
 * @param password password
 */
public record TurnServer(String host, int port, ServerTransport transport, String username, String password) {
    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException if the port is out of range or the host is empty
     */
    public TurnServer {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the TURN server has no host; write turn:HOST:PORT");
        }
    }

    /**
     * A server over UDP.
     *
     * @param host name or IP literal
     * @param port 1 to 65535
     * @param username user name
     * @param password password
     */
    public TurnServer(String host, int port, String username, String password) {
        this(host, port, ServerTransport.UDP, username, password);
    }

    /**
     * The URI.
     *
     * @return {@code turn:host:port?transport=udp}, {@code …tcp} or {@code turns:host:port?transport=tcp}
     */
    public String url() {
        return (transport == ServerTransport.TLS ? "turns:" : "turn:")
                + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port + "?transport="
                + transport.parameter();
    }

    @Override
    public String toString() {
        return "TurnServer[" + url() + " " + username + "]";
    }
}
