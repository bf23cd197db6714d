package dev.yodel.examples.turn;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A server's key and certificates: read from a file, or made for the occasion.
 *
 * @param context speaks TLS with them
 * @param ownFingerprint SHA-256 of a certificate that nobody but ourselves has signed; empty if it came from a file
 */
record TlsKeys(SSLContext context, String ownFingerprint) {
    private static final String ALIAS = "turn";
    private static final String PASSWORD_VARIABLE = "YODEL_NEW_KEY";

    static TlsKeys load(Path file, String password) throws IOException, GeneralSecurityException {
        final char[] secret = password.toCharArray();
        // Finds out by itself whether it is PKCS #12 or JKS.
        return new TlsKeys(context(KeyStore.getInstance(file.toFile(), secret), secret), "");
    }

    /** A key that lives as long as the server, made by the JDK's keytool, with a certificate for these addresses. */
    static TlsKeys make(Collection<InetAddress> addresses)
            throws IOException, GeneralSecurityException, InterruptedException {
        final Path folder = Files.createTempDirectory("yodel-turn");
        final Path file = folder.resolve("turn.p12");
        try {
            final String password = UUID.randomUUID().toString();
            keytool(
                    password,
                    file,
                    addresses.stream()
                            .map(address -> "ip:" + address.getHostAddress().replaceFirst("%.*", ""))
                            .collect(Collectors.joining(",")));
            final KeyStore store = KeyStore.getInstance(file.toFile(), password.toCharArray());
            final byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(store.getCertificate(ALIAS).getEncoded());
            return new TlsKeys(
                    context(store, password.toCharArray()),
                    HexFormat.ofDelimiter(":").withUpperCase().formatHex(hash));
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    private static void keytool(String password, Path file, String names) throws IOException, InterruptedException {
        final ProcessBuilder keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "365",
                "-dname",
                "CN=yodel turn",
                "-ext",
                "san=" + names,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass:env",
                PASSWORD_VARIABLE);
        keytool.environment().put(PASSWORD_VARIABLE, password);
        final Process process = keytool.redirectErrorStream(true).start();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("keytool: " + said.trim());
        }
    }

    private static SSLContext context(KeyStore store, char[] secret) throws GeneralSecurityException {
        final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, secret);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
