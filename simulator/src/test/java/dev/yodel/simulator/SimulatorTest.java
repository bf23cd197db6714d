package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulatorTest {
    private final List<String> log = new ArrayList<>();

    private static InetSocketAddress on(SimulatedHost host, int port) {
        return new InetSocketAddress(host.address(), port);
    }

    private static UdpPort open(Simulator simulator, SimulatedHost host, int port, UdpPort.Handler handler) {
        return simulator.onLoop(host.loop(), () -> host.loop().openUdp(on(host, port), handler));
    }

    private static SendResult send(Simulator simulator, SimulatedHost host, UdpPort port, InetSocketAddress to) {
        return simulator.onLoop(host.loop(), () -> port.send(new byte[100], 0, 100, to));
    }

    @Test
    void datagramsTakeTheDelayOfBothWires() {
        Simulator simulator = Simulator.create(1);
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        a.uplink().delay(Duration.ofMillis(30));
        UdpPort from = open(simulator, a, 1000, datagram -> {});
        open(simulator, b, 2000, datagram -> log.add(simulator.elapsed().toMillis() + " ms " + datagram));
        assertThat(send(simulator, a, from, on(b, 2000))).isEqualTo(SendResult.SENT);
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).containsExactly("35 ms /198.51.100.1:1000 -> /198.51.100.2:2000 100 bytes");
        simulator.close();
        simulator.assertNoLeaks();
    }

    @Test
    void sameSeedSameTraceAndOtherSeedAnother() {
        assertThat(lossyEcho(7, false)).isEqualTo(lossyEcho(7, false)).isNotEqualTo(lossyEcho(8, false));
        assertThat(lossyEcho(7, true)).isEqualTo(lossyEcho(7, true)).isNotEqualTo(lossyEcho(7, false));
    }

    private static long lossyEcho(long seed, boolean late) {
        Simulator simulator = Simulator.builder()
                .seed(seed)
                .late(late)
                .handOff(Duration.ofMillis(1))
                .build();
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        a.uplink()
                .jitter(Duration.ofMillis(3))
                .loss(0.1)
                .duplication(0.1, 2)
                .reordering(0.2, Duration.ofMillis(20))
                .corruption(0.05);
        UdpPort[] echo = new UdpPort[1];
        echo[0] = open(
                simulator,
                b,
                2000,
                datagram -> echo[0].send(datagram.data, datagram.offset, datagram.length, datagram.remote));
        int[] echoed = {0};
        UdpPort from = open(simulator, a, 1000, datagram -> echoed[0]++);
        Loop loop = a.loop();
        simulator.onLoop(loop, () -> {
            LoopTimer[] timer = new LoopTimer[1];
            timer[0] = loop.newTimer(() -> {
                from.send(a.random().bytes(50), 0, 50, on(b, 2000));
                timer[0].set(loop.now() + 10 * Time.MILLISECOND);
            });
            timer[0].set(loop.now());
            return 0;
        });
        simulator.run(Duration.ofSeconds(5));
        assertThat(echoed[0]).isBetween(100, 700);
        return simulator.trace().hash();
    }

    @Test
    void timersFireOnTheNanosecondAndInOrder() {
        Simulator simulator = Simulator.create(2);
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        Loop loop = a.loop();
        simulator.onLoop(loop, () -> {
            for (int delay : new int[] {30, 10, 20, 10}) {
                int number = log.size();
                loop.newTimer(() -> log.add(delay + " at " + simulator.elapsed().toNanos()))
                        .set(loop.now() + delay);
                assertThat(number).isZero();
            }
            return 0;
        });
        simulator.run(Duration.ofMillis(1));
        assertThat(log).containsExactly("10 at 10", "10 at 10", "20 at 20", "30 at 30");
    }

    @Test
    void lanesAreSerialAndFirstInFirstOut() {
        Simulator simulator = Simulator.create(3);
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        Lane lane = a.newLane();
        Lane other = a.newLane();
        lane.execute(() -> {
            a.occupyLane(Duration.ofSeconds(60));
            log.add("1 " + lane.inLane() + other.inLane());
            lane.execute(() -> log.add("3 at " + simulator.elapsed().toSeconds()));
        });
        lane.execute(() -> log.add("2 at " + simulator.elapsed().toSeconds()));
        other.execute(() -> log.add("other at " + simulator.elapsed().toSeconds()));
        assertThat(a.leaks().waitingTasks()).isEqualTo(3);
        simulator.run(Duration.ofMinutes(2));
        assertThat(log).containsExactly("1 truefalse", "other at 0", "2 at 60", "3 at 60");
        simulator.assertNoLeaks();
    }

    @Test
    void aThrowingHandlerStopsTheSimulationWithTheSeed() {
        Simulator simulator = Simulator.create(4711);
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        a.loop().execute(() -> {
            throw new IllegalStateException("oops");
        });
        assertThatThrownBy(() -> simulator.run(Duration.ofSeconds(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 4711")
                .hasRootCauseMessage("oops");
    }

    @Test
    void leaksAreNamed() {
        Simulator simulator = Simulator.create(5);
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        open(simulator, a, 1000, datagram -> {});
        simulator.onLoop(a.loop(), () -> a.loop().newTimer(() -> {}));
        assertThatThrownBy(simulator::assertNoLeaks)
                .hasMessageContaining("seed 5")
                .hasMessageContaining("udp 198.51.100.1:1000")
                .hasMessageContaining("openTimers=1");
    }
}
