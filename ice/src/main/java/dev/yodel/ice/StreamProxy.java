package dev.yodel.ice;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that carries our streams to TURN servers: HTTP's CONNECT (RFC 9110 section 9.3.6) with Basic credentials,
 * or SOCKS 5 (RFC 1928, RFC 1929). It carries no datagrams. Immutable; {@link #toString} shows no password.
 *
 * @param kind how to speak to it
 * @param host name or address; names are resolved as those of servers are
 * @param port 1 to 65535
 * @param username null for none
 * @param password null for none
 */
public record StreamProxy(Kind kind, String host, int port, @Nullable String username, @Nullable String password) {
    /** How to speak to a proxy. */
    public enum Kind {
        /** CONNECT of HTTP/1.1. */
        HTTP,
        /** SOCKS version 5. */
        SOCKS5
    }

    private static final int HTTP_PORT = 8080;
    private static final int SOCKS_PORT = 1080;
    /** RFC 1929: lengths are one byte. */
    private static final int MOST_SOCKS_BYTES = 255;

    /** Checks the values. */
    public StreamProxy {
        if (host.isEmpty() || port < 1 || port > 65535) {
            throw new IllegalArgumentException("a proxy has a host and a port of 1 to 65535, not " + host + ":" + port);
        }
        boolean tooLong = (username != null && username.length() > MOST_SOCKS_BYTES)
                || (password != null && password.length() > MOST_SOCKS_BYTES);
        if (tooLong || (username == null) != (password == null)) {
            throw new IllegalArgumentException(
                    "a proxy has a user name and a password of up to 255 characters, or neither");
        }
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            if (c <= ' ' || c >= 0x7F) {
                throw new IllegalArgumentException("a proxy's host is written in ASCII");
            }
        }
    }

    /**
     * Reads {@code http://[user:password@]host[:port]} or {@code socks5://…}; ports 8080 and 1080 by default.
     *
     * @param uri the proxy
     * @return the proxy
     * @throws IllegalArgumentException if it is neither
     */
    public static StreamProxy parse(String uri) {
        URI parsed;
        try {
            parsed = new URI(uri);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("a proxy is http://host:port or socks5://host:port", e);
        }
        String scheme = parsed.getScheme();
        String host = parsed.getHost();
        boolean http = "http".equalsIgnoreCase(scheme);
        if (host == null || !(http || "socks5".equalsIgnoreCase(scheme))) {
            throw new IllegalArgumentException("a proxy is http://host:port or socks5://host:port");
        }
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = parsed.getPort() >= 0 ? parsed.getPort() : http ? HTTP_PORT : SOCKS_PORT;
        String user = parsed.getUserInfo();
        int colon = user == null ? -1 : user.indexOf(':');
        String name = user == null ? null : colon < 0 ? user : user.substring(0, colon);
        String password = user == null ? null : colon < 0 ? "" : user.substring(colon + 1);
        return new StreamProxy(http ? Kind.HTTP : Kind.SOCKS5, host, port, name, password);
    }

    @Override
    public String toString() {
        return (kind == Kind.HTTP ? "http" : "socks5") + " proxy " + host + ":" + port;
    }
}
