package dev.yodel.examples.whip;

import dev.yodel.examples.NetworkOptions;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.whip.WhipClient;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What publishing and playing have in common: the token, and how to connect. */
final class WhipOptions {
    @Option(names = "--token", paramLabel = "TOKEN", description = "The bearer token of the server.")
    private @Nullable String token;

    @Option(
            names = "--use-ice-servers",
            description = "Use the STUN and TURN servers that the server tells. Without this none is contacted that you"
                    + " did not name.")
    private boolean useIceServers;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    /** The address of an endpoint. */
    static final class Endpoint implements ITypeConverter<URI> {
        /** What the address says when none was given; it is never reached. */
        static final URI NONE = URI.create("http://none.invalid/");

        @Override
        public URI convert(String url) {
            try {
                final URI uri = new URI(url);
                final boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (http && uri.getHost() != null) {
                    return uri;
                }
            } catch (URISyntaxException e) {
                throw new TypeConversionException(WORDS + url + ": " + e.getMessage());
            }
            throw new TypeConversionException(WORDS + url);
        }
    }

    private static final String WORDS = "must look like http://host:port/whip/name, was ";

    PeerConnectionFactory factory() {
        return PeerConnectionFactory.builder().settings(network.settings()).build();
    }

    PeerConnection connection(PeerConnectionFactory factory) {
        return factory.newPeerConnection(network.bundled());
    }

    WhipClient client(URI endpoint, PeerConnection connection) {
        final WhipClient.Builder builder = WhipClient.builder(endpoint, connection);
        if (token != null) {
            builder.token(token);
        }
        return useIceServers ? builder.useIceServers().build() : builder.build();
    }
}
