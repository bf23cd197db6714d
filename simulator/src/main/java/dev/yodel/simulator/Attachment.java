package dev.yodel.simulator;

import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One address at one place of a network, with its wire there and back. */
final class Attachment {
    /** What owns an address: a host or a NAT. */
    @FunctionalInterface
    interface Station {
        /** A packet has crossed the downlink. */
        void arrive(Attachment at, Packet packet, @Nullable StreamOpening opening);
    }

    final Network network;
    final InetAddress address;
    final Station station;
    /** The host that has this address; null for a NAT. */
    final @Nullable SimulatedHost host;

    final Link uplink;
    final Link downlink;

    Attachment(
            Network network,
            String name,
            InetAddress address,
            Station station,
            @Nullable SimulatedHost host,
            Duration delay) {
        this.network = network;
        this.address = address;
        this.station = station;
        this.host = host;
        this.uplink = new Link(name + " up", network.simulator(), delay);
        this.downlink = new Link(name + " down", network.simulator(), delay);
        uplink.opposite(downlink);
        downlink.opposite(uplink);
    }
}
