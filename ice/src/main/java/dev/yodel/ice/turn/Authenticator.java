package dev.yodel.ice.turn;

import dev.yodel.ice.stun.MessageIntegrity;
import dev.yodel.ice.stun.StunAttribute;
import dev.yodel.ice.stun.StunMessage;
import dev.yodel.ice.stun.StunWriter;
import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whose request is this? The long-term credential mechanism of a server (RFC 8489 section 9.2.4), with both password
 * algorithms and USERHASH. It keeps nothing about clients but a bounded cache of keys of users that were authenticated.
 * One thread only.
 */
final class Authenticator {
    /** Either a user, or an error. */
    sealed interface Verdict {}

    /**
     * The request is authentic.
     *
     * @param username whose
     * @param key signs the response
     * @param algorithm as the request was signed
     */
    record Authentic(String username, MessageIntegrity key, MessageIntegrity.Algorithm algorithm) implements Verdict {}

    /**
     * It is not.
     *
     * @param code 400, 401 or 438
     * @param reason phrase
     */
    record Refusal(int code, String reason) implements Verdict {
        /** Whether the response tells how to do better. */
        boolean isChallenge() {
            return code != 400;
        }

        /** Whether it had a nonce of ours, and a user or a password that is not right. */
        boolean isWrong() {
            return equals(WRONG);
        }
    }

    private static final Refusal MISSING = new Refusal(401, "Unauthorized");
    private static final Refusal WRONG = new Refusal(401, "Wrong Credentials");
    private static final Refusal STALE = new Refusal(438, "Stale Nonce");
    private static final Refusal INCOMPLETE = new Refusal(400, "Incomplete Credentials");
    private static final Refusal ALGORITHM = new Refusal(400, "Password Algorithm Mismatch");

    private static final int MD5 = 1;
    private static final int SHA256 = 2;
    /** SHA-256 first, then MD5, both without parameters (RFC 8489 section 14.11). */
    private static final byte[] ALGORITHMS = {0, SHA256, 0, 0, 0, MD5, 0, 0};

    private static final int MOST_USERNAME_BYTES = 508;
    private static final int MOST_KEYS = 1024;

    private record KeyName(String username, int algorithm) {}

    private record Known(String password, MessageIntegrity key) {}

    private final String realm;
    private final TurnCredentials credentials;
    private final Nonces nonces;
    private final MessageIntegrity nobody;
    private final Map<KeyName, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<KeyName, Known> eldest) {
            return size() > MOST_KEYS;
        }
    };

    Authenticator(String realm, TurnCredentials credentials, long nonceLifetimeNanos, RandomSource random) {
        this.realm = realm;
        this.credentials = credentials;
        int features = Nonces.PASSWORD_ALGORITHMS | (credentials.knowsUserhashes() ? Nonces.USERNAME_ANONYMITY : 0);
        nonces = new Nonces(random, nonceLifetimeNanos, features);
        nobody = MessageIntegrity.shortTerm(Bytes.hex(random.bytes(16), 0, 16));
    }

    Verdict check(StunMessage request, InetSocketAddress client, long wallClockMillis, long now) {
        boolean sha256 = request.has(StunAttribute.MESSAGE_INTEGRITY_SHA256);
        if (!sha256 && !request.has(StunAttribute.MESSAGE_INTEGRITY)) {
            return MISSING;
        }
        byte[] nonce = request.bytes(StunAttribute.NONCE);
        byte[] userhash = request.bytes(StunAttribute.USERHASH);
        byte[] name = request.bytes(StunAttribute.USERNAME);
        if (nonce == null || !request.has(StunAttribute.REALM) || (userhash == null && name == null)) {
            return INCOMPLETE;
        }
        // Cheapest first: whoever has no nonce of ours learns nothing about users, and costs us one hash.
        if (!nonces.isFresh(nonce, client, now)) {
            return STALE;
        }
        int algorithm = passwordAlgorithm(request);
        if (algorithm < 0 || (name != null && name.length > MOST_USERNAME_BYTES)) {
            return algorithm < 0 ? ALGORITHM : INCOMPLETE;
        }
        String username =
                userhash == null ? request.text(StunAttribute.USERNAME) : credentials.usernameOf(userhash, realm);
        String password = username == null ? null : credentials.password(username, wallClockMillis);
        // RFC 8489 section 9.2.4: with both attributes, the stronger one decides.
        MessageIntegrity.Algorithm integrity =
                sha256 ? MessageIntegrity.Algorithm.SHA256 : MessageIntegrity.Algorithm.SHA1;
        if (username == null || password == null) {
            // The work is the same as for a user that exists.
            return nobody.verifies(request, integrity) ? MISSING : WRONG;
        }
        KeyName keyName = new KeyName(username, algorithm);
        MessageIntegrity key = key(keyName, password);
        if (!key.verifies(request, integrity)) {
            return WRONG;
        }
        known.put(keyName, new Known(password, key));
        return new Authentic(username, key, integrity);
    }

    private MessageIntegrity key(KeyName name, String password) {
        Known before = known.get(name);
        if (before != null && before.password().equals(password)) {
            return before.key();
        }
        return name.algorithm() == SHA256
                ? MessageIntegrity.longTermSha256(name.username(), realm, password)
                : MessageIntegrity.longTermMd5(name.username(), realm, password);
    }

    /** MD5 or SHA256, -1 if what the client says is not what we offered (a bid-down). */
    private static int passwordAlgorithm(StunMessage request) {
        byte[] list = request.bytes(StunAttribute.PASSWORD_ALGORITHMS);
        byte[] chosen = request.bytes(StunAttribute.PASSWORD_ALGORITHM);
        if (list == null && chosen == null) {
            return MD5;
        }
        if (list == null || chosen == null || !MessageDigest.isEqual(list, ALGORITHMS) || chosen.length != 4) {
            return -1;
        }
        int algorithm = Bytes.u16(chosen, 0);
        return (algorithm == MD5 || algorithm == SHA256) && Bytes.u16(chosen, 2) == 0 ? algorithm : -1;
    }

    /** What a client needs in order to ask again (RFC 8489 section 9.2.4). */
    void writeChallenge(StunWriter writer, InetSocketAddress client, long now) {
        writer.text(StunAttribute.REALM, realm)
                .text(StunAttribute.NONCE, nonces.issue(client, now))
                .bytes(StunAttribute.PASSWORD_ALGORITHMS, ALGORITHMS);
    }

    /** Keys in the cache. */
    int knownKeys() {
        return known.size();
    }

    @Override
    public String toString() {
        return "Authenticator[" + realm + ", " + credentials + "]";
    }
}
