package dev.yodel.webrtc;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * W3C's RTCIceServer. Only {@code stun:} URLs are of use so far; connections refuse others.
 *
 * @param urls for example {@code stun:stun.example.org:3478} (RFC 7064)
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

    @Override
    public String toString() {
        return "IceServer" + urls;
    }
}
