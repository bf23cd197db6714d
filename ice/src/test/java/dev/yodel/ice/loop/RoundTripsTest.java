package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceStats;
import dev.yodel.ice.StunServer;
import dev.yodel.ice.TurnServer;
import dev.yodel.io.Time;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How many round trips of 50 ms pass from both descriptions, with candidates known, to a pair that works and is
 * nominated.
 */
class RoundTripsTest {
    private static final long RTT_NANOS = 50 * Time.MILLISECOND;
    private static final int SEEDS = Boolean.getBoolean("yodel.long") ? 1000 : 100;

    private enum Path {
        HOST,
        SRFLX,
        RELAY
    }

    private static SimulatedHost host(Simulator simulator, Path path, String name, int number) {
        return path == Path.HOST
                ? simulator.internet().host(name, "198.51.100." + number)
                : simulator
                        .internet()
                        .nat(
                                "nat " + name,
                                "203.0.113." + number,
                                path == Path.SRFLX ? NatBehaviour.PORT_RESTRICTED : NatBehaviour.SYMMETRIC)
                        .inside()
                        .host(name, "10.0." + number + ".1");
    }

    private static boolean isNominated(IcePeer peer) {
        return peer.connection.stats().pairs().stream().anyMatch(IceStats.PairStats::nominated);
    }

    private static double[] run(Path path, long seed) {
        Simulator simulator = Simulator.create(seed);
        TurnWorld world = new TurnWorld(simulator);
        IceOptions options = IceOptions.builder()
                .stunServers(path == Path.SRFLX ? List.of(new StunServer("192.0.2.1", 3478)) : List.of())
                .turnServers(
                        path == Path.RELAY ? List.of(new TurnServer("192.0.2.1", 3478, "user", "pass")) : List.of())
                .build();
        SimulatedCall call = new SimulatedCall(
                simulator, host(simulator, path, "a", 1), host(simulator, path, "b", 2), SimulatedCall.with(options));
        // To each other and back, and to the server and back: 50 ms.
        for (SimulatedHost host : List.of(call.a.host, call.b.host, world.serverHost)) {
            host.uplink().delay(Duration.ofNanos(RTT_NANOS / 4)).jitter(Duration.ofMillis(1));
            host.downlink().delay(Duration.ofNanos(RTT_NANOS / 4));
        }
        call.trickles = false;
        for (IcePeer peer : List.of(call.a, call.b)) {
            peer.onLoop(() -> peer.connection.gather(peer.credentials));
        }
        simulator.run(Duration.ofSeconds(1));
        // The answerer has both descriptions half a round trip before the offerer.
        call.b.startWith(call.a, IceRole.CONTROLLED);
        simulator.run(Duration.ofNanos(RTT_NANOS / 2));
        long began = simulator.now();
        call.a.startWith(call.b, IceRole.CONTROLLING);
        simulator.require("a pair that works", call::works, Duration.ofSeconds(30));
        double valid = (simulator.now() - began) / (double) RTT_NANOS;
        simulator.require("nominated", () -> isNominated(call.a) && isNominated(call.b), Duration.ofSeconds(30));
        double nominated = (simulator.now() - began) / (double) RTT_NANOS;
        return new double[] {valid, nominated};
    }

    @ParameterizedTest
    @EnumSource(Path.class)
    void fromBothDescriptionsToAPair(Path path) {
        List<Double> valid = new ArrayList<>();
        List<Double> nominated = new ArrayList<>();
        for (int seed = 1; seed <= SEEDS; seed++) {
            double[] both = run(path, seed);
            valid.add(both[0]);
            nominated.add(both[1]);
        }
        valid.sort(Double::compare);
        nominated.sort(Double::compare);
        int middle = SEEDS / 2;
        int p99 = (int) (0.99 * SEEDS);
        System.out.printf(
                "RTT 50 ms, %s, %d seeds: valid at both ends after %.2f RTT (p99 %.2f), nominated at both after %.2f (p99 %.2f)%n",
                path, SEEDS, valid.get(middle), valid.get(p99), nominated.get(middle), nominated.get(p99));
        if (path != Path.RELAY) {
            assertThat(valid.get(p99)).as("round trips to a pair that works").isLessThanOrEqualTo(2.0);
        }
    }
}
