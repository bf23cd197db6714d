package dev.yodel.examples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the servers that speak TLS: whose key and certificates. */
public final class KeyStoreOptions {
    @Option(
            names = "--tls-keystore",
            paramLabel = "FILE",
            description =
                    "PKCS #12 or JKS file with the server's key and certificates, for TLS: browsers want HTTPS before"
                            + " they open camera and microphone for other machines.")
    private @Nullable Path file;

    @Option(
            names = "--tls-password",
            paramLabel = "PASS",
            defaultValue = "${env:YODEL_TLS_PASSWORD:-}",
            description = "The key store's password; better by the environment variable YODEL_TLS_PASSWORD.")
    private String password = "";

    /**
     * The key store.
     *
     * @return null for no TLS
     */
    public @Nullable Path file() {
        return file;
    }

    /**
     * Its password.
     *
     * @return a secret; empty if there is none
     */
    public String password() {
        return password;
    }
}
