package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.io.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X962NamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;

class CertificateChainGuardTest {
    private static final AlgorithmIdentifier SIGNATURE = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    /** A Certificate message of RFC 5246 7.4.2. */
    private static byte[] message(byte[]... chain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int total = 0;
        for (byte[] certificate : chain) {
            total += 3 + certificate.length;
        }
        byte[] length = new byte[3];
        Bytes.put24(length, 0, total);
        out.writeBytes(length);
        for (byte[] certificate : chain) {
            Bytes.put24(length, 0, certificate.length);
            out.writeBytes(length);
            out.writeBytes(certificate);
        }
        return out.toByteArray();
    }

    @SuppressWarnings("JavaUtilDate") // Bouncy Castle's type
    private static byte[] certificate(SubjectPublicKeyInfo key) throws IOException {
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(1));
        generator.setSignature(SIGNATURE);
        generator.setIssuer(new X500Name("CN=bomb"));
        generator.setSubject(new X500Name("CN=bomb"));
        generator.setStartDate(new Time(Date.from(Instant.ofEpochSecond(1_700_000_000L))));
        generator.setEndDate(new Time(Date.from(Instant.ofEpochSecond(1_900_000_000L))));
        generator.setSubjectPublicKeyInfo(key);
        return new DERSequence(new ASN1Encodable[] {
                    generator.generateTBSCertificate(), SIGNATURE, new DERBitString(new byte[70])
                })
                .getEncoded("DER");
    }

    private static SubjectPublicKeyInfo rsa(int bits, int exponentBits) throws IOException {
        BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new RSAPublicKey(
                        modulus, BigInteger.ONE.shiftLeft(exponentBits - 1).setBit(0)));
    }

    private static SubjectPublicKeyInfo ec(ASN1Encodable parameters) {
        return new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), new byte[65]);
    }

    @Test
    void honestCertificatesPass() throws Exception {
        assertThat(CertificateChainGuard.fault(message(HandshakePair.CLIENT_CERTIFICATE.der())))
                .isNull();
        assertThat(CertificateChainGuard.fault(message())).isNull();
        assertThat(CertificateChainGuard.fault(message(certificate(rsa(2048, 17)))))
                .isNull();
        assertThat(CertificateChainGuard.fault(message(certificate(rsa(4096, 17)))))
                .isNull();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        for (String curve : new String[] {"secp256r1", "secp384r1", "secp521r1"}) {
            generator.initialize(new java.security.spec.ECGenParameterSpec(curve));
            SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(
                    generator.generateKeyPair().getPublic().getEncoded());
            assertThat(CertificateChainGuard.fault(message(certificate(key))))
                    .as(curve)
                    .isNull();
        }
    }

    @Test
    void D15_keysThatCostTooMuchOrProtectTooLittleAreRefused() throws Exception {
        X9ECParameters explicit = X962NamedCurves.getByName("prime256v1");
        assertThat(CertificateChainGuard.fault(message(certificate(rsa(1024, 17)))))
                .contains("1024 bits");
        assertThat(CertificateChainGuard.fault(message(certificate(rsa(16_384, 17)))))
                .contains("16384 bits");
        assertThat(CertificateChainGuard.fault(message(certificate(rsa(2048, 2000)))))
                .contains("exponent");
        assertThat(CertificateChainGuard.fault(message(certificate(ec(explicit)))))
                .contains("named curve");
        for (ASN1ObjectIdentifier curve : new ASN1ObjectIdentifier[] {
            X9ObjectIdentifiers.prime192v1, SECObjectIdentifiers.sect571r1, SECObjectIdentifiers.secp256k1
        }) {
            assertThat(CertificateChainGuard.fault(message(certificate(ec(curve)))))
                    .contains("other than P-256");
        }
        SubjectPublicKeyInfo ed25519 = new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(new ASN1ObjectIdentifier("1.3.101.112")), new byte[32]);
        assertThat(CertificateChainGuard.fault(message(certificate(ed25519)))).contains("neither EC nor RSA");
    }

    @Test
    void D15_bombsAreRefused() throws Exception {
        byte[] good = HandshakePair.CLIENT_CERTIFICATE.der();
        assertThat(CertificateChainGuard.fault(message(new byte[17 * 1024]))).contains("more than");
        byte[][] eleven = new byte[11][];
        java.util.Arrays.fill(eleven, good);
        assertThat(CertificateChainGuard.fault(message(eleven))).contains("more than 10");
        ASN1Encodable nested = new ASN1Integer(1);
        for (int i = 0; i < 1000; i++) {
            nested = new DERSequence(nested);
        }
        assertThat(CertificateChainGuard.fault(message(new DERSequence(nested).getEncoded("DER"))))
                .contains("nested");
        ASN1EncodableVector many = new ASN1EncodableVector();
        for (int i = 0; i < 5000; i++) {
            many.add(DERNull.INSTANCE);
        }
        assertThat(CertificateChainGuard.fault(message(new DERSequence(many).getEncoded("DER"))))
                .contains("malformed");
        assertThat(CertificateChainGuard.fault(new byte[] {0, 0, 5})).contains("malformed");
        assertThat(CertificateChainGuard.fault(new byte[] {0, 0, 4, 0, 0, 9, 1}))
                .contains("malformed");
    }

    @Test
    void D15_mutatedCertificatesAreJudgedQuicklyWithoutThrowing() {
        byte[] good = message(HandshakePair.CLIENT_CERTIFICATE.der());
        Random random = new Random(15);
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = good.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            refused += CertificateChainGuard.fault(mutated) == null ? 0 : 1;
        }
        assertThat(refused).isPositive();
        assertThat(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin)
                .as("nanoseconds for 20,000 certificates")
                .isLessThan(20_000L * 50_000);
    }

    @Test
    void D15_aBombInAHandshakeIsRefusedInWords() throws Exception {
        for (DtlsRole role : DtlsRole.values()) {
            ForeignPair.Habits habits = new ForeignPair.Habits();
            habits.chain = java.util.List.of(ForeignPair.FOREIGN.der(), certificate(rsa(16_384, 17)));
            ForeignPair pair = ForeignPair.against(role, habits).run();
            DtlsEvent.Failed failed = (DtlsEvent.Failed) pair.events.getFirst();
            assertThat(failed.reason()).isEqualTo(DtlsFailure.HANDSHAKE_FAILED);
            assertThat(failed.text()).contains("16384 bits");
        }
    }

    /**
     * Rows of D14's table that {@link ForeignPeerTest} does not have: keys that protect too little, in a whole
     * handshake.
     */
    @Test
    void D14_weakKeysAreRefusedInAHandshake() throws Exception {
        Map<String, SubjectPublicKeyInfo> weak = Map.of(
                "1024 bits", rsa(1_024, 17),
                "512 bits", rsa(512, 17),
                "other than P-256", ec(X9ObjectIdentifiers.prime192v1));
        for (DtlsRole role : DtlsRole.values()) {
            for (Map.Entry<String, SubjectPublicKeyInfo> each : weak.entrySet()) {
                ForeignPair.Habits habits = new ForeignPair.Habits();
                habits.chain = java.util.List.of(ForeignPair.FOREIGN.der(), certificate(each.getValue()));
                ForeignPair pair = ForeignPair.against(role, habits).run();
                DtlsEvent.Failed failed = (DtlsEvent.Failed) pair.events.getFirst();
                assertThat(failed.reason()).isEqualTo(DtlsFailure.HANDSHAKE_FAILED);
                assertThat(failed.text()).contains(each.getKey());
                assertThat(pair.peerConnected()).isFalse();
            }
        }
    }
}
