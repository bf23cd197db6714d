package dev.yodel.ice.turn;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a TURN server. It checks no message: {@link TurnServer} does, with the password that this gives. Called on
 * the server's loop, so it must not block; look slow directories up beforehand.
 */
public interface TurnCredentials {
    /**
     * The password that goes with a user name.
     *
     * @param username as it came, at most 508 bytes, not yet believed
     * @param wallClockMillis milliseconds since 1970, for credentials that expire
     * @return null if there is no such user, or no longer
     */
    @Nullable
    String password(String username, long wallClockMillis);

    /**
     * The user that a USERHASH stands for (RFC 8489 section 14.4).
     *
     * @param userhash 32 bytes
     * @param realm the server's realm
     * @return null if there is none, or if hashes cannot be told
     */
    default @Nullable String usernameOf(byte[] userhash, String realm) {
        return null;
    }

    /**
     * Whether {@link #usernameOf} ever has an answer; only then is USERHASH offered to clients.
     *
     * @return false by default
     */
    default boolean knowsUserhashes() {
        return false;
    }

    /**
     * Whose quota an allocation counts to.
     *
     * @param username a user name that was authenticated
     * @return the user name itself by default
     */
    default String account(String username) {
        return username;
    }

    /**
     * Fixed users.
     *
     * @param passwords password by user name; copied
     * @return credentials without an end
     */
    static TurnCredentials of(Map<String, String> passwords) {
        return new FixedCredentials(passwords);
    }

    /**
     * Credentials that a web service gives out for a while: the user name is {@code EXPIRY:ACCOUNT} or {@code EXPIRY},
     * with the expiry in seconds since 1970, and the password is base64(HMAC-SHA1(secret, user name)) (the "REST API"
     * that coturn, browsers' services and draft-uberti-behave-turn-rest share).
     *
     * @param secret what the web service and this server share
     * @return credentials
     */
    static TurnCredentials timeLimited(String secret) {
        return new TimeLimitedCredentials(secret);
    }
}
