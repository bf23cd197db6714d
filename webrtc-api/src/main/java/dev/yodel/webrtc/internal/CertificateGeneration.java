package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.io.RandomSource;
import dev.yodel.webrtc.KeygenAlgorithm;
import dev.yodel.webrtc.NotSupportedException;
import java.math.BigInteger;
import java.security.spec.RSAKeyGenParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a KeygenAlgorithm asks for, by W3C's steps of generateCertificate (WebRTC 1.0, 4.10) and WebCrypto's normalization.
 *
 * @param rsaBits the modulus of an RSA key; 0 for ECDSA P-256
 * @param lifetimeMillis 0 to 365 days
 */
record CertificateGeneration(int rsaBits, long lifetimeMillis) {
    private static final int LEAST_RSA_BITS = 1_024;
    private static final int MOST_RSA_BITS = 8_192;

    /** ECDSA P-256 for 30 days. */
    static final CertificateGeneration DEFAULT = new CertificateGeneration(0, DtlsCertificate.DEFAULT_LIFETIME_MILLIS);

    static CertificateGeneration of(KeygenAlgorithm algorithm) {
        Long expires = algorithm.expires();
        if (expires != null && expires < 0) {
            throw new IllegalArgumentException("expires is 0 ms or more, was " + expires);
        }
        long lifetime = expires == null
                ? DtlsCertificate.DEFAULT_LIFETIME_MILLIS
                : Math.min(expires, DtlsCertificate.MAX_LIFETIME_MILLIS);
        if (algorithm.name().equalsIgnoreCase("ECDSA")) {
            String curve = required(algorithm.namedCurve(), "namedCurve");
            if (!curve.equals("P-256")) {
                throw unsupported("the curve " + curve);
            }
            return new CertificateGeneration(0, lifetime);
        }
        if (!algorithm.name().equalsIgnoreCase("RSASSA-PKCS1-v1_5")) {
            throw unsupported(algorithm.name());
        }
        int bits = required(algorithm.modulusLength(), "modulusLength");
        BigInteger exponent = required(algorithm.publicExponent(), "publicExponent");
        String hash = required(algorithm.hash(), "hash");
        if (!hash.equalsIgnoreCase("SHA-256")) {
            throw unsupported("the hash " + hash);
        }
        if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS || !exponent.equals(RSAKeyGenParameterSpec.F4)) {
            throw unsupported("RSA with " + bits + " bits and the exponent " + exponent);
        }
        return new CertificateGeneration(bits, lifetime);
    }

    private static <T> T required(@Nullable T value, String name) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "the algorithm needs " + name + "; KeygenAlgorithm.ecdsa() and rsa() have what is needed");
        }
        return value;
    }

    private static NotSupportedException unsupported(String what) {
        return new NotSupportedException("no certificates are made with " + what
                + "; use KeygenAlgorithm.ecdsa() or rsa(): P-256, or RSA of 1024 to 8192 bits with 65537 and SHA-256");
    }

    /** Takes milliseconds, with RSA a second and more: not for the loop. */
    DtlsCertificate make(RandomSource random, long wallClockMillis) {
        return rsaBits == 0
                ? DtlsCertificate.generate(random, wallClockMillis, lifetimeMillis)
                : DtlsCertificate.generateRsa(random, wallClockMillis, lifetimeMillis, rsaBits);
    }
}
