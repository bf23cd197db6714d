package dev.yodel.interop.turn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate for one address, made by the JDK's keytool, as OpenSSL's files and as a JDK's trust. */
public final class TestCertificate {
    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "server";

    private final KeyStore keys;
    private final Path certificatePem;
    private final Path keyPem;

    private TestCertificate(KeyStore keys, Path certificatePem, Path keyPem) {
        this.keys = keys;
        this.certificatePem = certificatePem;
        this.keyPem = keyPem;
    }

    /**
     * Makes one.
     *
     * @param folder where its files go
     * @param subject its subject alternative name, such as {@code ip:127.0.0.1}
     */
    public static TestCertificate create(Path folder, String subject)
            throws IOException, GeneralSecurityException, InterruptedException {
        final Path store = folder.resolve("server.p12");
        final Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=" + subject,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(folder.resolve("keytool.log")));
        }
        final KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        final Path certificatePem = folder.resolve("certificate.pem");
        final Path keyPem = folder.resolve("key.pem");
        Files.writeString(
                certificatePem, pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
        Files.writeString(
                keyPem,
                pem("PRIVATE KEY", keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
        return new TestCertificate(keys, certificatePem, keyPem);
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }

    public Path certificatePem() {
        return certificatePem;
    }

    /** The SHA-256 hash of its public key in Base64, as browsers' lists of pinned keys have it. */
    public String keyHash() throws GeneralSecurityException {
        return Base64.getEncoder()
                .encodeToString(sha256(keys.getCertificate(ALIAS).getPublicKey().getEncoded()));
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    public Path keyPem() {
        return keyPem;
    }

    /** A context of a server that has this certificate. */
    public SSLContext serverContext() throws GeneralSecurityException {
        final KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        return context;
    }

    /** A store with this certificate and no other. */
    public KeyStore trustStore() throws GeneralSecurityException, IOException {
        final KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        return trusted;
    }

    /** A context that trusts this certificate and no other. */
    public SSLContext trustingContext() throws GeneralSecurityException, IOException {
        final TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trustStore());
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
