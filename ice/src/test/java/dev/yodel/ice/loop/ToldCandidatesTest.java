package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TcpType;
import dev.yodel.ice.TurnServer;
import dev.yodel.ice.mdns.MdnsCore;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told of our addresses: under names of multicast DNS, and only what the owner wants. */
class ToldCandidatesTest {
    private final Simulator simulator = Simulator.create(77);
    private final TurnWorld world = new TurnWorld(simulator);

    private static IceConnectionOptions named(SimulatedHost host, IceOptions.Builder options) {
        return new IceConnectionOptions(
                options.mdnsNames(true).build(), new MdnsService(host, host.loop()), null, null, null);
    }

    @Test
    void hostsOfOneNetworkMeetByNamesThatTellNothing() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        SimulatedCall call = new SimulatedCall(
                simulator,
                a,
                named(a, IceOptions.builder().tcp(TcpType.ACTIVE, TcpType.PASSIVE)),
                b,
                named(b, IceOptions.builder()));
        call.settle();
        assertThat(call.a.candidates).hasSize(2);
        for (IcePeer peer : List.of(call.a, call.b)) {
            assertThat(peer.candidates).allSatisfy(candidate -> {
                assertThat(MdnsCore.isIceName(candidate.address())).isTrue();
                assertThat(candidate.toSdp()).doesNotContain("198.51.100");
            });
        }
        // One name for an address, whatever is behind it.
        assertThat(call.a.candidates.get(0).address())
                .isEqualTo(call.a.candidates.get(1).address())
                .isNotEqualTo(call.b.candidates.get(0).address());
        call.a.send("~by name");
        simulator.run(Duration.ofMillis(100));
        assertThat(call.b.received).hasSize(1);
    }

    @Test
    void I17_relatedAddressesTellNothingEither() {
        SimulatedHost home = simulator
                .internet()
                .nat("home", "203.0.113.9", NatBehaviour.PORT_RESTRICTED)
                .inside()
                .host("home", "10.0.0.7");
        IcePeer peer = world.gather(
                home,
                named(
                        home,
                        IceOptions.builder()
                                .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                                .turnServers(List.of(new TurnServer("192.0.2.1", 3478, "user", "pass")))));
        assertThat(peer.candidates)
                .extracting(Candidate::type)
                .contains(CandidateType.HOST, CandidateType.SRFLX, CandidateType.RELAY);
        assertThat(peer.candidates)
                .allSatisfy(candidate -> assertThat(candidate.toSdp()).doesNotContain("10.0.0.7"));
        assertThat(peer.candidates)
                .filteredOn(candidate -> candidate.type() == CandidateType.SRFLX)
                .allSatisfy(candidate -> assertThat(candidate.toSdp()).contains("raddr 0.0.0.0 rport 0"));
    }

    @Test
    void onlyWantedKindsAreToldAndOnlyTheirServersAsked() {
        SimulatedHost home = simulator
                .internet()
                .nat("home", "203.0.113.9", NatBehaviour.PORT_RESTRICTED)
                .inside()
                .host("home", "10.0.0.7");
        Forger wire = new Forger(simulator);
        IcePeer reflexive = world.gather(
                home,
                SimulatedCall.with(IceOptions.builder()
                        .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                        .turnServers(List.of(new TurnServer("192.0.2.1", 3478, "user", "pass")))
                        .candidateTypes(CandidateType.SRFLX)
                        .build()));
        assertThat(reflexive.candidates).extracting(Candidate::type).containsOnly(CandidateType.SRFLX);
        int before = wire.sent.size();
        IcePeer host = world.gather(
                home,
                SimulatedCall.with(IceOptions.builder()
                        .stunServers(List.of(new StunServer("192.0.2.1", 3478)))
                        .turnServers(List.of(new TurnServer("192.0.2.1", 3478, "user", "pass")))
                        .candidateTypes(CandidateType.HOST)
                        .build()));
        assertThat(host.candidates).extracting(Candidate::type).containsOnly(CandidateType.HOST);
        assertThat(wire.sent).hasSize(before);
    }

    @Test
    void addressesAreChosenByInterfaceAddressAndFamily() {
        SimulatedHost host = simulator
                .internet()
                .host("many", "198.51.100.1")
                .addAddress(simulator.internet(), "198.51.100.2")
                .addAddress(simulator.internet(), "2001:db8::5");
        IcePeer four = world.gather(
                host,
                SimulatedCall.with(IceOptions.builder()
                        .addressFilter(address -> address.address() instanceof Inet4Address)
                        .build()));
        assertThat(four.candidates).extracting(Candidate::address).containsExactly("198.51.100.1", "198.51.100.2");
        IcePeer one = world.gather(
                host,
                SimulatedCall.with(IceOptions.builder()
                        .addressFilter(
                                address -> address.address().getHostAddress().endsWith("100.2"))
                        .build()));
        assertThat(one.candidates).extracting(Candidate::address).containsExactly("198.51.100.2");
        String name = host.networkAddresses().stream()
                .filter(address -> !address.loopback())
                .findFirst()
                .orElseThrow()
                .interfaceName();
        IcePeer named = world.gather(
                host,
                SimulatedCall.with(IceOptions.builder()
                        .addressFilter(address -> !address.interfaceName().equals(name))
                        .build()));
        assertThat(named.candidates).extracting(Candidate::address).isNotEmpty().doesNotContain("198.51.100.1");
    }
}
