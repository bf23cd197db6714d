package dev.yodel.webrtc.internal;

import dev.yodel.ice.StunServer;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.NotSupportedException;
import dev.yodel.webrtc.SyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** URLs of STUN and TURN servers (RFC 7064, RFC 7065). */
final class IceServerUrls {
    private static final int STUN_PORT = 3478;

    private IceServerUrls() {}

    static List<StunServer> stunServers(List<IceServer> servers) {
        List<StunServer> result = new ArrayList<>();
        for (IceServer server : servers) {
            if (server.urls().isEmpty()) {
                throw new SyntaxException("an ICE server needs a URL such as stun:stun.example.org:3478");
            }
            for (String url : server.urls()) {
                result.add(parse(url));
            }
        }
        return result;
    }

    private static StunServer parse(String url) {
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        if (scheme.equals("turn") || scheme.equals("turns") || scheme.equals("stuns")) {
            throw new NotSupportedException(scheme + ": servers are not supported yet; name stun: servers only");
        }
        if (!scheme.equals("stun")) {
            throw new SyntaxException("\"" + url + "\" is no URL of a STUN server; write stun:host or stun:host:port");
        }
        String rest = url.substring(colon + 1);
        String host = rest;
        String port = "";
        if (rest.startsWith("[")) {
            int end = rest.indexOf(']');
            if (end < 0 || (end + 1 < rest.length() && rest.charAt(end + 1) != ':')) {
                throw new SyntaxException("\"" + url + "\" has no closing bracket behind its IPv6 address");
            }
            host = rest.substring(1, end);
            port = end + 1 < rest.length() ? rest.substring(end + 2) : "";
        } else if (rest.indexOf(':') >= 0) {
            host = rest.substring(0, rest.indexOf(':'));
            port = rest.substring(rest.indexOf(':') + 1);
        }
        return new StunServer(checkedHost(url, host), port(url, rest, port));
    }

    private static String checkedHost(String url, String host) {
        boolean good = !host.isEmpty();
        for (int i = 0; i < host.length() && good; i++) {
            char c = host.charAt(i);
            good = Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == ':' || c == '_' || c == '%';
        }
        if (!good) {
            throw new SyntaxException("\"" + url + "\" has no host name that could be looked up");
        }
        return host;
    }

    private static int port(String url, String rest, String port) {
        if (port.isEmpty() && !rest.endsWith(":")) {
            return STUN_PORT;
        }
        int value = 0;
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
