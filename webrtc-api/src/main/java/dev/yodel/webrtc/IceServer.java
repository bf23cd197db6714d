package dev.yodel.webrtc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceServer: one STUN or TURN server under one or more URLs. It checks nothing; connections do.
 *
 * @param urls for example {@code stun:stun.example.org:3478} (RFC 7064) or {@code
 *     turn:turn.example.org:3478?transport=udp} (RFC 7065)
 * @param username for TURN; null without
 * @param credential for TURN; null without; not in {@link #toString()}
 */
public record IceServer(List<String> urls, @Nullable String username, @Nullable String credential) {
    public IceServer {
        urls = List.copyOf(urls);
    }

    /**
     * A STUN server.
     *
     * @param url for example {@code stun:stun.example.org:3478}
     * @return the server
     */
    public static IceServer of(String url) {
        return new IceServer(List.of(url), null, null);
    }

    /**
     * A TURN server.
     *
     * @param url for example {@code turn:turn.example.org:3478?transport=udp}
     * @param username user name, of 508 bytes at most
     * @param credential password
     * @return the server
     */
    public static IceServer of(String url, String username, String credential) {
        return new IceServer(List.of(url), username, credential);
    }

    @Override
    public String toString() {
        return "IceServer" + urls;
    }
}
