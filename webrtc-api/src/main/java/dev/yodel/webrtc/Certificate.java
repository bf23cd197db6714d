package dev.yodel.webrtc;

import java.util.List;

/**
 * W3C's RTCCertificate: a key and a self-signed certificate (ECDSA P-256, or RSA) that connections may share, so that
 * a peer sees the same fingerprint again. Made by {@link PeerConnectionFactory#generateCertificate()}. Immutable; the
 * key never shows.
 */
public interface Certificate {
    /**
     * When it ends.
     *
     * @return milliseconds since 1970
     */
    long expires();

    /**
     * Its hashes.
     *
     * @return one fingerprint, sha-256
     */
    List<DtlsFingerprint> getFingerprints();
}
