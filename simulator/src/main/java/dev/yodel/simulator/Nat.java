package dev.yodel.simulator;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network address translator between its {@link #inside()} and the network it was added to. It translates IPv4 UDP and
 * TCP; it has no application gateways, passes ICMP errors on and sends none. RFC 4787, and RFC 5382 for TCP in the
 * same way.
 */
public final class Nat {
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 65_536 - FIRST_PORT;

    /** What a mapping belongs to; the remote parts are null where the behaviour does not look at them. */
    private record Key(
            Packet.Protocol protocol,
            InetSocketAddress inner,
            @Nullable InetAddress remoteAddress,
            @Nullable Integer remotePort) {}

    private record Outer(Packet.Protocol protocol, int port) {}

    private static final class Mapping {
        final Key key;
        final InetSocketAddress outer;
        final Set<InetAddress> addressesSentTo = new HashSet<>();
        final Set<InetSocketAddress> endpointsSentTo = new HashSet<>();
        long lastUsed;

        Mapping(Key key, InetSocketAddress outer) {
            this.key = key;
            this.outer = outer;
        }
    }

    private final Simulator simulator;
    private final String name;
    private final NatBehaviour behaviour;
    private final Network outside;
    private final Attachment outer;
    private final Network inside;
    private final SeededRandom random;
    private final Map<Key, Mapping> byKey = new HashMap<>();
    private final Map<Outer, Mapping> byOuter = new HashMap<>();
    private int nextPort = FIRST_PORT;
    private int epoch;

    Nat(Simulator simulator, String name, Network outside, InetAddress address, NatBehaviour behaviour) {
        if (address.getAddress().length != 4) {
            throw new IllegalArgumentException("a NAT has an IPv4 address, not " + address.getHostAddress());
        }
        this.simulator = simulator;
        this.name = name;
        this.behaviour = behaviour;
        this.outside = outside;
        this.outer = outside.attach(name, address, (at, packet, opening) -> inbound(packet, opening), null);
        this.inside = new Network(simulator, "inside " + name, this);
        this.random = new SeededRandom(simulator.seed(), "nat " + name);
    }

    /**
     * The network behind this NAT.
     *
     * @return where hosts and further NATs are put
     */
    public Network inside() {
        return inside;
    }

    /**
     * The wire from this NAT to the outer network.
     *
     * @return the link of all that goes out
     */
    public Link uplink() {
        return outer.uplink;
    }

    /**
     * The wire from the outer network to this NAT.
     *
     * @return the link of all that comes in
     */
    public Link downlink() {
        return outer.downlink;
    }

    /**
     * Forgets all mappings and gives new ones other ports, as a NAT does that was restarted. Streams through it are
     * dead.
     */
    public void rebind() {
        byKey.clear();
        // The old ports stay unused for a while: whoever still sends to them must not meet a new mapping.
        nextPort = FIRST_PORT + random.nextInt(PORTS);
        epoch++;
    }

    /**
     * Mappings that are alive.
     *
     * @return a count
     */
    public int mappings() {
        return (int) byKey.values().stream().filter(this::isAlive).count();
    }

    int epoch() {
        return epoch;
    }

    private boolean isAlive(Mapping mapping) {
        return simulator.now() - mapping.lastUsed < behaviour.timeout().toNanos();
    }

    /** A packet from inside that the inner network could not deliver. */
    void outbound(Packet packet, @Nullable StreamOpening opening) {
        if (packet.source().getAddress().getAddress().length != 4) {
            simulator.dropped(packet, name + " translates IPv4 only");
            return;
        }
        boolean hairpin = packet.destination().getAddress().equals(outer.address);
        if (hairpin && !behaviour.hairpinning()) {
            simulator.dropped(packet, name + " has no hairpinning");
            return;
        }
        Mapping mapping = map(packet);
        if (mapping == null) {
            simulator.dropped(packet, name + " has no mapping or no port left");
            return;
        }
        if (packet.protocol() != Packet.Protocol.ICMP) {
            // RFC 4787 REQ-6: packets from inside keep the mapping alive.
            mapping.lastUsed = simulator.now();
            mapping.addressesSentTo.add(packet.destination().getAddress());
            mapping.endpointsSentTo.add(packet.destination());
        }
        if (opening != null) {
            opening.nats.add(this);
        }
        Packet translated = packet.translated(mapping.outer, packet.destination());
        if (hairpin) {
            // RFC 4787 REQ-9 a: the hairpinned packet comes from the outer address and port.
            inbound(translated, opening);
        } else {
            outside.send(outer, translated, opening);
        }
    }

    private void inbound(Packet packet, @Nullable StreamOpening opening) {
        Mapping mapping =
                byOuter.get(new Outer(mapped(packet), packet.destination().getPort()));
        if (mapping == null || byKey.get(mapping.key) != mapping || !isAlive(mapping)) {
            refuse(packet, opening, name + " has no mapping");
            return;
        }
        boolean passes =
                switch (behaviour.filtering()) {
                    case ENDPOINT_INDEPENDENT -> true;
                    case ADDRESS_DEPENDENT ->
                        mapping.addressesSentTo.contains(packet.source().getAddress());
                    case ADDRESS_AND_PORT_DEPENDENT -> mapping.endpointsSentTo.contains(packet.source());
                };
        if (!passes) {
            refuse(packet, opening, "filtered by " + name);
            return;
        }
        if (behaviour.inboundRefresh() && packet.protocol() != Packet.Protocol.ICMP) {
            mapping.lastUsed = simulator.now();
        }
        if (opening != null) {
            opening.nats.add(this);
        }
        inside.forward(null, packet.translated(packet.source(), mapping.key.inner()), opening);
    }

    private void refuse(Packet packet, @Nullable StreamOpening opening, String why) {
        simulator.dropped(packet, why);
        if (opening != null && behaviour.resets()) {
            opening.opener.refusedBy(opening);
        }
    }

    /** RFC 5508 4: an ICMP error goes the way of the datagram that it quotes. */
    private static Packet.Protocol mapped(Packet packet) {
        return packet.protocol() == Packet.Protocol.ICMP ? Packet.Protocol.UDP : packet.protocol();
    }

    private @Nullable Mapping map(Packet packet) {
        Packet.Protocol protocol = mapped(packet);
        InetSocketAddress remote = packet.destination();
        Key key =
                switch (behaviour.mapping()) {
                    case ENDPOINT_INDEPENDENT -> new Key(protocol, packet.source(), null, null);
                    case ADDRESS_DEPENDENT -> new Key(protocol, packet.source(), remote.getAddress(), null);
                    case ADDRESS_AND_PORT_DEPENDENT ->
                        new Key(protocol, packet.source(), remote.getAddress(), remote.getPort());
                };
        Mapping old = byKey.get(key);
        if (old != null && isAlive(old)) {
            return old;
        }
        if (packet.protocol() == Packet.Protocol.ICMP) {
            return null;
        }
        forgetDead();
        int port = freePort(protocol, packet.source().getPort());
        if (port < 0) {
            return null;
        }
        Mapping fresh = new Mapping(key, new InetSocketAddress(outer.address, port));
        byKey.put(key, fresh);
        byOuter.put(new Outer(protocol, port), fresh);
        return fresh;
    }

    private void forgetDead() {
        List<Mapping> dead = new ArrayList<>();
        for (Mapping mapping : byOuter.values()) {
            if (!isAlive(mapping)) {
                dead.add(mapping);
            }
        }
        for (Mapping mapping : dead) {
            byOuter.remove(new Outer(mapping.key.protocol(), mapping.outer.getPort()));
            byKey.remove(mapping.key, mapping);
        }
    }

    private int freePort(Packet.Protocol protocol, int innerPort) {
        int start =
                switch (behaviour.allocation()) {
                    case PRESERVING -> epoch == 0 && innerPort >= FIRST_PORT ? innerPort : nextPort++;
                    case SEQUENTIAL -> nextPort++;
                    case RANDOM -> FIRST_PORT + random.nextInt(PORTS);
                };
        for (int i = 0; i < PORTS; i++) {
            int port = FIRST_PORT + Math.floorMod(start - FIRST_PORT + i, PORTS);
            if (!byOuter.containsKey(new Outer(protocol, port))) {
                return port;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return name;
    }
}
