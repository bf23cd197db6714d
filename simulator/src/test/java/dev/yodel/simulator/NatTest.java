package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.UdpPort;
import dev.yodel.simulator.NatBehaviour.Dependence;
import dev.yodel.simulator.NatBehaviour.PortAllocation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The behaviours of RFC 4787, found out from outside as RFC 5780 does: by whom packets come from and who gets through. */
class NatTest {
    /** A socket that notes who sent to it. */
    private final class Party {
        final SimulatedHost host;
        final UdpPort port;
        final List<InetSocketAddress> senders = new ArrayList<>();

        Party(SimulatedHost host, int portNumber) {
            this.host = host;
            this.port = simulator.onLoop(host.loop(), () -> host.loop()
                    .openUdp(
                            new InetSocketAddress(host.address(), portNumber),
                            datagram -> senders.add(datagram.remote)));
        }

        InetSocketAddress address() {
            return port.localAddress();
        }

        /** Sends, and tells as whom the other saw it; null if nothing came. */
        @org.jspecify.annotations.Nullable
        InetSocketAddress send(Party to) {
            return send(to, to.address());
        }

        @org.jspecify.annotations.Nullable
        InetSocketAddress send(Party to, InetSocketAddress address) {
            int before = to.senders.size();
            simulator.onLoop(host.loop(), () -> port.send(new byte[10], 0, 10, address));
            simulator.run(Duration.ofMillis(100));
            return to.senders.size() == before ? null : to.senders.get(before);
        }
    }

    private final Simulator simulator = Simulator.create(1);
    private final SimulatedHost serverHost = simulator.internet().host("server", "198.51.100.10");
    private final Party server = new Party(serverHost, 3478);
    private final Party sameAddress = new Party(serverHost, 3479);
    private final Party otherAddress = new Party(simulator.internet().host("other", "198.51.100.11"), 3478);

    private Nat nat(NatBehaviour behaviour) {
        return simulator.internet().nat("nat", "203.0.113.1", behaviour);
    }

    private static InetSocketAddress seen(@Nullable InetSocketAddress address) {
        assertThat(address).as("something came through").isNotNull();
        return Objects.requireNonNull(address);
    }

    @ParameterizedTest
    @CsvSource({
        "ENDPOINT_INDEPENDENT, ENDPOINT_INDEPENDENT",
        "ENDPOINT_INDEPENDENT, ADDRESS_DEPENDENT",
        "ENDPOINT_INDEPENDENT, ADDRESS_AND_PORT_DEPENDENT",
        "ADDRESS_DEPENDENT, ENDPOINT_INDEPENDENT",
        "ADDRESS_DEPENDENT, ADDRESS_DEPENDENT",
        "ADDRESS_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT",
        "ADDRESS_AND_PORT_DEPENDENT, ENDPOINT_INDEPENDENT",
        "ADDRESS_AND_PORT_DEPENDENT, ADDRESS_DEPENDENT",
        "ADDRESS_AND_PORT_DEPENDENT, ADDRESS_AND_PORT_DEPENDENT"
    })
    void mappingTimesFiltering(Dependence mapping, Dependence filtering) {
        for (PortAllocation allocation : PortAllocation.values()) {
            Simulator world = Simulator.create(1);
            new Table(world, mapping, filtering, allocation).check();
        }
    }

    private static final class Table {
        private final Simulator world;
        private final Dependence mapping;
        private final Dependence filtering;
        private final List<InetSocketAddress> seenByServers = new ArrayList<>();
        private int got;
        private final UdpPort client;
        private final SimulatedHost clientHost;
        private final SimulatedHost[] serverHosts = new SimulatedHost[2];
        private final UdpPort[] servers = new UdpPort[3];

        Table(Simulator world, Dependence mapping, Dependence filtering, PortAllocation allocation) {
            this.world = world;
            this.mapping = mapping;
            this.filtering = filtering;
            Nat nat = world.internet()
                    .nat(
                            "nat",
                            "203.0.113.1",
                            new NatBehaviour(
                                    mapping, filtering, false, allocation, Duration.ofMinutes(2), false, false));
            clientHost = nat.inside().host("client", "192.168.1.2");
            client = open(clientHost, 5000, () -> got++);
            serverHosts[0] = world.internet().host("a", "198.51.100.1");
            serverHosts[1] = world.internet().host("b", "198.51.100.2");
            servers[0] = open(serverHosts[0], 1, () -> {});
            servers[1] = open(serverHosts[0], 2, () -> {});
            servers[2] = open(serverHosts[1], 1, () -> {});
        }

        private UdpPort open(SimulatedHost host, int port, Runnable onDatagram) {
            return world.onLoop(
                    host.loop(), () -> host.loop().openUdp(new InetSocketAddress(host.address(), port), datagram -> {
                        seenByServers.add(datagram.remote);
                        onDatagram.run();
                    }));
        }

        private InetSocketAddress mappedTo(int server) {
            seenByServers.clear();
            world.onLoop(clientHost.loop(), () -> client.send(new byte[1], 0, 1, servers[server].localAddress()));
            world.run(Duration.ofMillis(50));
            assertThat(seenByServers).hasSize(1);
            return seenByServers.get(0);
        }

        private boolean reaches(int server, InetSocketAddress mapped) {
            int before = got;
            world.onLoop(serverHosts[server / 2].loop(), () -> servers[server].send(new byte[1], 0, 1, mapped));
            world.run(Duration.ofMillis(50));
            return got > before;
        }

        void check() {
            InetSocketAddress first = mappedTo(0);
            // Filtering first, as long as only one place was sent to.
            assertThat(reaches(0, first)).isTrue();
            assertThat(reaches(1, first)).isEqualTo(filtering != Dependence.ADDRESS_AND_PORT_DEPENDENT);
            assertThat(reaches(2, first)).isEqualTo(filtering == Dependence.ENDPOINT_INDEPENDENT);
            assertThat(mappedTo(0)).isEqualTo(first);
            assertThat(mappedTo(1).equals(first)).isEqualTo(mapping != Dependence.ADDRESS_AND_PORT_DEPENDENT);
            assertThat(mappedTo(2).equals(first)).isEqualTo(mapping == Dependence.ENDPOINT_INDEPENDENT);
            // What was sent to may answer now.
            assertThat(reaches(2, mappedTo(2))).isTrue();
        }
    }

    @Test
    void preservingPortsKeepsThemUntilTwoWantTheSame() {
        Nat nat = nat(NatBehaviour.PORT_RESTRICTED);
        Party first = new Party(nat.inside().host("first", "192.168.1.2"), 5000);
        Party second = new Party(nat.inside().host("second", "192.168.1.3"), 5000);
        assertThat(seen(first.send(server)).getPort()).isEqualTo(5000);
        assertThat(seen(second.send(server)).getPort()).isEqualTo(5001);
        assertThat(nat.mappings()).isEqualTo(2);
    }

    @Test
    void mappingsTimeOutUnlessTheInsideSends() {
        Nat nat = nat(NatBehaviour.FULL_CONE.withTimeout(Duration.ofSeconds(30)));
        Party client = new Party(nat.inside().host("client", "192.168.1.2"), 5000);
        InetSocketAddress mapped = seen(client.send(server));
        for (int i = 0; i < 5; i++) {
            simulator.run(Duration.ofSeconds(25));
            assertThat(client.send(server)).isEqualTo(mapped);
        }
        simulator.run(Duration.ofSeconds(25));
        assertThat(server.send(client, mapped)).isEqualTo(server.address());
        // RFC 4787 4.3: inbound packets have refreshed nothing.
        simulator.run(Duration.ofSeconds(6));
        assertThat(server.send(client, mapped)).isNull();
        assertThat(nat.mappings()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Dependence.class)
    void hairpinningComesFromTheOuterAddress(Dependence filtering) {
        NatBehaviour behaviour = new NatBehaviour(
                Dependence.ENDPOINT_INDEPENDENT,
                filtering,
                true,
                PortAllocation.RANDOM,
                Duration.ofMinutes(2),
                false,
                false);
        Nat nat = nat(behaviour);
        Party first = new Party(nat.inside().host("first", "192.168.1.2"), 5000);
        Party second = new Party(nat.inside().host("second", "192.168.1.3"), 5000);
        InetSocketAddress outerFirst = seen(first.send(server));
        InetSocketAddress outerSecond = seen(second.send(server));
        // The first packet opens the filter of its sender; whether it gets through depends on the other's.
        assertThat(first.send(second, outerSecond))
                .isEqualTo(filtering == Dependence.ENDPOINT_INDEPENDENT ? outerFirst : null);
        assertThat(second.send(first, outerFirst)).isEqualTo(outerSecond);
        assertThat(first.send(second, outerSecond)).isEqualTo(outerFirst);
    }

    @Test
    void withoutHairpinningInsideHostsMeetDirectlyOnly() {
        Nat nat = nat(NatBehaviour.FULL_CONE);
        Party first = new Party(nat.inside().host("first", "192.168.1.2"), 5000);
        Party second = new Party(nat.inside().host("second", "192.168.1.3"), 5000);
        InetSocketAddress outer = seen(second.send(server));
        assertThat(first.send(second, outer)).isNull();
        assertThat(first.send(second)).isEqualTo(first.address());
        assertThat(simulator.trace().lines()).anyMatch(line -> line.contains("nat has no hairpinning"));
    }

    @Test
    void twoNatsInARowTranslateTwice() {
        Nat carrier = nat(NatBehaviour.PORT_RESTRICTED.withHairpinning(true));
        Nat home = carrier.inside().nat("home", "100.64.0.2", NatBehaviour.PORT_RESTRICTED);
        Nat neighbour = carrier.inside().nat("neighbour", "100.64.0.3", NatBehaviour.PORT_RESTRICTED);
        Party client = new Party(home.inside().host("client", "192.168.1.2"), 5000);
        Party other = new Party(neighbour.inside().host("other-client", "192.168.1.2"), 5000);
        InetSocketAddress outer = seen(client.send(server));
        assertThat(outer.getAddress()).isEqualTo(Simulator.address("203.0.113.1"));
        assertThat(server.send(client, outer)).isEqualTo(server.address());
        assertThat(otherAddress.send(client, outer)).isNull();
        assertThat(client.send(sameAddress)).isEqualTo(outer);
        // Behind the same carrier both sides have to punch, through its hairpin.
        InetSocketAddress outerOther = seen(other.send(server));
        assertThat(client.send(other, outerOther)).isNull();
        assertThat(other.send(client, outer)).isEqualTo(outerOther);
        assertThat(client.send(other, outerOther)).isEqualTo(outer);
    }

    @ParameterizedTest
    @CsvSource({
        "FULL_CONE, SYMMETRIC, true",
        "ADDRESS_RESTRICTED, SYMMETRIC, true",
        "PORT_RESTRICTED, PORT_RESTRICTED, true",
        "PORT_RESTRICTED, SYMMETRIC, false",
        "SYMMETRIC, SYMMETRIC, false"
    })
    void holePunchingWorksWhereItDoesInTheField(String left, String right, boolean works) {
        Nat leftNat = simulator.internet().nat("left", "203.0.113.1", named(left));
        Nat rightNat = simulator.internet().nat("right", "203.0.113.2", named(right));
        Party a = new Party(leftNat.inside().host("a", "192.168.1.2"), 5000);
        Party b = new Party(rightNat.inside().host("b", "192.168.1.2"), 5000);
        InetSocketAddress outerA = seen(a.send(server));
        InetSocketAddress outerB = seen(b.send(server));
        boolean reached = false;
        for (int round = 0; round < 3; round++) {
            InetSocketAddress fromA = a.send(b, outerB);
            InetSocketAddress fromB = b.send(a, outerA);
            reached |= fromA != null || fromB != null;
        }
        assertThat(reached).isEqualTo(works);
    }

    private static NatBehaviour named(String name) {
        return switch (name) {
            case "FULL_CONE" -> NatBehaviour.FULL_CONE;
            case "ADDRESS_RESTRICTED" -> NatBehaviour.ADDRESS_RESTRICTED;
            case "PORT_RESTRICTED" -> NatBehaviour.PORT_RESTRICTED;
            default -> NatBehaviour.SYMMETRIC;
        };
    }

    @Test
    void F14_rebindingGivesANewPortAndForgetsTheOldOne() {
        Nat nat = nat(NatBehaviour.FULL_CONE);
        Party client = new Party(nat.inside().host("client", "192.168.1.2"), 5000);
        InetSocketAddress before = seen(client.send(server));
        nat.rebind();
        assertThat(server.send(client, before)).isNull();
        InetSocketAddress after = seen(client.send(server));
        assertThat(after).isNotEqualTo(before);
        assertThat(server.send(client, after)).isEqualTo(server.address());
    }

    @Test
    void icmpErrorsFollowTheDatagramThatTheyQuote() {
        Nat nat = nat(NatBehaviour.PORT_RESTRICTED);
        SimulatedHost host = nat.inside().host("client", "192.168.1.2");
        Party client = new Party(host, 5000);
        InetSocketAddress nobody = new InetSocketAddress(serverHost.address(), 9);
        assertThat(client.send(server, nobody)).isNull();
        assertThat(host.icmpErrors()).isEqualTo(1);
        InetSocketAddress mapped = seen(client.send(server));
        simulator.injectIcmp(mapped, server.address());
        simulator.injectIcmp(mapped, new InetSocketAddress("192.0.2.66", 666));
        simulator.run(Duration.ofSeconds(1));
        assertThat(host.icmpErrors()).as("nothing was sent to 192.0.2.66").isEqualTo(2);
        // From inside to outside, of a socket that was closed.
        simulator.onLoop(host.loop(), () -> {
            client.port.close();
            return 0;
        });
        assertThat(server.send(client, mapped)).isNull();
        assertThat(serverHost.icmpErrors()).isEqualTo(1);
        assertThat(nat.mappings()).isEqualTo(1);
    }

    @Test
    void strangersAndSpoofersMeetTheFilter() {
        Nat nat = nat(NatBehaviour.PORT_RESTRICTED);
        Party client = new Party(nat.inside().host("client", "192.168.1.2"), 5000);
        InetSocketAddress mapped = seen(client.send(server));
        int before = client.senders.size();
        simulator.inject(new InetSocketAddress("192.0.2.66", 666), mapped, new byte[5]);
        simulator.run(Duration.ofSeconds(1));
        assertThat(client.senders).hasSize(before);
        // Who can spoof the one address that was sent to gets through: NATs do not authenticate.
        simulator.inject(server.address(), mapped, new byte[5]);
        simulator.run(Duration.ofSeconds(1));
        assertThat(client.senders).hasSize(before + 1).endsWith(server.address());
    }
}
