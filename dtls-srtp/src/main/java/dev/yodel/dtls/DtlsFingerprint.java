package dev.yodel.dtls;

import dev.yodel.io.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a certificate as {@code a=fingerprint} carries it (RFC 8122 5). It accepts every algorithm name and value, so
 * that a description can be kept as it came; only sha-1, sha-224, sha-256, sha-384 and sha-512 ever match a certificate.
 *
 * @param algorithm the hash's name in lower case
 * @param value upper-case hexadecimal bytes with colons
 */
public record DtlsFingerprint(String algorithm, String value) {
    /** The algorithms that can match, weakest first. */
    private static final List<String> KNOWN = List.of("sha-1", "sha-224", "sha-256", "sha-384", "sha-512");

    /**
     * A fingerprint; upper and lower case make no difference.
     *
     * @param algorithm the hash's name
     * @param value hexadecimal bytes with colons
     */
    public DtlsFingerprint {
        algorithm = algorithm.toLowerCase(Locale.ROOT);
        value = value.toUpperCase(Locale.ROOT);
    }

    /**
     * Hashes a certificate.
     *
     * @param algorithm sha-1, sha-224, sha-256, sha-384 or sha-512
     * @param certificate DER, read by this call only
     * @return the fingerprint
     * @throws IllegalArgumentException if the algorithm is another one
     */
    public static DtlsFingerprint of(String algorithm, byte[] certificate) {
        String name = algorithm.toLowerCase(Locale.ROOT);
        byte[] digest = digest(name, certificate);
        StringBuilder text = new StringBuilder(digest.length * 3);
        for (int i = 0; i < digest.length; i++) {
            if (i > 0) {
                text.append(':');
            }
            text.append(Bytes.hex(digest, i, 1));
        }
        return new DtlsFingerprint(name, text.toString());
    }

    /**
     * Whether a certificate is the one that a description announced. Only the strongest known hash of the set counts (RFC
     * 8122 5: "the set of fingerprints using its most preferred hash function"); of that hash, one match is enough.
     *
     * @param announced the peer's fingerprints, possibly with unknown algorithms
     * @param certificate the peer's certificate in DER, read by this call only
     * @return false if none matches, also when none has a known algorithm
     */
    public static boolean matches(List<DtlsFingerprint> announced, byte[] certificate) {
        String strongest = strongest(announced);
        if (strongest == null) {
            return false;
        }
        byte[] digest = digest(strongest, certificate);
        boolean match = false;
        for (DtlsFingerprint fingerprint : announced) {
            if (fingerprint.algorithm.equals(strongest)) {
                byte[] expected = fingerprint.bytes();
                match |= expected != null && MessageDigest.isEqual(expected, digest);
            }
        }
        return match;
    }

    private static @Nullable String strongest(List<DtlsFingerprint> announced) {
        int best = -1;
        for (DtlsFingerprint fingerprint : announced) {
            best = Math.max(best, KNOWN.indexOf(fingerprint.algorithm));
        }
        return best < 0 ? null : KNOWN.get(best);
    }

    /** The value's bytes, null if it is no list of hexadecimal pairs. */
    private byte @Nullable [] bytes() {
        if (value.length() % 3 != 2) {
            return null;
        }
        byte[] result = new byte[(value.length() + 1) / 3];
        for (int i = 0; i < result.length; i++) {
            int high = Character.digit(value.charAt(3 * i), 16);
            int low = Character.digit(value.charAt(3 * i + 1), 16);
            boolean separated = i == result.length - 1 || value.charAt(3 * i + 2) == ':';
            if (high < 0 || low < 0 || !separated) {
                return null;
            }
            result[i] = (byte) (high << 4 | low);
        }
        return result;
    }

    private static byte[] digest(String algorithm, byte[] data) {
        if (!KNOWN.contains(algorithm)) {
            throw new IllegalArgumentException("unknown hash " + algorithm + "; use one of " + KNOWN);
        }
        try {
            return MessageDigest.getInstance(algorithm.toUpperCase(Locale.ROOT)).digest(data);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks " + algorithm, e);
        }
    }

    /** As in SDP: {@code sha-256 12:34:...}. */
    @Override
    public String toString() {
        return algorithm + " " + value;
    }
}
