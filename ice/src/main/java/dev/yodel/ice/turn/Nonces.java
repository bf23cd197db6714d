package dev.yodel.ice.turn;

import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Was this nonce ours, given to this client, and not long ago? It remembers nothing: a nonce carries its time and a
 * keyed hash over time and client, so that a flood of requests costs no memory (THREATS.md U06). RFC 8489 section 9.2:
 * it begins with the nonce cookie and the security features, so that nobody on the path can take them out.
 *
 * <pre>
 *  "obMatJos2" | features, 4 of base64 | seconds, 8 of hex | HMAC-SHA-256 cut to 96 bits, 24 of hex
 * </pre>
 *
 * One thread only.
 */
final class Nonces {
    /** RFC 8489 section 9.2. */
    static final String COOKIE = "obMatJos2";
    /** RFC 8489 section 18.1, bit 0, counted from the left of 24. */
    static final int PASSWORD_ALGORITHMS = 0x80_0000;
    /** RFC 8489 section 18.1, bit 1: USERHASH is understood. */
    static final int USERNAME_ANONYMITY = 0x40_0000;

    private static final int HASH_BYTES = 12;
    private static final int LENGTH = COOKIE.length() + 4 + 8 + 2 * HASH_BYTES;

    private final long lifetimeSeconds;
    private final String beginning;
    private final Mac mac;

    Nonces(RandomSource random, long lifetimeNanos, int features) {
        lifetimeSeconds = lifetimeNanos / Time.SECOND;
        byte[] bits = {(byte) (features >> 16), (byte) (features >> 8), (byte) features};
        beginning = COOKIE + Base64.getEncoder().encodeToString(bits);
        try {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(random.bytes(32), "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK lacks HmacSHA256, which every JDK must have", e);
        }
    }

    String issue(InetSocketAddress client, long now) {
        return write(client, now / Time.SECOND & 0xFFFF_FFFFL);
    }

    boolean isFresh(byte[] nonce, InetSocketAddress client, long now) {
        if (nonce.length != LENGTH) {
            return false;
        }
        long seconds = 0;
        for (int i = beginning.length(); i < beginning.length() + 8; i++) {
            int digit = Character.digit(nonce[i], 16);
            if (digit < 0) {
                return false;
            }
            seconds = seconds << 4 | digit;
        }
        long age = (now / Time.SECOND & 0xFFFF_FFFFL) - seconds;
        return age >= 0
                && age < lifetimeSeconds
                && MessageDigest.isEqual(write(client, seconds).getBytes(StandardCharsets.US_ASCII), nonce);
    }

    private String write(InetSocketAddress client, long seconds) {
        byte[] time = new byte[6];
        Bytes.put32(time, 0, (int) seconds);
        Bytes.put16(time, 4, client.getPort());
        mac.update(time);
        mac.update(client.getAddress().getAddress());
        return beginning + Bytes.hex(time, 0, 4) + Bytes.hex(mac.doFinal(), 0, HASH_BYTES);
    }

    @Override
    public String toString() {
        return "Nonces[" + beginning + ", " + lifetimeSeconds + " s]";
    }
}
