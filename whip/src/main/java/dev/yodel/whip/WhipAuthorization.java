package dev.yodel.whip;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Says who may publish or play: asked for every request but OPTIONS. */
@FunctionalInterface
public interface WhipAuthorization {
    /**
     * Judges one request. It must not wait.
     *
     * @param path the path of the request, of an endpoint or below one
     * @param token the bearer token (RFC 6750), or null if there is none
     * @return whether it is let in
     */
    boolean allows(String path, @Nullable String token);

    /**
     * Everybody.
     *
     * @return the rule
     */
    static WhipAuthorization everybody() {
        return (path, token) -> true;
    }

    /**
     * Who knows a token.
     *
     * @param expected the only token
     * @return the rule, which compares in constant time
     */
    static WhipAuthorization token(String expected) {
        final byte[] wanted = expected.getBytes(StandardCharsets.UTF_8);
        return (path, token) -> token != null && MessageDigest.isEqual(wanted, token.getBytes(StandardCharsets.UTF_8));
    }
}
