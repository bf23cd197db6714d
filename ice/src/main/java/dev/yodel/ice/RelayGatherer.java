package dev.yodel.ice;

import dev.yodel.ice.turn.TurnClient;
import dev.yodel.io.Datagram;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.RandomSource;
import dev.yodel.io.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which relayed addresses do the configured TURN servers give us (RFC 8656, RFC 8445 section 5.1.1.2)? All servers are asked
 * side by side, each from a socket of its own per family: on the first usable address of that family.
 */
final class RelayGatherer {
    /** Told what was found. */
    interface Owner {
        /** Opens a socket for a server. */
        Base openRelay(InetAddress local, TurnServer server);

        void allocated(Base base, TurnServer server, InetSocketAddress relayed, InetSocketAddress mapped, long now);

        void relayFailed(@Nullable Base base, TurnServer server, int code, String text, long now);
    }

    private static final class Entry {
        final Base base;
        final TurnServer server;
        final TurnClient client;
        boolean allocated;

        Entry(Base base, TurnServer server, TurnClient client) {
            this.base = base;
            this.server = server;
            this.client = client;
        }
    }

    private final IceOptions options;
    private final Outbox out;
    private final RandomSource random;
    private final Owner owner;
    private final Map<Integer, TurnServer> lookups = new HashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private List<NetworkAddress> usable = List.of();

    RelayGatherer(IceOptions options, Outbox out, RandomSource random, Owner owner) {
        this.options = options;
        this.out = out;
        this.random = random;
        this.owner = owner;
    }

    boolean isDone() {
        if (!lookups.isEmpty()) {
            return false;
        }
        for (Entry entry : entries) {
            if (entry.client.state() == TurnClient.State.NEW || entry.client.state() == TurnClient.State.ALLOCATING) {
                return false;
            }
        }
        return true;
    }

    void begin(List<NetworkAddress> addresses) {
        usable = List.copyOf(addresses);
        for (TurnServer server : options.turnServers()) {
            InetAddress literal = AddressLiteral.parse(server.host());
            if (literal == null) {
                lookups.put(out.resolve(server.host()), server);
            } else {
                open(server, List.of(literal));
            }
        }
    }

    boolean handleResolved(int lookupId, List<InetAddress> addresses, long now) {
        TurnServer server = lookups.remove(lookupId);
        if (server == null) {
            return false;
        }
        if (addresses.isEmpty()) {
            owner.relayFailed(null, server, 701, "the name " + server.host() + " does not resolve", now);
        }
        open(server, addresses);
        return true;
    }

    /** One socket for the first address of each family that we have too. */
    private void open(TurnServer server, List<InetAddress> addresses) {
        boolean[] done = new boolean[2];
        for (InetAddress address : addresses) {
            int family = address.getAddress().length == 4 ? 0 : 1;
            InetAddress local = done[family] ? null : localFor(address);
            if (local != null) {
                done[family] = true;
                Base base = owner.openRelay(local, server);
                TurnClient client = new TurnClient(
                        new InetSocketAddress(address, server.port()), server.username(), server.password(), random);
                base.relay = client;
                entries.add(new Entry(base, server, client));
            }
        }
    }

    private @Nullable InetAddress localFor(InetAddress server) {
        for (NetworkAddress own : usable) {
            InetAddress address = own.address();
            if (address.getAddress().length == server.getAddress().length
                    && own.loopback() == server.isLoopbackAddress()) {
                return address;
            }
        }
        return null;
    }

    void opened(Base base, long now) {
        Entry entry = entry(base);
        if (entry != null) {
            entry.client.allocate(now);
            settle(entry, now);
        }
    }

    /** A datagram came to a relay's socket; true if it is a peer's and the view was moved onto it. */
    boolean receive(Base base, Datagram datagram, long now) {
        Entry entry = entry(base);
        if (entry == null) {
            return false;
        }
        boolean data = entry.client.receive(datagram, now);
        settle(entry, now);
        return data;
    }

    void send(Base base, InetSocketAddress peer, byte[] data, long now) {
        Entry entry = entry(base);
        if (entry != null) {
            entry.client.send(peer, data, 0, data.length, now);
            settle(entry, now);
        }
    }

    void bindChannel(Base base, InetSocketAddress peer, long now) {
        Entry entry = entry(base);
        if (entry != null) {
            entry.client.bindChannel(peer, now);
            settle(entry, now);
        }
    }

    /** Hands out what the client wrote, and tells what became of it. */
    void settle(Base base, long now) {
        Entry entry = entry(base);
        if (entry != null) {
            settle(entry, now);
        }
    }

    private void settle(Entry entry, long now) {
        TurnClient client = entry.client;
        byte[] data = client.pollTransmit();
        while (data != null) {
            out.send(new IceTransmit(entry.base.socketId, data, client.server()));
            data = client.pollTransmit();
        }
        InetSocketAddress relayed = client.relayed();
        if (client.state() == TurnClient.State.ALLOCATED && !entry.allocated && relayed != null) {
            entry.allocated = true;
            InetSocketAddress mapped = client.mapped();
            owner.allocated(entry.base, entry.server, relayed, mapped == null ? relayed : mapped, now);
        } else if (client.state() == TurnClient.State.FAILED) {
            entries.remove(entry);
            owner.relayFailed(entry.base, entry.server, client.errorCode(), client.errorText(), now);
        }
    }

    private @Nullable Entry entry(Base base) {
        for (Entry entry : entries) {
            if (entry.base == base) {
                return entry;
            }
        }
        return null;
    }

    void baseClosed(Base base) {
        entries.removeIf(entry -> entry.base == base);
    }

    void handleTimeout(long now) {
        for (Entry entry : List.copyOf(entries)) {
            if (entry.client.nextTimeout() <= now) {
                entry.client.handleTimeout(now);
                settle(entry, now);
            }
        }
    }

    long nextTimeout() {
        long next = Time.NEVER;
        for (Entry entry : entries) {
            next = Math.min(next, entry.client.nextTimeout());
        }
        return next;
    }

    /** Gives the allocations back. */
    void close(long now) {
        lookups.clear();
        for (Entry entry : entries) {
            entry.client.close(now);
            byte[] data = entry.client.pollTransmit();
            while (data != null) {
                out.send(new IceTransmit(entry.base.socketId, data, entry.client.server()));
                data = entry.client.pollTransmit();
            }
        }
        entries.clear();
    }
}
