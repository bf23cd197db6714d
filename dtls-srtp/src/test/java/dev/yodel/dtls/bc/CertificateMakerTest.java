package dev.yodel.dtls.bc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.SeededRandom;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import org.junit.jupiter.api.Test;

/** Certificates by Bouncy Castle's arithmetic, looked at by the JDK's. */
class CertificateMakerTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final long MONTH = DtlsCertificate.DEFAULT_LIFETIME_MILLIS;

    private static X509Certificate parse(DtlsCertificate certificate) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.der()));
    }

    @Test
    void theJdkVerifiesWhatWasSignedAndSignsWithTheKey() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            DtlsCertificate made = CertificateMaker.make(new SeededRandom(seed), NOW, MONTH);
            X509Certificate parsed = parse(made);
            parsed.verify(parsed.getPublicKey());
            assertThat(parsed.getNotBefore().toInstant().toEpochMilli()).isLessThan(NOW);
            assertThat(parsed.getNotAfter().toInstant().toEpochMilli()).isEqualTo(NOW + MONTH);
            assertThat(parsed.getVersion()).isEqualTo(3);
            assertThat(parsed.getSigAlgName()).isEqualTo("SHA256withECDSA");
            assertThat(((ECPublicKey) parsed.getPublicKey())
                            .getParams()
                            .getOrder()
                            .bitLength())
                    .isEqualTo(256);
            assertThat(made.isRsa()).isFalse();
            assertThat(made.expires()).isEqualTo(NOW + MONTH);
            byte[] data = "some data".getBytes(StandardCharsets.US_ASCII);
            Signature signing = Signature.getInstance("SHA256withECDSA");
            signing.initSign(made.privateKey());
            signing.update(data);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance("SHA256withECDSA");
            verifying.initVerify(parsed.getPublicKey());
            verifying.update(data);
            assertThat(verifying.verify(signature)).isTrue();
        }
    }

    @Test
    void otherRandomnessGivesAnotherKeyAndTheSameTheSame() throws Exception {
        DtlsCertificate first = CertificateMaker.make(new SeededRandom(1), NOW, MONTH);
        assertThat(CertificateMaker.make(new SeededRandom(1), NOW, MONTH).fingerprint())
                .isEqualTo(first.fingerprint());
        DtlsCertificate second = CertificateMaker.make(new SeededRandom(2), NOW, MONTH);
        assertThat(parse(second).getPublicKey()).isNotEqualTo(parse(first).getPublicKey());
        assertThat(parse(second).getSerialNumber()).isNotEqualTo(parse(first).getSerialNumber());
    }

    @Test
    void aLifetimeOutOfRangeIsRefused() {
        assertThatThrownBy(() -> CertificateMaker.make(new SeededRandom(1), NOW, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> CertificateMaker.make(new SeededRandom(1), NOW, DtlsCertificate.MAX_LIFETIME_MILLIS + 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
