package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsRole;
import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.jspecify.annotations.Nullable;

/**
 * Bouncy Castle's server under our {@link PeerPolicy}: DTLS 1.2, the client's certificate required, no HelloVerifyRequest
 * (ICE has validated the path), no session, no ticket, no renegotiation.
 */
@SuppressWarnings({"rawtypes", "JdkObsolete"}) // Bouncy Castle's signatures
final class YodelTlsServer extends DefaultTlsServer {
    private static final short NO_MAX_FRAGMENT_LENGTH = -1;

    private final KeyTakingCrypto crypto;
    private final PeerPolicy policy;

    YodelTlsServer(KeyTakingCrypto crypto, PeerPolicy policy) {
        super(crypto);
        this.crypto = crypto;
        this.policy = policy;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return policy.serverSuites();
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    @Override
    protected int getMaximumNegotiableCurveBits() {
        int group = selectECDH(0);
        return group < 0 ? 0 : NamedGroup.getCurveBits(group);
    }

    /** Bouncy Castle would take any curve that it knows, also weak ones: we take only those that we would offer. */
    @Override
    protected int selectECDH(int minimumCurveBits) {
        int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
        if (offered == null) {
            return NamedGroup.secp256r1;
        }
        for (int group : PeerPolicy.groups()) {
            if (NamedGroup.getCurveBits(group) < minimumCurveBits) {
                continue;
            }
            for (int candidate : offered) {
                if (candidate == group) {
                    return group;
                }
            }
        }
        return -1;
    }

    @Override
    protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
        return policy.credentials(context, crypto);
    }

    @Override
    protected TlsCredentialedSigner getRSASignerCredentials() throws IOException {
        return policy.credentials(context, crypto);
    }

    @Override
    public CertificateRequest getCertificateRequest() {
        return new CertificateRequest(
                new short[] {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign},
                PeerPolicy.signatureAlgorithms(),
                null);
    }

    @Override
    public void notifyClientCertificate(@Nullable Certificate clientCertificate) throws IOException {
        policy.checkCertificate(clientCertificate);
    }

    @Override
    public void processClientExtensions(@Nullable Hashtable extensions) throws IOException {
        super.processClientExtensions(extensions);
        // RFC 6066 4: declining keeps records as long as the path allows.
        maxFragmentLengthOffered = NO_MAX_FRAGMENT_LENGTH;
        policy.chooseSrtp(extensions);
    }

    @Override
    public Hashtable getServerExtensions() throws IOException {
        Hashtable extensions = super.getServerExtensions();
        policy.answerSrtp(extensions);
        return extensions;
    }

    @Override
    protected boolean allowCertificateStatus() {
        return false;
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        policy.complete(context, DtlsRole.SERVER);
    }

    @Override
    public boolean requiresExtendedMasterSecret() {
        return true;
    }

    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        return false;
    }

    @Override
    public int getHandshakeResendTimeMillis() {
        return Integer.MAX_VALUE;
    }
}
