package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.webrtc.Certificate;
import dev.yodel.webrtc.DtlsFingerprint;
import java.util.List;

/**
 * A certificate of the DTLS module.
 *
 * @param inner key and certificate
 */
public record CertificateImpl(DtlsCertificate inner) implements Certificate {
    @Override
    public long expires() {
        return inner.expires();
    }

    @Override
    public List<DtlsFingerprint> getFingerprints() {
        return List.of(new DtlsFingerprint(
                inner.fingerprint().algorithm(), inner.fingerprint().value()));
    }

    @Override
    public String toString() {
        return "certificate " + inner.fingerprint().value();
    }
}
