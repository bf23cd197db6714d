package dev.yodel.webrtc;

/**
 * W3C's RTCCertificateStats: a certificate of a transport.
 *
 * @param stats the entry that this is a view of
 */
public record CertificateStats(Stats stats) implements StatsView {
    /**
     * A view of an entry.
     *
     * @throws IllegalArgumentException if the entry is of another type
     */
    public CertificateStats {
        StatsMembers.checkType(stats, "certificate");
    }

    /**
     * Its fingerprint.
     *
     * @return hex with colons
     */
    public String fingerprint() {
        return StatsMembers.text(stats(), "fingerprint");
    }

    /**
     * The fingerprint's hash.
     *
     * @return for example sha-256
     */
    public String fingerprintAlgorithm() {
        return StatsMembers.text(stats(), "fingerprintAlgorithm");
    }

    /**
     * The certificate.
     *
     * @return DER in base64
     */
    public String base64Certificate() {
        return StatsMembers.text(stats(), "base64Certificate");
    }
}
