package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.IceAgent;
import dev.yodel.ice.IceCredentials;
import dev.yodel.ice.IceEvent;
import dev.yodel.ice.IceOptions;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.Time;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Machines with bridges, containers and VPNs have many addresses: which is used, and how much is tried? */
class ManyInterfacesTest {
    private static SimulatedHost host(Simulator simulator, String name, int number) {
        SimulatedHost host = simulator.internet().host(name, "198.51.100." + number);
        for (int i = 1; i < 12; i++) {
            // Each is a network of its own that leads nowhere, as those of containers are.
            host.addAddress(simulator.lan("bridge " + name + i), "172." + (16 + i) + "." + number + ".1");
        }
        for (int i = 0; i < 6; i++) {
            host.addAddress(simulator.lan("tunnel " + name + i), "2001:db8:" + number + ":" + i + "::1");
        }
        return host;
    }

    @Test
    void manyAddressesMakeNoStormOfChecks() {
        for (int seed = 0; seed < 20; seed++) {
            Simulator simulator = Simulator.create(seed);
            SimulatedCall call = new SimulatedCall(simulator, host(simulator, "a", 1), host(simulator, "b", 2));
            Forger wire = new Forger(simulator);
            long begun = simulator.now();
            call.connect(Duration.ofSeconds(10));
            long connected = simulator.now() - begun;
            simulator.run(Duration.ofSeconds(2));
            for (IcePeer peer : List.of(call.a, call.b)) {
                assertThat(peer.candidates).hasSize(18);
                assertThat(peer.connection.stats().pairs()).hasSizeLessThanOrEqualTo(100);
                Map<Long, Set<String>> firstChecks = new HashMap<>();
                Set<String> seen = new HashSet<>();
                for (Forger.Sent sent : wire.sentBy(peer.host)) {
                    String pair = sent.from() + " " + sent.to();
                    if (Forger.isRequest(sent.data()) && seen.add(pair)) {
                        firstChecks
                                .computeIfAbsent((sent.now() - begun) / (200 * Time.MILLISECOND), at -> new HashSet<>())
                                .add(pair);
                    }
                }
                // RFC 8445 section 14: one new check each 20 ms, and what the peer's checks ask for.
                assertThat(firstChecks.values()).as("seed %d", seed).allSatisfy(pairs -> assertThat(pairs)
                        .hasSizeLessThanOrEqualTo(12));
            }
            assertThat(connected).as("seed %d", seed).isLessThan(4 * Time.SECOND);
        }
    }

    @Test
    void tunnelsComeAfterPlainInterfaces() throws Exception {
        IceAgent agent = new IceAgent(
                IceOptions.DEFAULT,
                Simulator.create(1).internet().host("x", "192.0.2.9").random());
        agent.gather(
                IceCredentials.generate(
                        Simulator.create(2).internet().host("y", "192.0.2.9").random()),
                List.of(
                        new NetworkAddress("wg0", 2, InetAddress.getByName("2001:db8::1"), 64, false, true, false),
                        new NetworkAddress("tun0", 3, InetAddress.getByName("10.8.0.2"), 24, false, true, false),
                        new NetworkAddress("eth0", 4, InetAddress.getByName("192.168.0.2"), 24, false, false, true)),
                0);
        Map<String, Long> priorities = new HashMap<>();
        for (IceEvent event = agent.pollEvent(); event != null; event = agent.pollEvent()) {
            if (event instanceof IceEvent.OpenUdp open) {
                agent.handleOpened(
                        open.socketId(), new InetSocketAddress(open.local().getAddress(), 5000 + open.socketId()), 0);
            } else if (event instanceof IceEvent.LocalCandidate local) {
                Candidate candidate = local.candidate();
                priorities.put(candidate.address(), candidate.priority());
            }
        }
        assertThat(priorities).hasSize(3);
        assertThat(priorities.get("192.168.0.2"))
                .isGreaterThan(priorities.get("10.8.0.2"))
                .isGreaterThan(priorities.get("2001:db8:0:0:0:0:0:1"));
    }
}
