package dev.yodel.webrtc;

import java.math.BigInteger;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What kind of key a certificate shall have: WebCrypto's AlgorithmIdentifier with W3C's RTCCertificateExpiration, as {@link
 * PeerConnectionFactory#generateCertificate(KeygenAlgorithm)} takes it. Nothing is checked before it is used. Immutable.
 *
 * @param name {@code ECDSA} or {@code RSASSA-PKCS1-v1_5}, in any case
 * @param namedCurve for ECDSA: {@code P-256}
 * @param modulusLength for RSA: 1024 to 8192 bits; less than 2048 is weak, and peers may refuse it
 * @param publicExponent for RSA: 65537
 * @param hash for RSA: {@code SHA-256}
 * @param expires how long the certificate is valid, in milliseconds; more than 365 days counts as 365 days; null for
 *     30 days
 */
public record KeygenAlgorithm(
        String name,
        @Nullable String namedCurve,
        @Nullable Integer modulusLength,
        @Nullable BigInteger publicExponent,
        @Nullable String hash,
        @Nullable Long expires) {
    public KeygenAlgorithm {
        Objects.requireNonNull(name, "name");
    }

    /**
     * ECDSA on P-256, valid for 30 days: what connections have by themselves.
     *
     * @return the algorithm
     */
    public static KeygenAlgorithm ecdsa() {
        return new KeygenAlgorithm("ECDSA", "P-256", null, null, null, null);
    }

    /**
     * RSA with 2048 bits, valid for 30 days.
     *
     * @return the algorithm
     */
    public static KeygenAlgorithm rsa() {
        return new KeygenAlgorithm("RSASSA-PKCS1-v1_5", null, 2_048, RSAKeyGenParameterSpec.F4, "SHA-256", null);
    }

    /**
     * The same, valid for another time.
     *
     * @param millis 0 or more; more than 365 days counts as 365 days
     * @return the algorithm
     */
    public KeygenAlgorithm withExpires(long millis) {
        return new KeygenAlgorithm(name, namedCurve, modulusLength, publicExponent, hash, millis);
    }

    @Override
    public String toString() {
        return name + (namedCurve == null ? "" : " " + namedCurve) + (modulusLength == null ? "" : " " + modulusLength);
    }
}
