package dev.yodel.webrtc;

import java.util.List;
import java.util.Objects;

/**
 * W3C's RTCConfiguration. No server is contacted that is not named here.
 *
 * @param iceServers STUN and TURN servers
 * @param iceTransportPolicy which candidates may be used
 * @param bundlePolicy what offers do for peers that cannot bundle
 * @param rtcpMuxPolicy require, the only value
 * @param certificates the first one is used, the fingerprints of all are announced; empty for a fresh one
 * @param iceCandidatePoolSize 0 to 255: for how many transports candidates are gathered before a description needs
 *     them (RFC 8829 section 3.5.4); 8 at most are
 */
public record Configuration(
        List<IceServer> iceServers,
        IceTransportPolicy iceTransportPolicy,
        BundlePolicy bundlePolicy,
        RtcpMuxPolicy rtcpMuxPolicy,
        List<Certificate> certificates,
        int iceCandidatePoolSize) {
    /** Host candidates only, a fresh certificate, balanced. */
    public static final Configuration DEFAULT = builder().build();

    public Configuration {
        iceServers = List.copyOf(iceServers);
        Objects.requireNonNull(iceTransportPolicy, "iceTransportPolicy");
        Objects.requireNonNull(bundlePolicy, "bundlePolicy");
        Objects.requireNonNull(rtcpMuxPolicy, "rtcpMuxPolicy");
        certificates = List.copyOf(certificates);
        if (iceCandidatePoolSize < 0 || iceCandidatePoolSize > 255) {
            throw new IllegalArgumentException("iceCandidatePoolSize is 0 to 255, was " + iceCandidatePoolSize);
        }
    }

    /**
     * Begins with {@link #DEFAULT}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds configurations. Not for sharing between threads. */
    public static final class Builder {
        private List<IceServer> iceServers = List.of();
        private IceTransportPolicy iceTransportPolicy = IceTransportPolicy.ALL;
        private BundlePolicy bundlePolicy = BundlePolicy.BALANCED;
        private List<Certificate> certificates = List.of();
        private int iceCandidatePoolSize;

        private Builder() {}

        /**
         * Sets the servers.
         *
         * @param servers STUN and TURN servers
         * @return this
         */
        public Builder iceServers(IceServer... servers) {
            iceServers = List.of(servers);
            return this;
        }

        /**
         * Sets which candidates may be used.
         *
         * @param policy all or relay
         * @return this
         */
        public Builder iceTransportPolicy(IceTransportPolicy policy) {
            iceTransportPolicy = policy;
            return this;
        }

        /**
         * Sets what offers do for peers that cannot bundle.
         *
         * @param policy the policy
         * @return this
         */
        public Builder bundlePolicy(BundlePolicy policy) {
            bundlePolicy = policy;
            return this;
        }

        /**
         * Sets the certificate.
         *
         * @param certificate made by {@link PeerConnectionFactory#generateCertificate}
         * @return this
         */
        public Builder certificate(Certificate certificate) {
            certificates = List.of(certificate);
            return this;
        }

        /**
         * Sets for how many transports candidates are gathered before {@code setLocalDescription}: sockets are open
         * and servers asked from the start, and nobody is told. With BUNDLE one transport is used.
         *
         * @param size 0 to 255, of which 8 are used
         * @return this
         */
        public Builder iceCandidatePoolSize(int size) {
            iceCandidatePoolSize = size;
            return this;
        }

        /**
         * The value.
         *
         * @return a configuration
         */
        public Configuration build() {
            return new Configuration(
                    iceServers,
                    iceTransportPolicy,
                    bundlePolicy,
                    RtcpMuxPolicy.REQUIRE,
                    certificates,
                    iceCandidatePoolSize);
        }
    }
}
