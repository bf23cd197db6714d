package dev.yodel.ice.loop;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.TurnServer;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.List;

/** A simulated internet with a TURN server, for tests of what a client does. */
final class TurnWorld {
    final Simulator simulator;
    final SimulatedHost serverHost;
    final SimulatedTurnServer server;

    TurnWorld(Simulator simulator) {
        this.simulator = simulator;
        serverHost = simulator.internet().host("turn", "192.0.2.1");
        server = SimulatedTurnServer.on(simulator, serverHost);
    }

    /** A second server. */
    SimulatedTurnServer another(String address) {
        return SimulatedTurnServer.on(simulator, simulator.internet().host("turn " + address, address));
    }

    static IceConnectionOptions relayOnly(TurnServer... servers) {
        return SimulatedCall.with(IceOptions.builder()
                .turnServers(List.of(servers))
                .relayOnly(true)
                .build());
    }

    /** Two peers behind NATs that let no direct path through. */
    SimulatedCall behindSymmetricNats(IceConnectionOptions options) {
        return new SimulatedCall(
                simulator,
                simulator
                        .internet()
                        .nat("natA", "203.0.113.1", NatBehaviour.SYMMETRIC)
                        .inside()
                        .host("a", "10.0.0.1"),
                simulator
                        .internet()
                        .nat("natB", "203.0.113.2", NatBehaviour.SYMMETRIC)
                        .inside()
                        .host("b", "10.0.1.1"),
                options);
    }

    /** One peer that gathers until it is complete. */
    IcePeer gather(SimulatedHost host, IceConnectionOptions options) {
        SimulatedCall call = new SimulatedCall(simulator, host, host, options);
        call.trickles = false;
        IcePeer peer = call.a;
        peer.onLoop(() -> peer.connection.gather(peer.credentials));
        simulator.require(
                "gathering ends",
                () -> peer.connection.gatheringState() == GatheringState.COMPLETE,
                Duration.ofSeconds(10));
        return peer;
    }

    static List<Candidate> relays(IcePeer peer) {
        return peer.candidates.stream()
                .filter(candidate -> candidate.type() == CandidateType.RELAY)
                .toList();
    }

    /** Some sound both ways; returns how much came to A. */
    static int talk(SimulatedCall call, int bytes) {
        int before = call.a.received.size();
        for (int i = 0; i < 10; i++) {
            call.a.send("~" + "x".repeat(bytes + i));
            call.b.send("~" + "x".repeat(bytes + i));
            call.simulator.run(Duration.ofMillis(20));
        }
        call.simulator.run(Duration.ofMillis(500));
        return call.a.received.size() - before;
    }
}
