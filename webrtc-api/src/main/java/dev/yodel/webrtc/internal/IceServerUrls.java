package dev.yodel.webrtc.internal;

import dev.yodel.ice.ServerTransport;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.io.AddressLiteral;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.NotSupportedException;
import dev.yodel.webrtc.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a list of W3C's RTCIceServer asks for: URLs of STUN and TURN servers (RFC 7064, RFC 7065), checked by W3C's steps
 * to validate an ICE server URL. Names are not looked up here. Immutable.
 *
 * @param stun STUN servers in the order given
 * @param turn TURN servers with their credentials
 */
record IceServerUrls(List<StunServer> stun, List<TurnServer> turn) {
    private static final int PLAIN_PORT = 3478;
    private static final int TLS_PORT = 5349;
    /** RFC 8489 section 14.3 says fewer than 509 bytes; W3C's tests, and browsers, allow 509. */
    private static final int MOST_USERNAME_BYTES = 509;

    IceServerUrls {
        stun = List.copyOf(stun);
        turn = List.copyOf(turn);
    }

    /** Reads and checks all servers; throws what W3C says. */
    static IceServerUrls of(List<IceServer> servers) {
        List<StunServer> stun = new ArrayList<>();
        List<TurnServer> turn = new ArrayList<>();
        for (IceServer server : servers) {
            if (server.urls().isEmpty()) {
                throw new SyntaxException("an ICE server needs a URL such as stun:stun.example.org:3478");
            }
            for (String url : server.urls()) {
                Parsed parsed = parse(url);
                if (parsed.turn()) {
                    turn.add(turn(url, parsed, server));
                } else {
                    stun.add(new StunServer(parsed.host(), parsed.port(), parsed.transport()));
                }
            }
        }
        return new IceServerUrls(stun, turn);
    }

    private static TurnServer turn(String url, Parsed parsed, IceServer server) {
        String username = server.username();
        String credential = server.credential();
        if (username == null || credential == null) {
            throw new InvalidAccessException("\"" + url + "\" is a TURN server: give username and credential with it");
        }
        if (username.getBytes(StandardCharsets.UTF_8).length > MOST_USERNAME_BYTES) {
            throw new InvalidAccessException("the username for \"" + url + "\" is longer than " + MOST_USERNAME_BYTES
                    + " bytes, which TURN cannot carry");
        }
        return new TurnServer(parsed.host(), parsed.port(), parsed.transport(), username, credential);
    }

    /** One URL in parts. */
    private record Parsed(boolean turn, ServerTransport transport, String host, int port) {}

    private static Parsed parse(String url) {
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        boolean turn = scheme.equals("turn") || scheme.equals("turns");
        boolean tls = scheme.equals("stuns") || scheme.equals("turns");
        if (!turn && !tls && !scheme.equals("stun")) {
            throw new SyntaxException("\"" + url
                    + "\" is no URL of a STUN or TURN server; write stun:host or turn:host:port?transport=udp");
        }
        String rest = url.substring(colon + 1);
        int question = rest.indexOf('?');
        String query = question < 0 ? null : rest.substring(question + 1);
        String address = question < 0 ? rest : rest.substring(0, question);
        ServerTransport transport = transport(url, turn, tls, query);
        String host = address;
        @Nullable String port = null;
        if (address.startsWith("[")) {
            int end = address.indexOf(']');
            if (end < 0 || (end + 1 < address.length() && address.charAt(end + 1) != ':')) {
                throw new SyntaxException("\"" + url + "\" has no closing bracket behind its IPv6 address");
            }
            host = address.substring(1, end);
            port = end + 1 < address.length() ? address.substring(end + 2) : null;
            if (AddressLiteral.parse(host) == null || host.indexOf(':') < 0) {
                throw new SyntaxException("\"" + url + "\" has no IPv6 address between its brackets");
            }
        } else {
            int last = address.indexOf(':');
            if (last >= 0) {
                host = address.substring(0, last);
                port = address.substring(last + 1);
            }
            checkHost(url, host);
        }
        int number = port == null ? (tls ? TLS_PORT : PLAIN_PORT) : port(url, port);
        return new Parsed(turn, transport, host, number);
    }

    private static ServerTransport transport(String url, boolean turn, boolean tls, @Nullable String query) {
        if (query != null && !turn) {
            throw new SyntaxException("\"" + url + "\" has a query, which URLs of STUN servers do not have (RFC 7064)");
        }
        if (query != null && !query.equals("transport=udp") && !query.equals("transport=tcp")) {
            throw new SyntaxException("\"" + url + "\" may end in ?transport=udp or ?transport=tcp and nothing else");
        }
        boolean udp = "transport=udp".equals(query);
        if (tls && udp) {
            throw new NotSupportedException("\"" + url + "\" asks for TURN over DTLS; use ?transport=tcp for TLS");
        }
        if (tls) {
            return ServerTransport.TLS;
        }
        return "transport=tcp".equals(query) ? ServerTransport.TCP : ServerTransport.UDP;
    }

    private static void checkHost(String url, String host) {
        boolean good = !host.isEmpty();
        for (int i = 0; i < host.length() && good; i++) {
            char c = host.charAt(i);
            good = Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
        }
        if (!good) {
            throw new SyntaxException("\"" + url + "\" has no host name that could be looked up");
        }
    }

    private static int port(String url, String port) {
        int value = port.isEmpty() ? 65_536 : 0;
        for (int i = 0; i < port.length(); i++) {
            int digit = port.charAt(i) - '0';
            value = digit < 0 || digit > 9 || value > 65_535 ? 65_536 : value * 10 + digit;
        }
        if (value < 1 || value > 65_535) {
            throw new SyntaxException("\"" + url + "\" has no port between 1 and 65535");
        }
        return value;
    }
}
