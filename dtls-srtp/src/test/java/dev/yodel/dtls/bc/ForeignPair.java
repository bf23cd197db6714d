package dev.yodel.dtls.bc;

import dev.yodel.dtls.DtlsCertificate;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.dtls.SeededRandom;
import dev.yodel.dtls.engine.RandomSourceSecureRandom;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsStreamSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * One of our endpoints against a peer with a record layer, reassembly and timers that are not ours: Bouncy Castle as it
 * comes, with every habit adjustable. The test's thread is the loop; the peer blocks in a thread of its own, in real time.
 */
@SuppressWarnings({"rawtypes", "unchecked", "JdkObsolete"}) // Bouncy Castle's signatures
final class ForeignPair {
    static final DtlsCertificate FOREIGN = DtlsCertificate.generate(new SeededRandom(31), 1_790_000_000_000L);

    /** What the foreign peer does; the fields are what a well-behaved one has. */
    static final class Habits {
        ProtocolVersion[] versions = ProtocolVersion.DTLSv12.only();
        int[] suites = {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};
        int[] groups = {NamedGroup.secp256r1};
        int[] srtpProfiles = {1};
        byte[] mki = {};
        short signatureHash = HashAlgorithm.sha256;
        boolean extendedMasterSecret = true;
        boolean certificate = true;
        boolean requestsCertificate = true;
        /** Makes of the right signature and of what it signs a wrong one. */
        @Nullable
        Forgery forgery;

        List<byte[]> chain = List.of(FOREIGN.der());
        int sendLimit = 1200;
        /** Extensions by type, added to the hello or instead of what is there. */
        Hashtable<Integer, byte[]> extensions = new Hashtable<>();
    }

    /** A signature that must not be believed. */
    interface Forgery {
        byte[] forge(byte[] hash, byte[] signature, UnaryOperator<byte[]> honest);
    }

    final DtlsEndpoint ours;
    final DtlsRole ourRole;
    final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    /** What the peer sent, in order. */
    final List<byte[]> fromPeer = new ArrayList<>();
    /** May change, drop, repeat or reorder what the peer sends. */
    interface Meddler {
        List<byte[]> meddle(int index, byte[] datagram);
    }

    Meddler meddler = (index, datagram) -> List.of(datagram);
    final LinkedBlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<byte[]> toPeer = new LinkedBlockingQueue<>();
    byte @Nullable [] exported;
    private final Habits habits;
    private @Nullable Future<DTLSTransport> peer;

    ForeignPair(DtlsRole ourRole, DtlsOptions options, Habits habits) {
        this.ourRole = ourRole;
        this.habits = habits;
        BouncyCastleDtls factory = new BouncyCastleDtls(2, 16);
        ours = factory.create(
                options,
                HandshakePair.WORKERS,
                new SeededRandom(5),
                new BouncyCastleEngine.Outlet(posted::add, System::nanoTime, () -> {}));
    }

    static ForeignPair against(DtlsRole ourRole, Habits habits) {
        return new ForeignPair(ourRole, DtlsOptions.of(HandshakePair.SERVER_CERTIFICATE), habits);
    }

    /** Runs the handshake to its end on both sides. */
    ForeignPair run() {
        ours.start(ourRole, List.of(FOREIGN.fingerprint()), 0, System.nanoTime());
        Future<DTLSTransport> running = HandshakePair.WORKERS.submit(() -> ourRole == DtlsRole.SERVER
                ? new DTLSClientProtocol().connect(new Client(), new Wire())
                : new DTLSServerProtocol().accept(new Server(), new Wire()));
        peer = running;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while ((!running.isDone() || ours.state() == DtlsState.CONNECTING) && System.nanoTime() < end) {
            step();
        }
        step();
        return this;
    }

    void step() {
        drain();
        try {
            Runnable next = posted.poll(2, TimeUnit.MILLISECONDS);
            if (next != null) {
                next.run();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        ours.handleTimeout(System.nanoTime());
        drain();
    }

    private void drain() {
        byte[] buffer = new byte[20_000];
        for (int length = ours.pollTransmit(buffer, 0); length > 0; length = ours.pollTransmit(buffer, 0)) {
            toPeer.add(Arrays.copyOf(buffer, length));
        }
        for (DtlsEvent event = ours.pollEvent(); event != null; event = ours.pollEvent()) {
            events.add(event);
        }
    }

    DTLSTransport peer() throws ExecutionException, InterruptedException {
        Future<DTLSTransport> running = peer;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running.get();
    }

    boolean peerConnected() {
        try {
            peer();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "ours " + ours.state() + " " + events + " " + ours.counters();
    }

    /** The pipe as the peer sees it. */
    private final class Wire implements DatagramTransport {
        @Override
        public int getReceiveLimit() {
            return 2000;
        }

        @Override
        public int getSendLimit() {
            return habits.sendLimit;
        }

        @Override
        public int receive(byte[] into, int offset, int length, int waitMillis) throws IOException {
            try {
                byte[] datagram = toPeer.poll(waitMillis == 0 ? 20_000 : waitMillis, TimeUnit.MILLISECONDS);
                if (datagram == null) {
                    return -1;
                }
                System.arraycopy(datagram, 0, into, offset, datagram.length);
                return datagram.length;
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }

        @Override
        public void send(byte[] data, int offset, int length) {
            byte[] datagram = Arrays.copyOfRange(data, offset, offset + length);
            posted.add(() -> {
                int index = fromPeer.size();
                fromPeer.add(datagram.clone());
                for (byte[] part : meddler.meddle(index, datagram)) {
                    ours.handleDatagram(part.clone(), 0, part.length, System.nanoTime());
                }
            });
        }

        @Override
        public void close() {}
    }

    private BcTlsCrypto crypto() {
        return new BcTlsCrypto(new RandomSourceSecureRandom(new SeededRandom(6)));
    }

    private TlsCredentialedSigner credentials(TlsContext context, BcTlsCrypto crypto) throws IOException {
        TlsCertificate[] chain = new TlsCertificate[habits.chain.size()];
        for (int i = 0; i < chain.length; i++) {
            chain[i] = crypto.createCertificate(habits.chain.get(i));
        }
        TlsCredentialedSigner signer = new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                crypto,
                PrivateKeyFactory.createKey(FOREIGN.privateKey().getEncoded()),
                new Certificate(chain),
                SignatureAndHashAlgorithm.getInstance(habits.signatureHash, SignatureAlgorithm.ecdsa));
        Forgery forgery = habits.forgery;
        return forgery == null ? signer : new Forger(signer, forgery);
    }

    private record Forger(TlsCredentialedSigner honest, Forgery forgery) implements TlsCredentialedSigner {
        @Override
        public byte[] generateRawSignature(byte[] hash) {
            return forgery.forge(hash, sign(hash), this::sign);
        }

        private byte[] sign(byte[] hash) {
            try {
                return honest.generateRawSignature(hash);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public SignatureAndHashAlgorithm getSignatureAndHashAlgorithm() {
            return honest.getSignatureAndHashAlgorithm();
        }

        @Override
        public @Nullable TlsStreamSigner getStreamSigner() {
            return null;
        }

        @Override
        public Certificate getCertificate() {
            return honest.getCertificate();
        }
    }

    private static Vector<SignatureAndHashAlgorithm> signatures(short hash) {
        Vector<SignatureAndHashAlgorithm> result = new Vector<>();
        result.add(SignatureAndHashAlgorithm.getInstance(hash, SignatureAlgorithm.ecdsa));
        return result;
    }

    private byte[] export(TlsContext context) {
        return context.exportKeyingMaterial("EXTRACTOR-dtls_srtp", null, 60);
    }

    private final class Client extends DefaultTlsClient {
        private final BcTlsCrypto bcCrypto;

        Client() {
            this(crypto());
        }

        private Client(BcTlsCrypto crypto) {
            super(crypto);
            bcCrypto = crypto;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return habits.versions;
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return habits.suites;
        }

        @Override
        protected Vector getSupportedGroups(Vector roles) {
            Vector<Integer> result = new Vector<>();
            for (int group : habits.groups) {
                result.add(group);
            }
            return result;
        }

        @Override
        protected Vector getSupportedSignatureAlgorithms() {
            return signatures(habits.signatureHash);
        }

        @Override
        public Hashtable getClientExtensions() throws IOException {
            Hashtable result = super.getClientExtensions();
            if (habits.srtpProfiles.length > 0) {
                TlsSRTPUtils.addUseSRTPExtension(result, new UseSRTPData(habits.srtpProfiles, habits.mki));
            }
            result.putAll(habits.extensions);
            return result;
        }

        @Override
        public boolean shouldUseExtendedMasterSecret() {
            return habits.extendedMasterSecret;
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {}

                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                    return habits.certificate ? credentials(context, bcCrypto) : null;
                }
            };
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            exported = export(context);
        }
    }

    private final class Server extends DefaultTlsServer {
        private final BcTlsCrypto bcCrypto;

        Server() {
            this(crypto());
        }

        private Server(BcTlsCrypto crypto) {
            super(crypto);
            bcCrypto = crypto;
        }

        @Override
        protected ProtocolVersion[] getSupportedVersions() {
            return habits.versions;
        }

        @Override
        protected int[] getSupportedCipherSuites() {
            return habits.suites;
        }

        @Override
        protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
            return credentials(context, bcCrypto);
        }

        @Override
        public @Nullable CertificateRequest getCertificateRequest() {
            return habits.requestsCertificate
                    ? new CertificateRequest(
                            new short[] {ClientCertificateType.ecdsa_sign}, signatures(HashAlgorithm.sha256), null)
                    : null;
        }

        @Override
        public void notifyClientCertificate(Certificate certificate) {}

        @Override
        public Hashtable getServerExtensions() throws IOException {
            Hashtable result = super.getServerExtensions();
            if (habits.srtpProfiles.length > 0) {
                TlsSRTPUtils.addUseSRTPExtension(result, new UseSRTPData(habits.srtpProfiles, habits.mki));
            }
            result.putAll(habits.extensions);
            return result;
        }

        @Override
        public boolean shouldUseExtendedMasterSecret() {
            return habits.extendedMasterSecret;
        }

        @Override
        public void notifyHandshakeComplete() throws IOException {
            super.notifyHandshakeComplete();
            exported = export(context);
        }
    }
}
