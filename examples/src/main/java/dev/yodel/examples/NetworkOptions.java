package dev.yodel.examples;

import dev.yodel.webrtc.BundlePolicy;
import dev.yodel.webrtc.Configuration;
import dev.yodel.webrtc.IceServer;
import dev.yodel.webrtc.IceTransportPolicy;
import dev.yodel.webrtc.PacketTap;
import dev.yodel.webrtc.Settings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of all commands that connect: by which servers and addresses. */
public final class NetworkOptions {
    @Option(
            names = "--stun",
            paramLabel = "HOST:PORT",
            converter = StunConverter.class,
            description = "A STUN server, for calls through NATs. May be repeated.")
    private List<IceServer> stun = List.of();

    @Option(
            names = "--turn",
            paramLabel = "turn:USER:PASS@HOST:PORT[?transport=udp|tcp]",
            converter = TurnConverter.class,
            description = "A TURN server, for networks that let no direct path through; turns: is by TLS."
                    + " May be repeated.")
    private List<IceServer> turn = List.of();

    @Option(names = "--relay-only", description = "Use nothing but the addresses that TURN servers give.")
    private boolean relayOnly;

    @Option(
            names = "--public-address",
            paramLabel = "ADDR[:PORT]",
            description = "Where others reach this machine through a NAT or a container's published port.")
    private String publicAddress = "";

    @Option(names = "--udp-port", paramLabel = "N", description = "Send and receive everything on this UDP port.")
    private int udpPort;

    /**
     * What W3C has no name for.
     *
     * @return the settings of the factory
     * @throws IllegalArgumentException if an option is wrong
     */
    public Settings settings() {
        return builder(false, null).build();
    }

    /**
     * The port that everything is sent and received on.
     *
     * @return 0 if each connection has its own
     */
    public int udpPort() {
        return udpPort;
    }

    /**
     * Whether nothing but relays is to be used.
     *
     * @return the option
     */
    public boolean relayOnly() {
        return relayOnly;
    }

    /**
     * What W3C has no name for, of a server that forwards to many.
     *
     * @param tcp whether to listen for peers' TCP connections too, on the number of the UDP port
     * @param batchedSends whether packets leave together where the system lets them
     * @return the settings of the factory
     * @throws IllegalArgumentException if an option is wrong
     */
    public Settings settings(boolean tcp, boolean batchedSends) {
        final Settings.Builder settings = builder(tcp, null);
        return (batchedSends ? settings.batchedSends() : settings).build();
    }

    /**
     * What W3C has no name for.
     *
     * @param tap sees the packets in the clear; null for nobody
     * @return the settings of the factory
     * @throws IllegalArgumentException if an option is wrong
     */
    public Settings settings(@Nullable PacketTap tap) {
        return builder(false, tap).build();
    }

    /**
     * What W3C has no name for, of a server that forwards what publishers offer: all simulcast layers are taken, and who
     * sends but answers no checks, as FFmpeg does, is listened to all the same.
     *
     * @param tap sees the packets in the clear; null for nobody
     * @param publishers whether there are publishers
     * @return the settings of the factory
     * @throws IllegalArgumentException if an option is wrong
     */
    public Settings settings(@Nullable PacketTap tap, boolean publishers) {
        final Settings.Builder settings = builder(false, tap);
        if (publishers) {
            settings.receiveSimulcast().ice(ice -> ice.receiveWithoutConsent(true));
        }
        return settings.build();
    }

    private Settings.Builder builder(boolean tcp, @Nullable PacketTap tap) {
        final Settings.Builder settings = Settings.builder();
        if (tap != null) {
            settings.packetTap(tap);
        }
        if (!publicAddress.isEmpty()) {
            settings.ice(ice -> ice.publicAddress(publicAddress));
        }
        if (udpPort != 0) {
            settings.udpMux(udpPort, 1);
            if (tcp) {
                settings.tcpMux(udpPort, 1);
            }
        }
        return settings;
    }

    /**
     * What W3C has a name for.
     *
     * @return the configuration of every connection
     */
    public Configuration configuration() {
        return configuration(BundlePolicy.BALANCED);
    }

    /**
     * The same for WHIP and WHEP, where everything goes over one transport.
     *
     * @return the configuration of every connection
     */
    public Configuration bundled() {
        return configuration(BundlePolicy.MAX_BUNDLE);
    }

    private Configuration configuration(BundlePolicy bundle) {
        final List<IceServer> servers = new ArrayList<>(stun);
        servers.addAll(turn);
        return Configuration.builder()
                .iceServers(servers.toArray(new IceServer[0]))
                .bundlePolicy(bundle)
                .iceTransportPolicy(relayOnly ? IceTransportPolicy.RELAY : IceTransportPolicy.ALL)
                .build();
    }

    /** Reads {@code host:port}. */
    static final class StunConverter implements ITypeConverter<IceServer> {
        @Override
        public IceServer convert(String text) {
            final int colon = text.lastIndexOf(':');
            if (colon < 1 || !isPort(text.substring(colon + 1))) {
                throw new TypeConversionException("must look like host:port, was " + text);
            }
            return IceServer.of("stun:" + text);
        }

        private static boolean isPort(String text) {
            try {
                final int port = Integer.parseInt(text);
                return port > 0 && port < 65_536;
            } catch (NumberFormatException e) {
                return false;
            }
        }
    }

    /** Reads {@code turn:user:pass@host:port}; no message repeats what was given, for it holds a password. */
    static final class TurnConverter implements ITypeConverter<IceServer> {
        @Override
        public IceServer convert(String text) {
            final int scheme = text.indexOf(':');
            final int at = text.lastIndexOf('@');
            final int colon = text.indexOf(':', scheme + 1);
            final boolean turn = text.startsWith("turn:") || text.startsWith("turns:");
            if (!turn || colon < 0 || at < colon || colon == scheme + 1 || at == text.length() - 1) {
                throw new TypeConversionException("must look like turn:USER:PASS@HOST:PORT?transport=udp");
            }
            final String url = text.substring(0, scheme + 1) + text.substring(at + 1);
            return IceServer.of(url, text.substring(scheme + 1, colon), text.substring(colon + 1, at));
        }
    }
}
