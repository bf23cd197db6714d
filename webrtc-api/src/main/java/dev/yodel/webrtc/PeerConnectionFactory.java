package dev.yodel.webrtc;

import dev.yodel.dtls.DtlsEndpointFactory;
import dev.yodel.io.Environment;
import dev.yodel.webrtc.internal.FactoryCore;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections and owns what they share: loops, sockets' threads, the DTLS provider, multicast DNS. Any thread. An
 * application needs one, and closes it at its end.
 */
public final class PeerConnectionFactory implements AutoCloseable {
    private final FactoryCore core;

    private PeerConnectionFactory(Builder builder) {
        core = new FactoryCore(builder.settings, builder.environment, builder.dtls);
    }

    /**
     * A factory with the default settings over real sockets.
     *
     * @return the factory, with its threads running
     */
    public static PeerConnectionFactory create() {
        return builder().build();
    }

    /**
     * A factory to be configured.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A connection with the default configuration: host candidates only, a fresh certificate.
     *
     * @return the connection
     */
    public PeerConnection newPeerConnection() {
        return newPeerConnection(Configuration.DEFAULT);
    }

    /**
     * A connection.
     *
     * @param configuration W3C's dictionary
     * @return the connection, which does nothing yet
     * @throws SyntaxException if a server's URL cannot be read
     * @throws NotSupportedException for TURN servers and the policy {@code relay}
     * @throws InvalidAccessException if the certificate has expired
     * @throws InvalidStateException if the factory is closed
     */
    public PeerConnection newPeerConnection(Configuration configuration) {
        return core.newPeerConnection(Objects.requireNonNull(configuration, "configuration"));
    }

    /**
     * A connection on the event loop of another one, so that relaying between them copies nothing and wakes nobody.
     *
     * @param configuration W3C's dictionary
     * @param near a connection of this factory
     * @return the connection, which does nothing yet
     * @throws IllegalArgumentException if the other one belongs to another factory
     */
    public PeerConnection newPeerConnection(Configuration configuration, PeerConnection near) {
        return core.newPeerConnection(
                Objects.requireNonNull(configuration, "configuration"), Objects.requireNonNull(near, "near"));
    }

    /**
     * W3C's static RTCPeerConnection.generateCertificate: a certificate for several connections, valid for 30 days.
     *
     * @return the certificate, made on another thread
     */
    public CompletableFuture<Certificate> generateCertificate() {
        return generateCertificate(KeygenAlgorithm.ecdsa());
    }

    /**
     * W3C's static RTCPeerConnection.generateCertificate.
     *
     * @param keygenAlgorithm {@link KeygenAlgorithm#ecdsa()} or {@link KeygenAlgorithm#rsa()}
     * @return the certificate, made on another thread; fails with {@link NotSupportedException} for another
     *     algorithm, curve or hash, and with {@link IllegalArgumentException} if a parameter is missing or negative
     */
    public CompletableFuture<Certificate> generateCertificate(KeygenAlgorithm keygenAlgorithm) {
        return core.generateCertificate(Objects.requireNonNull(keygenAlgorithm, "keygenAlgorithm"));
    }

    /**
     * W3C's static RTCPeerConnection.generateCertificate with an algorithm's name alone. No algorithm that makes
     * certificates can do without parameters, so this always fails.
     *
     * @param keygenAlgorithm a name of WebCrypto
     * @return fails with {@link NotSupportedException} or {@link IllegalArgumentException}
     */
    public CompletableFuture<Certificate> generateCertificate(String keygenAlgorithm) {
        return generateCertificate(new KeygenAlgorithm(keygenAlgorithm, null, null, null, null, null));
    }

    /** Closes all connections and waits, at most 2 s, until their threads and sockets are gone. */
    @Override
    public void close() {
        core.close();
    }

    /** Builds factories. Not for sharing between threads. */
    public static final class Builder {
        private Settings settings = Settings.DEFAULT;
        private @Nullable Environment environment;
        private @Nullable DtlsEndpointFactory dtls;

        private Builder() {}

        /**
         * Sets what W3C has no name for.
         *
         * @param value the settings
         * @return this
         */
        public Builder settings(Settings value) {
            settings = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Uses another world than real sockets: the simulator's, or a shared one. The factory does not close it.
         *
         * @param value the environment
         * @return this
         */
        public Builder environment(Environment value) {
            environment = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Uses another DTLS than Bouncy Castle's: the simulated one in virtual time.
         *
         * @param value makes the endpoints
         * @return this
         */
        public Builder dtls(DtlsEndpointFactory value) {
            dtls = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Starts it.
         *
         * @return the factory
         */
        public PeerConnectionFactory build() {
            return new PeerConnectionFactory(this);
        }
    }
}
