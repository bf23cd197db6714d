package dev.yodel.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** SimulatedDtls between two hosts of the simulator. */
class SimulatedNetworkTest {
    private static final long NOW = 1_790_000_000_000L;
    private static final DtlsCertificate CLIENT = DtlsCertificate.generate(new SeededRandom(1), NOW);
    private static final DtlsCertificate SERVER = DtlsCertificate.generate(new SeededRandom(2), NOW);

    private static Duration connect(long seed, Consumer<SimulatedHost> spoil) {
        Simulator simulator = Simulator.create(seed);
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        DtlsOverUdp client = open(simulator, a, CLIENT);
        DtlsOverUdp server = open(simulator, b, SERVER);
        spoil.accept(a);
        simulator.onLoop(b.loop(), () -> {
            server.start(DtlsRole.SERVER, CLIENT.fingerprint(), client.address());
            return true;
        });
        simulator.onLoop(a.loop(), () -> {
            client.start(DtlsRole.CLIENT, SERVER.fingerprint(), server.address());
            return true;
        });
        simulator.require(
                "both connect",
                () -> client.endpoint().state() == DtlsState.CONNECTED
                        && server.endpoint().state() == DtlsState.CONNECTED,
                Duration.ofSeconds(29));
        Duration elapsed = simulator.elapsed();
        simulator.onLoop(a.loop(), () -> {
            client.close();
            return true;
        });
        simulator.run(Duration.ofSeconds(1));
        simulator.onLoop(b.loop(), () -> {
            server.close();
            return true;
        });
        simulator.close();
        simulator.assertNoLeaks();
        return elapsed;
    }

    private static DtlsOverUdp open(Simulator simulator, SimulatedHost host, DtlsCertificate certificate) {
        return simulator.onLoop(
                host.loop(),
                () -> new DtlsOverUdp(
                        new SimulatedDtls(),
                        DtlsOptions.of(certificate),
                        host,
                        host.loop(),
                        new InetSocketAddress(host.address(), 5000),
                        () -> {}));
    }

    @Test
    void connectsWithinFiveTimesTheDelay() {
        assertThat(connect(1, host -> host.uplink().delay(Duration.ofMillis(50))))
                .isLessThan(Duration.ofMillis(250));
    }

    @Test
    void F01_lossAndReorderingOnlyDelay() {
        for (long seed = 0; seed < 300; seed++) {
            connect(seed, host -> {
                host.uplink().loss(0.2).reordering(0.3, Duration.ofMillis(50)).duplication(0.05, 1);
                host.downlink().loss(0.2).reordering(0.3, Duration.ofMillis(50));
            });
        }
    }

    @Test
    void F19_aJumpOfTheWallClockChangesNothing() {
        Duration usual = connect(4, host -> {});
        assertThat(connect(4, host -> host.jumpWallClock(Duration.ofDays(-20_000))))
                .isEqualTo(usual);
        assertThat(connect(4, host -> host.jumpWallClock(Duration.ofDays(20_000))))
                .isEqualTo(usual);
    }
}
