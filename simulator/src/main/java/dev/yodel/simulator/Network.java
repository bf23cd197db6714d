package dev.yodel.simulator;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place where addresses reach each other directly: the internet, a LAN, the inside of a {@link Nat}. What it does not
 * know goes to its NAT, if it has one. Multicast stays within.
 */
public final class Network {
    private static final Duration HOST_DELAY = Duration.ofMillis(5);

    private final Simulator simulator;
    private final String name;
    private final @Nullable Nat gateway;
    private final Map<InetAddress, Attachment> attachments = new LinkedHashMap<>();

    Network(Simulator simulator, String name, @Nullable Nat gateway) {
        this.simulator = simulator;
        this.name = name;
        this.gateway = gateway;
    }

    Simulator simulator() {
        return simulator;
    }

    /**
     * Adds a host with one address. Its wires have a delay of 5 ms each way.
     *
     * @param hostName unique in the simulation
     * @param address an IPv4 or IPv6 literal, unique in this network
     * @return the host
     */
    public SimulatedHost host(String hostName, String address) {
        SimulatedHost host = simulator.newHost(hostName);
        host.addAddress(this, address);
        return host;
    }

    /**
     * Adds a NAT whose outer side is here. Its own wires have no delay at first.
     *
     * @param natName unique in the simulation
     * @param outerAddress its address here, an IPv4 literal
     * @param behaviour how it maps and filters
     * @return the NAT; put hosts into its {@link Nat#inside()}
     */
    public Nat nat(String natName, String outerAddress, NatBehaviour behaviour) {
        return new Nat(simulator, natName, this, Simulator.address(outerAddress), behaviour);
    }

    Attachment attach(
            String stationName, InetAddress address, Attachment.Station station, @Nullable SimulatedHost host) {
        if (attachments.containsKey(address)) {
            throw new IllegalArgumentException(address.getHostAddress() + " is taken in " + name);
        }
        Attachment attachment = new Attachment(
                this,
                stationName + " " + address.getHostAddress(),
                address,
                station,
                host,
                host == null ? Duration.ZERO : HOST_DELAY);
        attachments.put(address, attachment);
        return attachment;
    }

    void detach(Attachment attachment) {
        attachments.remove(attachment.address, attachment);
    }

    /** Sends a packet from a station: up its wire, and on from there. */
    void send(Attachment from, Packet packet, @Nullable StreamOpening opening) {
        cross(from.uplink, packet, opening, passed -> forward(from, passed, opening));
    }

    /** A packet from nowhere appears here. */
    void inject(Packet packet) {
        forward(null, packet, null);
    }

    private interface Next {
        void take(Packet packet);
    }

    private void cross(Link link, Packet packet, @Nullable StreamOpening opening, Next next) {
        if (opening != null) {
            opening.path.add(link);
            long exit = link.streamExit(packet.wireLength(), simulator.now());
            if (exit == Long.MAX_VALUE) {
                simulator.dropped(packet, "never passed " + link);
            } else {
                simulator.at(exit, () -> next.take(packet));
            }
            return;
        }
        for (Link.Passage passage : link.transit(packet, simulator.now())) {
            simulator.at(passage.time(), () -> next.take(passage.packet()));
        }
    }

    /** A packet has reached this network, from a station of its own or from its NAT. */
    void forward(@Nullable Attachment from, Packet packet, @Nullable StreamOpening opening) {
        InetAddress destination = packet.destination().getAddress();
        if (destination.isMulticastAddress()) {
            for (Attachment member : new ArrayList<>(attachments.values())) {
                if (member != from
                        && member.host != null
                        && member.host.sockets().hasJoined(member, packet)) {
                    deliver(member, packet, null);
                }
            }
            return;
        }
        Attachment target = attachments.get(destination);
        if (target != null) {
            deliver(target, packet, opening);
        } else if (gateway != null) {
            gateway.outbound(packet, opening);
        } else {
            simulator.dropped(packet, "no route in " + name);
        }
    }

    private void deliver(Attachment to, Packet packet, @Nullable StreamOpening opening) {
        cross(to.downlink, packet, opening, passed -> to.station.arrive(to, passed, opening));
    }

    List<Attachment> attachments() {
        return List.copyOf(attachments.values());
    }

    @Override
    public String toString() {
        return name;
    }
}
