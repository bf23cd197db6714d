package dev.yodel.ice;

import dev.yodel.io.NetworkAddress;
import java.net.InetSocketAddress;

/** Which of our candidates of one type is better (RFC 8445 section 5.1.2.1: the local preference, 0 to 65535)? */
final class LocalPreference {
    private static final int BEST = 65535;
    private static final int TUNNEL = 32768;

    private LocalPreference() {}

    /** RFC 8421 section 4: IPv6 before IPv4 of equal rank; tunnels after plain interfaces. */
    static int of(NetworkAddress address, int rank) {
        int preference = BEST - 4 * Math.min(rank, 4000);
        if (address.address().getAddress().length == 4) {
            preference -= 2;
        }
        return address.pointToPoint() ? preference - TUNNEL : preference;
    }

    /** UDP before TCP before TLS, then in the order given; IPv6 before IPv4 (RFC 8421 section 4). */
    static int ofRelay(IceOptions options, TurnServer server, InetSocketAddress relayed) {
        int detour =
                switch (server.transport()) {
                    case UDP -> 0;
                    case TCP -> 1;
                    case TLS -> 2;
                };
        int rank = Math.max(0, Math.min(options.turnServers().indexOf(server), 1000));
        return BEST - 16384 * detour - 2 * rank - (relayed.getAddress().getAddress().length == 4 ? 1 : 0);
    }
}
