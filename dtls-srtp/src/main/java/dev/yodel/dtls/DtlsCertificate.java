package dev.yodel.dtls;

import dev.yodel.dtls.engine.RandomSourceSecureRandom;
import dev.yodel.io.Bytes;
import dev.yodel.io.RandomSource;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.function.UnaryOperator;

/**
 * A self-signed certificate with its private key, ECDSA P-256 (RFC 8827 6.5) or RSA, what W3C calls an
 * RTCCertificate. It may be used by any number of endpoints on any thread. Its text never shows the key.
 */
public final class DtlsCertificate {
    /** How long a certificate is valid unless told otherwise: 30 days, as browsers do. */
    public static final long DEFAULT_LIFETIME_MILLIS = 30L * 24 * 3600 * 1000;

    /** The longest lifetime W3C's generateCertificate allows: 365 days. */
    public static final long MAX_LIFETIME_MILLIS = 365L * 24 * 3600 * 1000;

    private static final long ONE_DAY_MILLIS = 24L * 3600 * 1000;
    private static final String CURVE = "secp256r1";
    private static final String RSA = "RSA";
    private static final int MIN_RSA_BITS = 1_024;
    private static final int MAX_RSA_BITS = 8_192;
    private static final byte[] OID_ECDSA_WITH_SHA256 = Bytes.fromHex("2a8648ce3d040302");
    private static final byte[] OID_SHA256_WITH_RSA = Bytes.fromHex("2a864886f70d01010b");
    private static final byte[] OID_COMMON_NAME = Bytes.fromHex("550403");

    private final byte[] der;
    private final PrivateKey privateKey;
    private final long expiresMillis;
    private final DtlsFingerprint sha256;

    private DtlsCertificate(byte[] der, PrivateKey privateKey, long expiresMillis) {
        this.der = der;
        this.privateKey = privateKey;
        this.expiresMillis = expiresMillis;
        this.sha256 = DtlsFingerprint.of("sha-256", der);
    }

    /**
     * Makes a key pair and a certificate that is valid for 30 days. Takes milliseconds, a hundred and more in a cold JVM:
     * not for the loop.
     *
     * @param random where key, serial number and signature come from
     * @param wallClockMillis milliseconds since 1970
     * @return a new certificate
     */
    public static DtlsCertificate generate(RandomSource random, long wallClockMillis) {
        return generate(random, wallClockMillis, DEFAULT_LIFETIME_MILLIS);
    }

    /**
     * Makes a key pair and a certificate. Takes milliseconds, a hundred and more in a cold JVM: not for the loop.
     *
     * @param random where key, serial number and signature come from
     * @param wallClockMillis milliseconds since 1970
     * @param lifetimeMillis how long it is valid, 0 to {@link #MAX_LIFETIME_MILLIS}
     * @return a new certificate
     * @throws IllegalArgumentException if the lifetime is out of range
     */
    public static DtlsCertificate generate(RandomSource random, long wallClockMillis, long lifetimeMillis) {
        return selfSigned(random, wallClockMillis, lifetimeMillis, "EC", new ECGenParameterSpec(CURVE));
    }

    /**
     * Makes an RSA key pair with the exponent 65537 and a certificate signed by SHA-256 with PKCS #1 v1.5. Takes a tenth of
     * a second and more: not for the loop.
     *
     * @param random where key and serial number come from
     * @param wallClockMillis milliseconds since 1970
     * @param lifetimeMillis how long it is valid, 0 to {@link #MAX_LIFETIME_MILLIS}
     * @param modulusBits 1,024 to 8,192; less than 2,048 is weak, and peers may refuse it, as we do
     * @return a new certificate
     * @throws IllegalArgumentException if a number is out of range
     */
    public static DtlsCertificate generateRsa(
            RandomSource random, long wallClockMillis, long lifetimeMillis, int modulusBits) {
        if (modulusBits < MIN_RSA_BITS || modulusBits > MAX_RSA_BITS) {
            throw new IllegalArgumentException("modulusBits must be 1024 to 8192, was " + modulusBits);
        }
        return selfSigned(
                random,
                wallClockMillis,
                lifetimeMillis,
                RSA,
                new RSAKeyGenParameterSpec(modulusBits, RSAKeyGenParameterSpec.F4));
    }

    private static DtlsCertificate selfSigned(
            RandomSource random, long wallClockMillis, long lifetimeMillis, String kind, AlgorithmParameterSpec spec) {
        checkLifetime(lifetimeMillis);
        try {
            SecureRandom secureRandom = new RandomSourceSecureRandom(random);
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            generator.initialize(spec, secureRandom);
            KeyPair keys = generator.generateKeyPair();
            Signature signature = Signature.getInstance(kind.equals(RSA) ? "SHA256withRSA" : "SHA256withECDSA");
            signature.initSign(keys.getPrivate(), secureRandom);
            return selfSigned(random, wallClockMillis, lifetimeMillis, keys, signed -> {
                try {
                    signature.update(signed);
                    return signature.sign();
                } catch (SignatureException e) {
                    throw new IllegalStateException("this JDK cannot sign with " + kind + " keys", e);
                }
            });
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make certificates with " + kind + " keys", e);
        }
    }

    /**
     * Makes a certificate for a key pair that somebody else has made.
     *
     * @param random where the serial number comes from
     * @param wallClockMillis milliseconds since 1970
     * @param lifetimeMillis how long it is valid, 0 to {@link #MAX_LIFETIME_MILLIS}
     * @param keys EC P-256 or RSA
     * @param signer signs bytes with the private key and SHA-256; an ECDSA signature in DER
     * @return a new certificate
     * @throws IllegalArgumentException if the lifetime is out of range
     */
    public static DtlsCertificate selfSigned(
            RandomSource random,
            long wallClockMillis,
            long lifetimeMillis,
            KeyPair keys,
            UnaryOperator<byte[]> signer) {
        checkLifetime(lifetimeMillis);
        long expiresMillis = wallClockMillis + lifetimeMillis;
        byte[] algorithm = signatureAlgorithm(keys.getPrivate().getAlgorithm());
        byte[] signed = toBeSigned(keys, algorithm, random, wallClockMillis - ONE_DAY_MILLIS, expiresMillis);
        byte[] der = DerWriter.value(DerWriter.SEQUENCE, signed, algorithm, DerWriter.bitString(signer.apply(signed)));
        return new DtlsCertificate(der, keys.getPrivate(), expiresMillis);
    }

    private static void checkLifetime(long lifetimeMillis) {
        if (lifetimeMillis < 0 || lifetimeMillis > MAX_LIFETIME_MILLIS) {
            throw new IllegalArgumentException("lifetimeMillis must be 0 to 365 days, was " + lifetimeMillis);
        }
    }

    /**
     * A certificate that was kept from an earlier run.
     *
     * @param der the certificate, copied
     * @param privateKey its EC P-256 or RSA key
     * @param expiresMillis when it stops being valid, milliseconds since 1970
     * @return the certificate
     */
    public static DtlsCertificate of(byte[] der, PrivateKey privateKey, long expiresMillis) {
        return new DtlsCertificate(der.clone(), privateKey, expiresMillis);
    }

    /** RFC 5280 4.1: version 3, serial number, algorithm, issuer, validity, subject, key; no extensions. */
    private static byte[] toBeSigned(
            KeyPair keys, byte[] algorithm, RandomSource random, long notBefore, long notAfter) {
        BigInteger serialNumber = BigInteger.valueOf((random.nextLong() & Long.MAX_VALUE) | 1L << 62);
        byte[] name = DerWriter.value(
                DerWriter.SEQUENCE,
                DerWriter.value(
                        DerWriter.SET,
                        DerWriter.value(
                                DerWriter.SEQUENCE,
                                DerWriter.value(DerWriter.OBJECT_IDENTIFIER, OID_COMMON_NAME),
                                DerWriter.utf8("WebRTC"))));
        return DerWriter.value(
                DerWriter.SEQUENCE,
                DerWriter.value(DerWriter.EXPLICIT_0, DerWriter.integer(BigInteger.TWO)),
                DerWriter.integer(serialNumber),
                algorithm,
                name,
                DerWriter.value(DerWriter.SEQUENCE, DerWriter.time(notBefore), DerWriter.time(notAfter)),
                name,
                keys.getPublic().getEncoded());
    }

    /** RFC 5758 3.2 and RFC 4055 5: no parameters with ECDSA, NULL with RSA. */
    private static byte[] signatureAlgorithm(String kind) {
        return kind.equals(RSA)
                ? DerWriter.value(
                        DerWriter.SEQUENCE,
                        DerWriter.value(DerWriter.OBJECT_IDENTIFIER, OID_SHA256_WITH_RSA),
                        DerWriter.value(DerWriter.NULL))
                : DerWriter.value(
                        DerWriter.SEQUENCE, DerWriter.value(DerWriter.OBJECT_IDENTIFIER, OID_ECDSA_WITH_SHA256));
    }

    /**
     * Whether its key is an RSA key; else it is one of P-256.
     *
     * @return true for RSA
     */
    public boolean isRsa() {
        return privateKey.getAlgorithm().equals(RSA);
    }

    /**
     * The certificate.
     *
     * @return DER, a fresh array
     */
    public byte[] der() {
        return der.clone();
    }

    /**
     * The fingerprint that goes into our descriptions.
     *
     * @return sha-256
     */
    public DtlsFingerprint fingerprint() {
        return sha256;
    }

    /**
     * The certificate's hash.
     *
     * @param algorithm sha-1, sha-224, sha-256, sha-384 or sha-512
     * @return the fingerprint
     * @throws IllegalArgumentException if the algorithm is another one
     */
    public DtlsFingerprint fingerprint(String algorithm) {
        return DtlsFingerprint.of(algorithm, der);
    }

    /**
     * When it stops being valid.
     *
     * @return milliseconds since 1970
     */
    public long expires() {
        return expiresMillis;
    }

    /**
     * The private key, for a TLS engine or for safe keeping.
     *
     * @return an EC or RSA key
     */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /** One line without the key. */
    @Override
    public String toString() {
        return "DtlsCertificate[" + sha256 + "]";
    }
}
