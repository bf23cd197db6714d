package dev.yodel.whip;

import dev.yodel.webrtc.IceServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * STUN and TURN servers as {@code Link} headers with {@code rel="ice-server"} (RFC 9725 section 4.6, RFC 8288 section
 * 3).
 */
final class IceServerLink {
    private static final int MAX_SERVERS = 32;

    private final String text;
    private int at;

    private IceServerLink(String text) {
        this.text = text;
    }

    /** One header value for each URL of a server. */
    static List<String> write(IceServer server) {
        final List<String> links = new ArrayList<>();
        for (final String url : server.urls()) {
            final StringBuilder link = new StringBuilder("<").append(url).append(">; rel=\"ice-server\"");
            final String username = server.username();
            final String credential = server.credential();
            if (username != null && credential != null) {
                link.append("; username=").append(quoted(username));
                link.append("; credential=").append(quoted(credential));
                link.append("; credential-type=\"password\"");
            }
            links.add(link.toString());
        }
        return links;
    }

    private static String quoted(String value) {
        final StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            if (c < ' ' || c > '~') {
                throw new IllegalArgumentException("user names and credentials of ICE servers are ASCII in headers");
            }
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        return out.append('"').toString();
    }

    /** The servers of all {@code Link} headers; what is no server or cannot be read is passed over. */
    static List<IceServer> read(List<String> headers) {
        final List<IceServer> servers = new ArrayList<>();
        for (final String header : headers) {
            new IceServerLink(header).readAll(servers);
        }
        return servers;
    }

    private void readAll(List<IceServer> servers) {
        while (skip('<') && servers.size() < MAX_SERVERS) {
            final int end = text.indexOf('>', at);
            if (end < 0) {
                return;
            }
            final String url = text.substring(at, end);
            at = end + 1;
            final IceServer server = readParameters(url);
            if (server != null) {
                servers.add(server);
            }
            if (!skip(',')) {
                return;
            }
        }
    }

    private @Nullable IceServer readParameters(String url) {
        String relation = "";
        String username = null;
        String credential = null;
        String type = "password";
        while (skip(';')) {
            skipSpaces();
            final int start = at;
            while (at < text.length() && "=;, \t".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            final String name = text.substring(start, at).toLowerCase(Locale.ROOT);
            final String value = skip('=') ? readValue() : "";
            switch (name) {
                case "rel" -> relation = value;
                case "username" -> username = value;
                case "credential" -> credential = value;
                case "credential-type" -> type = value;
                default -> {
                    // Parameters that are not known are passed over (RFC 8288 section 3.4).
                }
            }
        }
        final boolean known = url.startsWith("stun:")
                || url.startsWith("stuns:")
                || url.startsWith("turn:")
                || url.startsWith("turns:");
        if (!relation.equalsIgnoreCase("ice-server") || !known || !type.equals("password")) {
            return null;
        }
        return new IceServer(List.of(url), username, credential);
    }

    private String readValue() {
        skipSpaces();
        final StringBuilder value = new StringBuilder();
        if (at < text.length() && text.charAt(at) == '"') {
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            at++;
        } else {
            while (at < text.length() && ";, \t".indexOf(text.charAt(at)) < 0) {
                value.append(text.charAt(at++));
            }
        }
        return value.toString();
    }

    private void skipSpaces() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    /** Whether this character comes next; then it is taken. */
    private boolean skip(char c) {
        skipSpaces();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }
}
