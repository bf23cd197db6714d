package dev.yodel.ice;

/**
 * A TURN server over UDP and the credentials for it (RFC 7065). Never prints its password.
 *
 * @param host name or IP literal
 * @param port 1 to 65535, usually 3478
 * @param username user name
 * @param password password
 */
public record TurnServer(String host, int port, String username, String password) {
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
     * The URI.
     *
     * @return {@code turn:host:port?transport=udp}
     */
    public String url() {
        return "turn:" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port + "?transport=udp";
    }

    @Override
    public String toString() {
        return "TurnServer[" + url() + " " + username + "]";
    }
}
