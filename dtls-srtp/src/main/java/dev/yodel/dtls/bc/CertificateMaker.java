package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.engine.RandomSourceSecureRandom;
import dev.yodel.io.RandomSource;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;

/**
 * Makes ECDSA P-256 certificates with Bouncy Castle's arithmetic, which takes a fraction of the time that the JDK's does:
 * {@link DtlsCertificate#generate} gives the same, later. Any thread.
 */
public final class CertificateMaker {
    private static final ECNamedDomainParameters P256 =
            new ECNamedDomainParameters(SECObjectIdentifiers.secp256r1, CustomNamedCurves.getByName("secp256r1"));

    private CertificateMaker() {}

    /**
     * Makes a key pair and a self-signed certificate; not for the loop.
     *
     * @param random where key and serial number come from
     * @param wallClockMillis milliseconds since 1970
     * @param lifetimeMillis how long it is valid, 0 to {@link DtlsCertificate#MAX_LIFETIME_MILLIS}
     * @return a new certificate
     * @throws IllegalArgumentException if the lifetime is out of range
     */
    public static DtlsCertificate make(RandomSource random, long wallClockMillis, long lifetimeMillis) {
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        generator.init(new ECKeyGenerationParameters(P256, new RandomSourceSecureRandom(random)));
        AsymmetricCipherKeyPair made = generator.generateKeyPair();
        ECPrivateKeyParameters secret = (ECPrivateKeyParameters) made.getPrivate();
        KeyPair keys = keyPair(((ECPublicKeyParameters) made.getPublic()).getQ(), secret.getD());
        return DtlsCertificate.selfSigned(random, wallClockMillis, lifetimeMillis, keys, data -> sign(secret, data));
    }

    private static KeyPair keyPair(org.bouncycastle.math.ec.ECPoint point, BigInteger secret) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
            KeyFactory factory = KeyFactory.getInstance("EC");
            ECPoint affine = new ECPoint(
                    point.getAffineXCoord().toBigInteger(),
                    point.getAffineYCoord().toBigInteger());
            return new KeyPair(
                    factory.generatePublic(new ECPublicKeySpec(affine, curve)),
                    factory.generatePrivate(new ECPrivateKeySpec(secret, curve)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks P-256 keys", e);
        }
    }

    /** ECDSA with SHA-256, with a number that the key and the data determine (RFC 6979): it needs no randomness. */
    private static byte[] sign(ECPrivateKeyParameters secret, byte[] data) {
        DSADigestSigner signer =
                new DSADigestSigner(new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())), new SHA256Digest());
        signer.init(true, secret);
        signer.update(data, 0, data.length);
        return signer.generateSignature();
    }
}
