package dev.yodel.examples.web;

import java.net.InetSocketAddress;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command's page and WebSockets listen, and whose pages may use them. */
public final class ListenOptions {
    @Option(
            names = "--listen",
            paramLabel = "ADDR",
            defaultValue = "localhost",
            description =
                    "Address to listen on (default: ${DEFAULT-VALUE}). 0.0.0.0 lets other machines in, but browsers"
                            + " open the microphone only for pages of localhost, or by https.")
    private String listen = "localhost";

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "8080",
            description = "Port to listen on; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private int port = 8080;

    @Option(
            names = "--allow-origin",
            paramLabel = "ORIGIN",
            description = "A further origin whose pages may use this server, such as https://example.org.")
    private List<String> origins = List.of();

    /**
     * Where to listen.
     *
     * @return an address, unresolved if the name is unknown
     * @throws IllegalArgumentException if the port is none
     */
    public InetSocketAddress address() {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("--port is a number from 0 to 65535");
        }
        return new InetSocketAddress(listen, port);
    }

    /**
     * Whose pages may open WebSockets here.
     *
     * @return the rule
     */
    public OriginRule origins() {
        return new OriginRule(origins);
    }
}
