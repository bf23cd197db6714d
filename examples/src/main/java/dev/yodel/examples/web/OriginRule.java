package dev.yodel.examples.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says which web pages may open a WebSocket here: the pages of this very server, reached by {@code localhost} or by an
 * address, and those of origins that were named. A host name that nobody named is refused even for our own pages,
 * because a foreign name can be made to point here (DNS rebinding). Programs that are no browser send no origin and
 * are let in.
 *
 * @param allowed further origins such as {@code https://example.org}
 */
public record OriginRule(List<String> allowed) {
    /** Only the server's own pages. */
    public static final OriginRule OWN_PAGES = new OriginRule(List.of());

    /**
     * Makes a rule.
     *
     * @param allowed further origins such as {@code https://example.org}
     */
    public OriginRule {
        allowed = List.copyOf(allowed);
    }

    /**
     * Judges one request.
     *
     * @param origin the header {@code Origin}, or null
     * @param host the header {@code Host}, or null
     * @return whether the WebSocket may open
     */
    public boolean allows(@Nullable String origin, @Nullable String host) {
        if (origin == null) {
            return true;
        }
        if (allowed.contains(origin)) {
            return true;
        }
        if (host == null) {
            return false;
        }
        try {
            final URI uri = new URI(origin);
            final String name = uri.getHost();
            return name != null
                    && host.toLowerCase(Locale.ROOT).equals(authority(uri, name))
                    && isLocalhostOrAddress(name);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String authority(URI uri, String name) {
        final String lower = name.toLowerCase(Locale.ROOT);
        return uri.getPort() < 0 ? lower : lower + ":" + uri.getPort();
    }

    private static boolean isLocalhostOrAddress(String name) {
        if (name.equalsIgnoreCase("localhost") || name.startsWith("[")) {
            return true;
        }
        for (int i = 0; i < name.length(); i++) {
            final char c = name.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }
}
