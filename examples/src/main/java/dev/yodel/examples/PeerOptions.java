package dev.yodel.examples;

import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.PeerConnectionFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of the commands that meet one other peer: how long it is waited for, by which servers and addresses. */
public final class PeerOptions {
    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long to wait for the other side, and then for the connection; 0 for ever.")
    private int wait;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    /**
     * How long to wait.
     *
     * @return seconds, 0 for ever; less than that is a wrong option
     */
    public int waitSeconds() {
        return wait;
    }

    /**
     * What W3C has a name for.
     *
     * @return the configuration of the connection
     */
    public Configuration configuration() {
        return network.configuration();
    }

    /**
     * Makes the factory of the connection.
     *
     * @return to be closed by the caller
     * @throws IllegalArgumentException if an option is wrong
     */
    public PeerConnectionFactory factory() {
        return PeerConnectionFactory.builder().settings(network.settings()).build();
    }
}
