package dev.yodel.ice.loop;

import dev.yodel.ice.IceOptions;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link IceConnection} may be told. Immutable.
 *
 * @param ice the agent's options
 * @param mdns resolves {@code .local} candidates, shared by all connections of an environment; null to ignore them
 * @param tls whom to trust as a server over TLS; null for the JDK's default
 * @param mux the port that the connections of a loop share, on the same loop as they; null if each has its own
 * @param tcpMux the same for TCP candidates
 */
public record IceConnectionOptions(
        IceOptions ice,
        @Nullable MdnsService mdns,
        @Nullable SSLContext tls,
        @Nullable IceUdpMux mux,
        @Nullable IceTcpMux tcpMux) {
    /** The agent's defaults, without multicast DNS. */
    public static final IceConnectionOptions DEFAULT = new IceConnectionOptions(IceOptions.DEFAULT, null);

    /**
     * Options with the JDK's default trust.
     *
     * @param ice the agent's options
     * @param mdns resolves {@code .local} candidates; null to ignore them
     */
    public IceConnectionOptions(IceOptions ice, @Nullable MdnsService mdns) {
        this(ice, mdns, null, null, null);
    }
}
