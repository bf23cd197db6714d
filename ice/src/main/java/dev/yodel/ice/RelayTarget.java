package dev.yodel.ice;

import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One address of a TURN server, and the attempts to get an allocation there: from one address of ours after the
 * other, since the first may lead nowhere. It opens nothing itself.
 */
final class RelayTarget {
    final TurnServer server;
    final InetSocketAddress address;
    /** Where the proxy is that leads there, null for none. */
    @Nullable
    InetSocketAddress proxyAddress;
    /** What the certificate must be for. */
    final String hostName;
    /** Where servers have sent us from before (RFC 8489 section 10). */
    final List<InetSocketAddress> visited;
    /** Addresses of ours that were not tried yet. */
    final ArrayDeque<InetAddress> locals;

    final List<RelaySocket> attempts = new ArrayList<>();
    long nextAttemptAt = Time.NEVER;
    boolean done;

    RelayTarget(
            TurnServer server,
            InetSocketAddress address,
            String hostName,
            List<InetSocketAddress> visited,
            List<InetAddress> locals) {
        this.server = server;
        this.address = address;
        this.hostName = hostName;
        this.visited = List.copyOf(visited);
        this.locals = new ArrayDeque<>(locals);
    }

    /** The target that a server has named instead of this one; null if we must not go there. */
    @Nullable
    RelayTarget redirected(
            InetSocketAddress alternate,
            @Nullable String domain,
            int mostRedirects,
            AddressPolicy policy,
            List<InetAddress> from) {
        if (address.isUnresolved()) {
            // Behind a proxy there is nothing to compare with.
            return null;
        }
        List<InetSocketAddress> before = new ArrayList<>(visited);
        before.add(address);
        boolean sameFamily = alternate.getAddress().getAddress().length
                == address.getAddress().getAddress().length;
        // The answer was not authenticated: it must not send us to where signaling could not send us either.
        boolean allowed = policy.allows(alternate, address.getAddress().isLoopbackAddress());
        if (!sameFamily || !allowed || before.contains(alternate) || before.size() > mostRedirects) {
            return null;
        }
        return new RelayTarget(server, alternate, domain == null ? hostName : domain, before, from);
    }
}
