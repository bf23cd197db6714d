package dev.yodel.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class DtlsCertificateTest {
    private static final long NOW = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();

    @Test
    void isAValidSelfSignedP256Certificate() throws Exception {
        DtlsCertificate certificate = DtlsCertificate.generate(new SeededRandom(1), NOW);
        X509Certificate parsed = parse(certificate);
        parsed.verify(parsed.getPublicKey());
        assertThat(((ECPublicKey) parsed.getPublicKey()).getParams().getOrder().bitLength())
                .isEqualTo(256);
        assertThat(parsed.getVersion()).isEqualTo(3);
        assertThat(parsed.getNotAfter().toInstant()).isEqualTo(Instant.ofEpochMilli(certificate.expires()));
        assertThat(parsed.getNotBefore()).isBefore(Instant.ofEpochMilli(NOW));
        assertThat(parsed.getSubjectX500Principal()).isEqualTo(parsed.getIssuerX500Principal());
        assertThat(certificate.toString()).doesNotContain("PRIVATE").startsWith("DtlsCertificate[sha-256 ");
    }

    @Test
    void anRsaCertificateIsValidAndSelfSigned() throws Exception {
        DtlsCertificate made = DtlsCertificate.generateRsa(new SeededRandom(4), NOW, 60_000, 2_048);
        X509Certificate certificate = parse(made);
        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withRSA");
        assertThat(((RSAPublicKey) certificate.getPublicKey()).getModulus().bitLength())
                .isEqualTo(2_048);
        assertThat(made.isRsa()).isTrue();
        assertThat(made.expires()).isEqualTo(NOW + 60_000);
        assertThatThrownBy(() -> DtlsCertificate.generateRsa(new SeededRandom(4), NOW, 60_000, 512))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void datesFrom2050OnAreGeneralizedTime() throws Exception {
        long in2049 = Instant.parse("2049-12-31T00:00:00Z").toEpochMilli();
        X509Certificate parsed = parse(DtlsCertificate.generate(new SeededRandom(1), in2049));
        assertThat(parsed.getNotAfter().toInstant())
                .isEqualTo(Instant.ofEpochMilli(in2049 + DtlsCertificate.DEFAULT_LIFETIME_MILLIS));
    }

    @Test
    void aLifetimeOutOfRangeIsRefused() {
        assertThatThrownBy(() ->
                        DtlsCertificate.generate(new SeededRandom(1), NOW, DtlsCertificate.MAX_LIFETIME_MILLIS + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fingerprintsOfAllHashesMatchInAnyCase() {
        DtlsCertificate certificate = DtlsCertificate.generate(new SeededRandom(2), NOW);
        for (String hash : List.of("sha-1", "sha-224", "SHA-256", "sha-384", "Sha-512")) {
            DtlsFingerprint fingerprint = certificate.fingerprint(hash);
            DtlsFingerprint lower = new DtlsFingerprint(
                    fingerprint.algorithm().toUpperCase(Locale.ROOT),
                    fingerprint.value().toLowerCase(Locale.ROOT));
            assertThat(lower).isEqualTo(fingerprint);
            assertThat(DtlsFingerprint.matches(List.of(lower), certificate.der()))
                    .as(hash)
                    .isTrue();
        }
    }

    @Test
    void D01_onlyTheStrongestKnownHashCounts() {
        DtlsCertificate ours = DtlsCertificate.generate(new SeededRandom(3), NOW);
        DtlsCertificate other = DtlsCertificate.generate(new SeededRandom(4), NOW);
        DtlsFingerprint right256 = ours.fingerprint("sha-256");
        DtlsFingerprint wrong256 = other.fingerprint("sha-256");
        DtlsFingerprint right1 = ours.fingerprint("sha-1");
        DtlsFingerprint md5 = new DtlsFingerprint("md5", "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF");
        DtlsFingerprint shortened =
                new DtlsFingerprint("sha-256", right256.value().substring(0, 92));
        DtlsFingerprint garbled =
                new DtlsFingerprint("sha-256", right256.value().replace(':', '-'));
        byte[] der = ours.der();
        assertThat(DtlsFingerprint.matches(List.of(wrong256, right256), der)).isTrue();
        assertThat(DtlsFingerprint.matches(List.of(md5, right256), der)).isTrue();
        assertThat(DtlsFingerprint.matches(List.of(right1, wrong256), der)).isFalse();
        assertThat(DtlsFingerprint.matches(List.of(wrong256), der)).isFalse();
        assertThat(DtlsFingerprint.matches(List.of(md5), der)).isFalse();
        assertThat(DtlsFingerprint.matches(List.of(shortened), der)).isFalse();
        assertThat(DtlsFingerprint.matches(List.of(garbled), der)).isFalse();
        assertThat(DtlsFingerprint.matches(List.of(new DtlsFingerprint("sha-256", "")), der))
                .isFalse();
        assertThat(DtlsFingerprint.matches(List.of(), der)).isFalse();
    }

    @Test
    void theSameSeedGivesTheSameKey() {
        DtlsCertificate first = DtlsCertificate.generate(new SeededRandom(7), NOW);
        DtlsCertificate second = DtlsCertificate.generate(new SeededRandom(7), NOW);
        assertThat(first.fingerprint()).isEqualTo(second.fingerprint());
    }

    private static X509Certificate parse(DtlsCertificate certificate) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.der()));
    }
}
