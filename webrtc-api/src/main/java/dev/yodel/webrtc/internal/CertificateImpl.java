package dev.yodel.webrtc.internal;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.webrtc.Certificate;
import dev.yodel.webrtc.DtlsFingerprint;
import java.util.List;
import java.util.Locale;

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
        // WebRTC 1.0, 5.5.2: in lower case, other than in descriptions.
        return List.of(new DtlsFingerprint(
                inner.fingerprint().algorithm(), inner.fingerprint().value().toLowerCase(Locale.ROOT)));
    }

    @Override
    public String toString() {
        return "certificate " + inner.fingerprint().value();
    }
}
