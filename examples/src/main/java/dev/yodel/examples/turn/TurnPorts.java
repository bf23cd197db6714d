package dev.yodel.examples.turn;

import dev.yodel.ice.loop.TurnServerSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Opens the doors of a TURN server, and tells the console of each. */
final class TurnPorts {
    private final TurnServerSocket server;
    private final TurnConsole console;

    TurnPorts(TurnServerSocket server, TurnConsole console) {
        this.server = server;
        this.console = console;
    }

    void open(InetAddress address, int port, int tlsPort, @Nullable SSLContext tls) throws IOException {
        final InetSocketAddress udp =
                opened(address, port, "UDP", () -> server.listenUdp(new InetSocketAddress(address, port)));
        console.listens("turn", udp, "udp");
        // The same port for both, as clients expect, also when the system chose it.
        final InetSocketAddress tcp = opened(
                address, udp.getPort(), "TCP", () -> server.listenTcp(new InetSocketAddress(address, udp.getPort())));
        console.listens("turn", tcp, "tcp");
        if (tls != null) {
            console.listens(
                    "turns",
                    opened(
                            address,
                            tlsPort,
                            "TLS",
                            () -> server.listenTls(new InetSocketAddress(address, tlsPort), tls)),
                    "tcp");
        }
    }

    /** The second ports of RFC 5780. */
    void openAlternates(List<InetAddress> addresses, int port) throws IOException {
        final int alternate = port + 1;
        if (port == 0 || alternate > 65_535) {
            throw new IllegalArgumentException("NAT discovery needs a --port from 1 to 65534 on both addresses");
        }
        for (final InetAddress address : addresses) {
            opened(address, alternate, "UDP", () -> server.listenUdp(new InetSocketAddress(address, alternate)));
        }
        console.discovers(addresses, port, alternate);
    }

    private interface Opening {
        InetSocketAddress open() throws IOException;
    }

    private static InetSocketAddress opened(InetAddress address, int port, String what, Opening opening)
            throws IOException {
        try {
            return opening.open();
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen on " + what + " " + address.getHostAddress() + " port " + port + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
