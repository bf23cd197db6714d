package dev.yodel.examples.turn;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Reads a server's key and certificates from a file. */
final class TlsKeys {
    private TlsKeys() {}

    static SSLContext load(@Nullable Path file, String password) throws IOException, GeneralSecurityException {
        final File path = Objects.requireNonNull(file, "--tls-keystore").toFile();
        final char[] secret = password.toCharArray();
        // Finds out by itself whether it is PKCS #12 or JKS.
        final KeyStore store = KeyStore.getInstance(path, secret);
        final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, secret);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
