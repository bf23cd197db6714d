package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsRole;
import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.jspecify.annotations.Nullable;

/** Bouncy Castle's client under our {@link PeerPolicy}: DTLS 1.2, no session, no ticket, no renegotiation. */
@SuppressWarnings({"rawtypes", "JdkObsolete"}) // Bouncy Castle's signatures
final class YodelTlsClient extends DefaultTlsClient {
    private final KeyTakingCrypto crypto;
    private final PeerPolicy policy;

    YodelTlsClient(KeyTakingCrypto crypto, PeerPolicy policy) {
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
        return PeerPolicy.clientSuites();
    }

    @Override
    protected Vector getSupportedGroups(Vector namedGroupRoles) {
        Vector<Integer> groups = new Vector<>();
        for (int group : PeerPolicy.groups()) {
            groups.add(group);
        }
        return groups;
    }

    @Override
    protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
        return PeerPolicy.signatureAlgorithms();
    }

    @Override
    protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
        return null;
    }

    @Override
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        policy.offerSrtp(extensions);
        return extensions;
    }

    @Override
    public void processServerExtensions(@Nullable Hashtable serverExtensions) throws IOException {
        super.processServerExtensions(serverExtensions);
        policy.acceptSrtp(serverExtensions);
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
                policy.checkCertificate(certificate.getCertificate());
            }

            @Override
            public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                return policy.credentials(context, crypto);
            }
        };
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        policy.complete(context, DtlsRole.CLIENT);
    }

    /** RFC 7627: without it Bouncy Castle would not export keys. */
    @Override
    public boolean requiresExtendedMasterSecret() {
        return true;
    }

    /** Chains are self-signed; the fingerprint says whose they are (RFC 8122 5). */
    @Override
    public boolean shouldCheckSigAlgOfPeerCerts() {
        return false;
    }

    /** The association repeats flights, by the loop's clock. */
    @Override
    public int getHandshakeResendTimeMillis() {
        return Integer.MAX_VALUE;
    }
}
