package dev.yodel.interop.turn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for one address, self-signed by the JDK's keytool or signed by OpenSSL, as OpenSSL's files and as a
 * JDK's trust.
 */
public final class TestCertificate {
    private static final String PASSWORD = "changeit";
    private static final String ALIAS = "server";
    private static final String AUTHORITY = "authority.pem";

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

    /**
     * Makes one that an authority of its own has signed, by OpenSSL: there are browsers that trust authorities only.
     *
     * @param folder where its files go
     * @param subject its subject alternative name, such as {@code IP:127.0.0.1}
     */
    public static TestCertificate signed(Path folder, String subject)
            throws IOException, GeneralSecurityException, InterruptedException {
        final Path authority = folder.resolve(AUTHORITY);
        final Path authorityKey = folder.resolve("authority-key.pem");
        final Path request = folder.resolve("request.pem");
        final Path extensions = folder.resolve("extensions");
        final Path certificatePem = folder.resolve("certificate.pem");
        final Path keyPem = folder.resolve("key.pem");
        Files.writeString(extensions, "subjectAltName=" + subject + "\nextendedKeyUsage=serverAuth\n");
        final String[] newKey = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout"};
        openssl(folder, "req -x509 -days 30 -subj /CN=authority", newKey, authorityKey, "-out", authority);
        openssl(folder, "req -subj /CN=test", newKey, keyPem, "-out", request);
        openssl(
                folder,
                "x509 -req -days 30 -CAcreateserial",
                new String[0],
                "-in",
                request,
                "-CA",
                authority,
                "-CAkey",
                authorityKey,
                "-extfile",
                extensions,
                "-out",
                certificatePem);
        final Certificate certificate = read(certificatePem);
        final byte[] key =
                Base64.getMimeDecoder().decode(Files.readString(keyPem).replaceAll("-----[A-Z ]+-----", ""));
        final KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                ALIAS,
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                PASSWORD.toCharArray(),
                new Certificate[] {certificate, read(authority)});
        return new TestCertificate(keys, certificatePem, keyPem);
    }

    private static Certificate read(Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static void openssl(Path folder, String first, String[] then, Object... last)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(first.split(" ")));
        command.addAll(List.of(then));
        for (final Object each : last) {
            command.add(each.toString());
        }
        final Path log = folder.resolve("openssl.log");
        final Process openssl = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!openssl.waitFor(60, TimeUnit.SECONDS) || openssl.exitValue() != 0) {
            throw new IOException(command + ": " + Files.readString(log));
        }
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

    /** The authority's own certificate, where it was {@link #signed}. */
    public Path authorityPem() {
        return certificatePem.resolveSibling(AUTHORITY);
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
