package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.stun.NatDiscovery;
import dev.yodel.ice.stun.NatDiscovery.Behaviour;
import dev.yodel.ice.turn.TurnServerOptions;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.UdpPort;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.Network;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NAT behaviour discovery against our own server through simulated NATs (RFC 5780 sections 4.3 and 4.4). */
class NatDiscoveryTest {
    private final Simulator simulator = Simulator.create(5780);
    private int clients;

    private void server(int addresses, int ports) {
        SimulatedHost host = simulator.internet().host("stun", "192.0.2.1");
        if (addresses > 1) {
            host.addAddress(simulator.internet(), "192.0.2.2");
        }
        simulator.onLoop(host.loop(), () -> {
            TurnServerSocket server = new TurnServerSocket(
                    host, host.loop(), TurnServerOptions.builder().build(), new TurnServerSocket.Listener() {});
            for (int a = 1; a <= addresses; a++) {
                for (int p = 0; p < ports; p++) {
                    server.listenUdp(Forger.address("192.0.2." + a, 3478 + p));
                }
            }
            return server;
        });
    }

    private NatDiscovery discover(Network network, String address) {
        SimulatedHost host = network.host("client " + ++clients, address);
        NatDiscovery[] made = new NatDiscovery[1];
        simulator.onLoop(host.loop(), () -> {
            Runnable[] drain = new Runnable[1];
            UdpPort port = host.loop().openUdp(new InetSocketAddress(host.address(), 0), datagram -> {
                made[0].handleDatagram(
                        datagram.data,
                        datagram.offset,
                        datagram.length,
                        host.loop().now());
                drain[0].run();
            });
            made[0] = new NatDiscovery(Forger.address("192.0.2.1", 3478), port.localAddress(), host.random());
            LoopTimer timer = host.loop().newTimer(() -> {
                made[0].handleTimeout(host.loop().now());
                drain[0].run();
            });
            drain[0] = () -> {
                for (NatDiscovery.Transmit out = made[0].pollTransmit(); out != null; out = made[0].pollTransmit()) {
                    port.send(out.data(), 0, out.data().length, out.remote());
                }
                timer.set(made[0].nextTimeout());
            };
            made[0].start(host.loop().now());
            drain[0].run();
            return true;
        });
        NatDiscovery discovery = Objects.requireNonNull(made[0]);
        simulator.require("the end of the discovery", discovery::isDone, Duration.ofSeconds(30));
        return discovery;
    }

    private static Behaviour named(NatBehaviour.Dependence dependence) {
        return Behaviour.valueOf(dependence.name());
    }

    @ParameterizedTest
    @EnumSource(NatBehaviour.Dependence.class)
    void everyMappingWithEveryFilterIsRecognized(NatBehaviour.Dependence mapping) {
        server(2, 2);
        int number = 0;
        for (NatBehaviour.Dependence filtering : NatBehaviour.Dependence.values()) {
            NatBehaviour behaviour = new NatBehaviour(
                    mapping, filtering, false, NatBehaviour.PortAllocation.RANDOM, Duration.ofMinutes(2), false, false);
            Network inside = simulator
                    .internet()
                    .nat("nat" + filtering, "203.0.113." + ++number, behaviour)
                    .inside();
            NatDiscovery discovery = discover(inside, "10.0.0.1");
            assertThat(discovery.mapping()).as("%s", behaviour).isEqualTo(named(mapping));
            assertThat(discovery.filtering()).as("%s", behaviour).isEqualTo(named(filtering));
            assertThat(Objects.requireNonNull(discovery.mapped()).getAddress().getHostAddress())
                    .startsWith("203.0.113.");
        }
    }

    @Test
    void aPublicHostHasNeither() {
        server(2, 2);
        NatDiscovery discovery = discover(simulator.internet(), "198.51.100.1");
        assertThat(discovery.mapping()).isEqualTo(Behaviour.NONE);
        assertThat(discovery.filtering()).isEqualTo(Behaviour.NONE);
    }

    @Test
    void aServerWithOneAddressTellsTheAddressOnly() {
        server(1, 2);
        NatDiscovery discovery = discover(
                simulator
                        .internet()
                        .nat("n", "203.0.113.1", NatBehaviour.SYMMETRIC)
                        .inside(),
                "10.0.0.1");
        assertThat(discovery.isSupported()).isFalse();
        assertThat(discovery.mapped()).isNotNull();
        assertThat(discovery.mapping()).isEqualTo(Behaviour.UNKNOWN);
    }

    @Test
    void silenceMeansThatUdpIsBlocked() {
        NatDiscovery discovery = discover(simulator.internet(), "198.51.100.1");
        assertThat(discovery.mapped()).isNull();
        assertThat(discovery.mapping()).isEqualTo(Behaviour.UNKNOWN);
    }
}
