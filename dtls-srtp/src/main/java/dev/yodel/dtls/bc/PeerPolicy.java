package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.engine.Wire;
import dev.yodel.io.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Objects;
import java.util.Vector;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * What we ask of a peer, the same in both roles: which suites, groups, signatures and SRTP profiles, whose certificate, and
 * what is exported at the end (RFC 8827 6.5, RFC 5764). It does not speak TLS. The handshake's thread only.
 */
final class PeerPolicy {
    /** RFC 5764 4.2. */
    private static final String EXPORTER_LABEL = "EXTRACTOR-dtls_srtp";

    /** Forward secret and AEAD only (RFC 8827 6.5, RFC 9325 4.2); the peer's certificate decides between the two kinds. */
    private static final int[] CLIENT_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    };

    /** Our own certificate decides. */
    private static final int[] ECDSA_SERVER_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    };

    private static final int[] RSA_SERVER_SUITES = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
    };

    private static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1};

    private final DtlsOptions options;
    private final List<DtlsFingerprint> remoteFingerprints;
    private boolean certificateMatched;
    private final List<byte[]> peerCertificates = new ArrayList<>(1);
    private int srtpProfile;
    private @Nullable DtlsFailure failure;
    private @Nullable String failureText;
    private DtlsEvent.@Nullable Connected connected;

    PeerPolicy(DtlsOptions options, List<DtlsFingerprint> remoteFingerprints) {
        this.options = options;
        this.remoteFingerprints = remoteFingerprints;
    }

    static int[] clientSuites() {
        return CLIENT_SUITES.clone();
    }

    int[] serverSuites() {
        return options.certificate().isRsa() ? RSA_SERVER_SUITES.clone() : ECDSA_SERVER_SUITES.clone();
    }

    static int[] groups() {
        return GROUPS.clone();
    }

    /** ECDSA and RSA with SHA-256 and better; no MD5, no SHA-1 (RFC 9325 4.3, RFC 9155). */
    @SuppressWarnings("JdkObsolete") // Bouncy Castle asks for a Vector
    static Vector<SignatureAndHashAlgorithm> signatureAlgorithms() {
        Vector<SignatureAndHashAlgorithm> result = new Vector<>();
        short[] hashes = {HashAlgorithm.sha256, HashAlgorithm.sha384, HashAlgorithm.sha512};
        for (short hash : hashes) {
            result.add(SignatureAndHashAlgorithm.getInstance(hash, SignatureAlgorithm.ecdsa));
        }
        result.add(SignatureAndHashAlgorithm.rsa_pss_rsae_sha256);
        result.add(SignatureAndHashAlgorithm.rsa_pss_rsae_sha384);
        result.add(SignatureAndHashAlgorithm.rsa_pss_rsae_sha512);
        for (short hash : hashes) {
            result.add(SignatureAndHashAlgorithm.getInstance(hash, SignatureAlgorithm.rsa));
        }
        return result;
    }

    TlsCredentialedSigner credentials(TlsContext context, BcTlsCrypto crypto) throws IOException {
        TlsCertificate certificate =
                crypto.createCertificate(options.certificate().der());
        return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                crypto,
                PrivateKeyFactory.createKey(options.certificate().privateKey().getEncoded()),
                new Certificate(new TlsCertificate[] {certificate}),
                SignatureAndHashAlgorithm.getInstance(
                        HashAlgorithm.sha256,
                        options.certificate().isRsa() ? SignatureAlgorithm.rsa : SignatureAlgorithm.ecdsa));
    }

    // ---- certificate ----

    /** RFC 8122 5: in the certificate's callback, so before anything is derived from the handshake. */
    void checkCertificate(@Nullable Certificate chain) throws IOException {
        if (chain == null || chain.isEmpty()) {
            throw refuse(
                    DtlsFailure.HANDSHAKE_FAILED, "the peer sent no certificate", AlertDescription.handshake_failure);
        }
        for (TlsCertificate certificate : chain.getCertificateList()) {
            peerCertificates.add(certificate.getEncoded());
        }
        if (!DtlsFingerprint.matches(remoteFingerprints, peerCertificates.get(0))) {
            throw refuse(
                    DtlsFailure.FINGERPRINT_MISMATCH,
                    "the peer's certificate has " + DtlsFingerprint.of("sha-256", peerCertificates.get(0))
                            + " but its description announced " + remoteFingerprints,
                    AlertDescription.bad_certificate);
        }
        certificateMatched = true;
    }

    // ---- use_srtp (RFC 5764 4.1) ----

    void offerSrtp(Hashtable<?, ?> extensions) throws IOException {
        if (!options.srtpProfiles().isEmpty()) {
            int[] profiles =
                    options.srtpProfiles().stream().mapToInt(Integer::intValue).toArray();
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(profiles, Bytes.EMPTY));
        }
    }

    /** As server: our best profile that the client offers; its MKI is ignored, ours is empty. */
    void chooseSrtp(@Nullable Hashtable<?, ?> clientExtensions) throws IOException {
        UseSRTPData offered = TlsSRTPUtils.getUseSRTPExtension(clientExtensions);
        if (offered != null) {
            for (int profile : options.srtpProfiles()) {
                if (contains(offered.getProtectionProfiles(), profile)) {
                    srtpProfile = profile;
                    break;
                }
            }
        }
        requireSrtp(AlertDescription.handshake_failure);
    }

    void answerSrtp(Hashtable<?, ?> extensions) throws IOException {
        if (srtpProfile != 0) {
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(new int[] {srtpProfile}, Bytes.EMPTY));
        }
    }

    /** As client: one profile out of those that we offered, without MKI. */
    void acceptSrtp(@Nullable Hashtable<?, ?> serverExtensions) throws IOException {
        UseSRTPData answered = TlsSRTPUtils.getUseSRTPExtension(serverExtensions);
        if (answered != null) {
            int[] profiles = answered.getProtectionProfiles();
            boolean offered = profiles.length == 1 && options.srtpProfiles().contains(profiles[0]);
            if (!offered || answered.getMki().length != 0) {
                throw refuse(
                        DtlsFailure.NO_SRTP_PROFILE,
                        "the peer chose an SRTP profile or MKI that was not offered",
                        AlertDescription.illegal_parameter);
            }
            srtpProfile = profiles[0];
        }
        requireSrtp(AlertDescription.handshake_failure);
    }

    private void requireSrtp(short alert) throws IOException {
        if (srtpProfile == 0 && options.srtpRequired()) {
            throw refuse(DtlsFailure.NO_SRTP_PROFILE, "no SRTP protection profile in common", alert);
        }
    }

    private static boolean contains(int[] list, int value) {
        for (int element : list) {
            if (element == value) {
                return true;
            }
        }
        return false;
    }

    // ---- the end ----

    /** Exports the SRTP keys; called by Bouncy Castle when both Finished messages were verified. */
    void complete(TlsContext context, DtlsRole role) throws IOException {
        if (!certificateMatched) {
            throw refuse(
                    DtlsFailure.HANDSHAKE_FAILED, "the peer showed no certificate", AlertDescription.handshake_failure);
        }
        SecurityParameters parameters = context.getSecurityParametersConnection();
        byte[] keyingMaterial = srtpProfile == 0
                ? Bytes.EMPTY
                : context.exportKeyingMaterial(EXPORTER_LABEL, null, DtlsOptions.keyingMaterialBytes(srtpProfile));
        connected = new DtlsEvent.Connected(
                srtpProfile,
                keyingMaterial,
                List.copyOf(peerCertificates),
                "FEFD",
                suiteName(parameters.getCipherSuite()),
                role);
    }

    private static String suiteName(int suite) {
        return switch (suite) {
            case CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 -> "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
            case CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 -> "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
            case CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 -> "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
            case CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 -> "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
            default -> "0x" + Integer.toHexString(suite);
        };
    }

    DtlsEvent.Connected connected() {
        return Objects.requireNonNull(connected, "the handshake is not complete");
    }

    DtlsFailure failure() {
        return failure == null ? DtlsFailure.HANDSHAKE_FAILED : failure;
    }

    String failureText(String otherwise) {
        return failureText == null ? otherwise : failureText;
    }

    TlsFatalAlert refuse(DtlsFailure reason, String text, int alert) {
        failure = reason;
        failureText = text;
        return new TlsFatalAlert((short) alert, text);
    }

    /** D15: a chain is not parsed before its size and its keys are known to be harmless. */
    void guard(byte[] certificateMessage) throws TlsFatalAlert {
        String fault = CertificateChainGuard.fault(certificateMessage);
        if (fault != null) {
            throw refuse(DtlsFailure.HANDSHAKE_FAILED, fault, Wire.UNSUPPORTED_CERTIFICATE);
        }
    }
}
