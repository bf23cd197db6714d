package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.io.Bytes;
import dev.yodel.io.UdpPort;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkTest {
    private final Simulator simulator = Simulator.create(42);
    private final SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
    private final SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Long> times = new ArrayList<>();
    private int damaged;
    private final UdpPort from =
            simulator.onLoop(a.loop(), () -> a.loop().openUdp(new InetSocketAddress(a.address(), 1), datagram -> {}));
    private final UdpPort to =
            simulator.onLoop(b.loop(), () -> b.loop().openUdp(new InetSocketAddress(b.address(), 1), datagram -> {
                numbers.add(Bytes.i32(datagram.data, datagram.offset));
                times.add(simulator.elapsed().toMillis());
                for (int i = 4; i < datagram.length; i++) {
                    if (datagram.data[datagram.offset + i] != 0) {
                        damaged++;
                        break;
                    }
                }
            }));

    private void send(int count, int length, Duration pause) {
        for (int i = 0; i < count; i++) {
            byte[] data = new byte[length];
            Bytes.put32(data, 0, i);
            simulator.onLoop(a.loop(), () -> from.send(data, 0, length, to.localAddress()));
            simulator.run(pause);
        }
        simulator.run(Duration.ofSeconds(5));
    }

    @Test
    void lossIsAsAskedFor() {
        a.uplink().loss(0.2);
        send(5_000, 100, Duration.ofMillis(1));
        assertThat(numbers.size()).as("%s", simulator).isBetween(3_850, 4_150);
    }

    @Test
    void burstsLoseInARow() {
        a.uplink().bursts(0.01, 0.1, 1.0);
        send(40_000, 100, Duration.ofMillis(1));
        int runs = 0;
        int last = -1;
        for (int number : numbers) {
            if (number != last + 1) {
                runs++;
            }
            last = number;
        }
        int lost = 40_000 - numbers.size();
        // One packet of eleven is lost, 3,636 of them, in 364 bursts of ten; each bound is more than three deviations
        // away.
        assertThat(lost).as("%s", simulator).isBetween(2_700, 4_600);
        assertThat(lost / (double) runs).as("mean length of a burst").isBetween(8.0, 12.0);
    }

    @Test
    void jitterAloneNeverReorders() {
        a.uplink().jitter(Duration.ofMillis(50));
        send(500, 100, Duration.ofMillis(1));
        assertThat(numbers).isSorted().hasSize(500);
    }

    @Test
    void F06_duplicationAddsCopies() {
        a.uplink().duplication(1, 9);
        send(50, 100, Duration.ofMillis(1));
        assertThat(numbers).hasSize(500);
        assertThat(new HashSet<>(numbers)).hasSize(50);
    }

    @Test
    void reorderingDelaysSomeAndLosesNone() {
        a.uplink().reordering(0.3, Duration.ofMillis(50));
        send(500, 100, Duration.ofMillis(1));
        assertThat(numbers).hasSize(500).doesNotHaveDuplicates();
        int late = 0;
        for (int i = 1; i < numbers.size(); i++) {
            late += numbers.get(i) < numbers.get(i - 1) ? 1 : 0;
        }
        assertThat(late).isBetween(50, 200);
    }

    @Test
    void F07_corruptionFlipsBits() {
        a.uplink().corruption(0.5);
        send(500, 1000, Duration.ofMillis(1));
        assertThat(numbers).hasSize(500);
        assertThat(damaged).isBetween(200, 300);
    }

    @Test
    void rateSpacesPacketsAndTheQueueOverflows() {
        // 972 + 28 bytes at 1 Mbit/s take 8 ms each; 10,000 bytes may wait.
        a.uplink().rate(1_000_000, 10_000);
        send(1, 972, Duration.ZERO);
        times.clear();
        numbers.clear();
        for (int i = 0; i < 20; i++) {
            byte[] data = new byte[972];
            Bytes.put32(data, 0, i);
            simulator.onLoop(a.loop(), () -> from.send(data, 0, 972, to.localAddress()));
        }
        simulator.run(Duration.ofSeconds(1));
        assertThat(numbers).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isEqualTo(8);
        }
    }

    @Test
    void F28_whatIsLongerThanTheMtuVanishes() {
        a.uplink().mtu(1280);
        send(1, 1252, Duration.ZERO);
        send(1, 1253, Duration.ZERO);
        assertThat(numbers).hasSize(1);
        assertThat(simulator.trace().lines()).anyMatch(line -> line.contains("longer than the MTU"));
    }

    @Test
    void blackholesAreWindowsOfOneDirection() {
        a.uplink().blackhole(Duration.ofSeconds(1), Duration.ofSeconds(2));
        send(40, 100, Duration.ofMillis(100));
        assertThat(numbers).doesNotContain(10, 15, 29).contains(9, 30).hasSize(20);
        a.uplink().clear().down(true);
        send(1, 100, Duration.ZERO);
        a.uplink().down(false);
        send(1, 100, Duration.ZERO);
        assertThat(numbers).hasSize(21);
    }

    @Test
    void filtersDropWhatTheyAreAskedTo() {
        simulator.filter(PacketFilter.dropFirst(2, packet -> packet.byteAt(3) % 2 == 1));
        simulator.filter(PacketFilter.dropPlaces(packet -> packet.length() == 100, 0, 4));
        List<String> dropped = new ArrayList<>();
        simulator.tap((stage, packet, detail) -> {
            if (stage == PacketTap.Stage.DROPPED) {
                dropped.add(packet.byteAt(3) + " " + detail);
            }
        });
        send(10, 100, Duration.ofMillis(1));
        // 1 and 3 by the first filter, which the second then does not see.
        assertThat(numbers).containsExactly(2, 4, 5, 7, 8, 9);
        assertThat(dropped).containsExactly("0 filter", "1 filter", "3 filter", "6 filter");
        simulator.clearFilters();
        send(1, 100, Duration.ZERO);
        assertThat(numbers).hasSize(7);
    }
}
