package dev.yodel.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.yodel.io.Datagram;
import dev.yodel.io.Lane;
import dev.yodel.io.Loop;
import dev.yodel.io.LoopTimer;
import dev.yodel.io.NetworkAddress;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.io.UdpPort;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class SimulatedHostTest {
    private final Simulator simulator = Simulator.create(21);
    private final List<String> log = new ArrayList<>();

    private UdpPort open(SimulatedHost host, int port) {
        return simulator.onLoop(host.loop(), () -> host.loop()
                .openUdp(new InetSocketAddress(host.address(), port), new UdpPort.Handler() {
                    @Override
                    public void onDatagram(Datagram datagram) {
                        log.add(host + " got " + datagram.length + " at "
                                + simulator.elapsed().toMillis());
                    }

                    @Override
                    public void onClosed(String reason) {
                        log.add(host + " closed: " + reason);
                    }
                }));
    }

    private SendResult send(SimulatedHost host, UdpPort from, int length, InetSocketAddress to) {
        return simulator.onLoop(host.loop(), () -> from.send(new byte[length], 0, length, to));
    }

    private void timer(SimulatedHost host, Duration delay) {
        simulator.onLoop(host.loop(), () -> {
            LoopTimer timer = host.loop()
                    .newTimer(() -> log.add("timer at "
                            + simulator.elapsed().toMillis() + " host "
                            + (host.loop().now() - Time.SECOND) / Time.MILLISECOND));
            timer.set(host.loop().now() + delay.toNanos());
            return timer;
        });
    }

    @Test
    void multicastStaysInItsLanAndReachesAllMembers() {
        Network lan = simulator.lan("office");
        SimulatedHost a = lan.host("a", "10.0.0.1");
        SimulatedHost b = lan.host("b", "10.0.0.2");
        SimulatedHost c = lan.host("c", "10.0.0.3");
        SimulatedHost far = simulator.internet().host("far", "198.51.100.1");
        InetSocketAddress group = new InetSocketAddress("224.0.0.251", 5353);
        List<UdpPort> ports = new ArrayList<>();
        for (SimulatedHost host : List.of(a, b, far)) {
            NetworkAddress on = host.networkAddresses().get(1);
            ports.add(simulator.onLoop(host.loop(), () -> host.loop()
                    .openMulticast(
                            group,
                            on,
                            datagram -> log.add(host + " from "
                                    + datagram.remote.getAddress().getHostAddress()))));
        }
        assertThat(c.networkAddresses()).hasSize(2);
        assertThat(send(a, ports.get(0), 10, group)).isEqualTo(SendResult.SENT);
        simulator.run(Duration.ofSeconds(1));
        // The sender hears itself, too.
        assertThat(log).containsExactly("a from 10.0.0.1", "b from 10.0.0.1");
        log.clear();
        // Unicast to the shared port reaches it as well.
        UdpPort plain = open(c, 4000);
        send(c, plain, 10, new InetSocketAddress("10.0.0.2", 5353));
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).containsExactly("b from 10.0.0.3");
    }

    @Test
    void namesResolveFailAndTakeTheirTime() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        simulator.name("good.test", "192.0.2.1", "2001:db8::1");
        simulator.slowName("slow.test", Duration.ofSeconds(30), "192.0.2.2");
        for (String name : List.of("good.test", "bad.test", "slow.test", "192.0.2.9")) {
            a.resolve(
                    name,
                    a.loop(),
                    found -> log.add(name + " " + found.size() + " at "
                            + simulator.elapsed().toMillis() + a.loop().inLoop()));
        }
        assertThat(log).isEmpty();
        simulator.run(Duration.ofMinutes(1));
        assertThat(log)
                .containsExactly(
                        "192.0.2.9 1 at 0true",
                        "good.test 2 at 5true",
                        "bad.test 0 at 5true",
                        "slow.test 0 at 5000true");
    }

    @Test
    void F21_aStalledHostFindsItsPacketsAndTimersWaiting() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        UdpPort from = open(a, 1);
        UdpPort to = open(b, 1);
        timer(b, Duration.ofMillis(500));
        simulator.run(Duration.ofMillis(100));
        b.stall(Duration.ofSeconds(2));
        send(a, from, 7, to.localAddress());
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).isEmpty();
        simulator.run(Duration.ofSeconds(2));
        assertThat(log).containsExactly("b got 7 at 2100", "timer at 2100 host 2100");
    }

    @Test
    void F20_aSuspendedHostLosesPacketsAndItsMonotonicTime() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        UdpPort from = open(a, 1);
        UdpPort to = open(b, 1);
        timer(b, Duration.ofMillis(500));
        simulator.run(Duration.ofMillis(100));
        long wall = b.wallClockMillis();
        b.suspend(Duration.ofSeconds(60));
        simulator.run(Duration.ofSeconds(30));
        assertThat(b.loop().now()).isEqualTo(Time.SECOND + 100 * Time.MILLISECOND);
        send(a, from, 7, to.localAddress());
        simulator.run(Duration.ofSeconds(60));
        // Linux stops System.nanoTime in suspend: the timer comes 60 s late and does not know.
        assertThat(log).containsExactly("timer at 60500 host 500");
        assertThat(b.wallClockMillis() - wall).isEqualTo(90_000);
    }

    @Test
    void F19_aWallClockJumpMovesNoTimer() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        timer(a, Duration.ofMillis(500));
        long before = a.wallClockMillis();
        a.jumpWallClock(Duration.ofDays(-1));
        assertThat(a.wallClockMillis() - before).isEqualTo(-86_400_000);
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).containsExactly("timer at 500 host 500");
    }

    @Test
    void F20_clocksThatRunFastOrSlowKeepTheirDeadlines() {
        SimulatedHost fast = simulator.internet().host("fast", "198.51.100.1");
        SimulatedHost slow = simulator.internet().host("slow", "198.51.100.2");
        fast.clockRate(500);
        slow.clockRate(-500);
        timer(slow, Duration.ofSeconds(1000));
        timer(fast, Duration.ofSeconds(1000));
        simulator.run(Duration.ofSeconds(1100));
        assertThat(log).containsExactly("timer at 999500 host 1000000", "timer at 1000500 host 1000000");
    }

    @Test
    void F15_aLostInterfaceClosesItsSocketsAndIsTold() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        a.addAddress(simulator.internet(), "198.51.100.7");
        UdpPort port = open(a, 1);
        a.onNetworkChange(
                a.loop(), () -> log.add("changed, now " + a.networkAddresses().size()));
        a.removeAddress("198.51.100.1");
        simulator.run(Duration.ofSeconds(3));
        assertThat(log).containsExactly("a closed: its interface is gone", "changed, now 2");
        assertThat(send(a, port, 1, new InetSocketAddress("198.51.100.9", 1))).isEqualTo(SendResult.CLOSED);
        assertThat(a.address()).isEqualTo(Simulator.address("198.51.100.7"));
    }

    @Test
    void F29_opensAndSendsFailAsTold() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        UdpPort port = open(a, 1);
        InetSocketAddress to = new InetSocketAddress("198.51.100.9", 9);
        a.sendFault(packet -> packet.length() == 1 ? SendResult.REFUSED : null);
        assertThat(send(a, port, 1, to)).isEqualTo(SendResult.REFUSED);
        assertThat(send(a, port, 2, to)).isEqualTo(SendResult.SENT);
        a.sendFault(null);
        assertThat(send(a, port, 1, to)).isEqualTo(SendResult.SENT);
        assertThat(send(a, port, 1, new InetSocketAddress("2001:db8::1", 9))).isEqualTo(SendResult.REFUSED);
        a.failOpens(1);
        assertThatThrownBy(() -> open(a, 2)).hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> open(a, 1)).hasCauseInstanceOf(BindException.class);
        open(a, 2);
    }

    @Test
    void F28_icmpErrorsComeBackAndDoNothingUnlessTheSystemKeepsThem() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        UdpPort port = open(a, 1000);
        UdpPort there = open(b, 2000);
        InetSocketAddress nobody = new InetSocketAddress(b.address(), 9);
        assertThat(send(a, port, 10, nobody)).isEqualTo(SendResult.SENT);
        simulator.run(Duration.ofMillis(30));
        assertThat(a.icmpErrors()).isEqualTo(1);
        assertThat(send(a, port, 10, there.localAddress())).isEqualTo(SendResult.SENT);
        // A forged one, and on a system that keeps it: the next datagram is lost, whoever it is for.
        a.icmpRefusesNextSend(true);
        simulator.injectIcmp(port.localAddress(), nobody);
        simulator.injectIcmp(new InetSocketAddress(a.address(), 1001), there.localAddress());
        simulator.run(Duration.ofMillis(30));
        assertThat(a.icmpErrors()).as("one quotes no socket").isEqualTo(2);
        assertThat(send(a, port, 10, there.localAddress())).isEqualTo(SendResult.REFUSED);
        assertThat(send(a, port, 10, there.localAddress())).isEqualTo(SendResult.SENT);
        simulator.run(Duration.ofMillis(30));
        assertThat(log).containsExactly("b got 10 at 40", "b got 10 at 70");
    }

    @Test
    void aReceiveBufferIsBounded() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        UdpPort from = open(a, 1);
        UdpPort to = open(b, 1);
        b.stall(Duration.ofMinutes(1));
        for (int i = 0; i < 2_000; i++) {
            send(a, from, 1_000, to.localAddress());
        }
        simulator.run(Duration.ofMinutes(2));
        assertThat(log.size()).isBetween(500, 1_000);
    }

    @Test
    void datagramsAreDestroyedAfterTheDrain() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        UdpPort port = open(a, 1);
        List<Datagram> kept = new ArrayList<>();
        UdpPort keeper =
                simulator.onLoop(a.loop(), () -> a.loop().openUdp(new InetSocketAddress(a.address(), 2), datagram -> {
                    kept.add(datagram);
                    a.loop().atEndOfTurn(() -> log.add("in drain " + datagram.data[0]));
                }));
        send(a, port, 5, keeper.localAddress());
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).containsExactly("in drain 0");
        assertThat(kept.get(0).data[0]).isEqualTo((byte) 0xdb);
        assertThat(kept.get(0).data.length).isGreaterThanOrEqualTo(5 + 64);
    }

    @Test
    void loopbackReachesTheHostItself() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        InetAddress loopback = InetAddress.getLoopbackAddress();
        UdpPort inner = simulator.onLoop(
                a.loop(), () -> a.loop().openUdp(new InetSocketAddress(loopback, 7), datagram -> log.add("inner")));
        UdpPort outer = open(a, 8);
        assertThat(send(a, outer, 3, inner.localAddress())).isEqualTo(SendResult.SENT);
        assertThat(send(a, inner, 3, outer.localAddress())).isEqualTo(SendResult.SENT);
        assertThat(send(a, inner, 3, new InetSocketAddress("198.51.100.2", 1))).isEqualTo(SendResult.REFUSED);
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).containsExactly("inner", "a got 3 at 0");
    }

    @Test
    void lateModeGathersAndIsLateButNeverEarly() {
        Simulator late = Simulator.builder().seed(3).late(true).build();
        SimulatedHost a = late.internet().host("a", "198.51.100.1");
        Loop loop = a.loop();
        List<Long> lateness = new ArrayList<>();
        late.onLoop(loop, () -> {
            for (int i = 1; i <= 500; i++) {
                long deadline = loop.now() + i * 7_300_000L;
                loop.newTimer(() -> lateness.add(loop.now() - deadline)).set(deadline);
            }
            return 0;
        });
        late.run(Duration.ofSeconds(10));
        assertThat(lateness).hasSize(500).allMatch(by -> by >= 0 && by <= 20 * Time.MILLISECOND);
        assertThat(lateness.stream().filter(by -> by > 5 * Time.MILLISECOND).count())
                .isBetween(10L, 150L);
    }

    @Test
    void F25_everyEventIndexCanBeStoppedAt() {
        long total = chatter(Long.MAX_VALUE);
        assertThat(total).isBetween(50L, 500L);
        for (long index = 0; index < total; index++) {
            chatter(index);
        }
    }

    /** Two hosts talk; at an event index both close, and nothing is left. */
    private static long chatter(long closeAt) {
        Simulator world = Simulator.builder().seed(5).loopsPerHost(2).build();
        SimulatedHost a = world.internet().host("a", "198.51.100.1");
        SimulatedHost b = world.internet().host("b", "198.51.100.2");
        boolean[] closed = {false};
        for (SimulatedHost host : List.of(a, b)) {
            Loop loop = host.nextLoop();
            Lane lane = host.newLane();
            world.onLoop(loop, () -> {
                UdpPort[] port = new UdpPort[1];
                port[0] = loop.openUdp(new InetSocketAddress(host.address(), 1), datagram -> {
                    assertThat(closed[0]).isFalse();
                    lane.execute(() -> {});
                });
                LoopTimer[] timer = new LoopTimer[1];
                int[] left = {20};
                timer[0] = loop.newTimer(() -> {
                    assertThat(closed[0]).isFalse();
                    port[0].send(new byte[9], 0, 9, new InetSocketAddress(host == a ? b.address() : a.address(), 1));
                    host.workers().execute(() -> lane.execute(() -> {}));
                    if (--left[0] > 0) {
                        timer[0].set(loop.now() + 20 * Time.MILLISECOND);
                    }
                });
                timer[0].set(loop.now());
                return 0;
            });
        }
        while (world.eventCount() < closeAt && world.step()) {
            assertThat(world.eventCount()).isPositive();
        }
        long events = world.eventCount();
        closed[0] = true;
        world.close();
        world.run(Duration.ofMillis(500));
        for (SimulatedHost host : world.hosts()) {
            Leaks leaks = host.leaks();
            assertThat(leaks.sockets()).isEmpty();
            assertThat(leaks.armedTimers() + leaks.waitingCommands() + leaks.waitingTasks())
                    .as("closed at %d", closeAt)
                    .isZero();
        }
        return events;
    }

    @Test
    void aClosedHostRefusesWork() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        Lane lane = a.newLane();
        a.close();
        a.close();
        assertThatThrownBy(() -> a.loop().execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> a.workers().execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> lane.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aFarewellOfSeveralStepsIsStillSaid() {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        SimulatedHost b = simulator.internet().host("b", "198.51.100.2");
        UdpPort from = open(a, 1);
        UdpPort to = open(b, 1);
        Lane lane = a.newLane();
        Loop loop = a.loop();
        loop.execute(() -> loop.execute(() -> loop.atEndOfTurn(() -> {
            from.send(new byte[77], 0, 77, to.localAddress());
            lane.execute(() -> log.add("told"));
        })));
        a.close();
        assertThat(a.leaks().sockets()).isEmpty();
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).containsExactly("told", "b got 77 at 10");
        // From inside a turn: the turn ends first.
        SimulatedHost c = simulator.internet().host("c", "198.51.100.3");
        UdpPort last = open(c, 1);
        c.loop().execute(() -> {
            c.close();
            c.loop().atEndOfTurn(() -> last.send(new byte[5], 0, 5, to.localAddress()));
        });
        simulator.run(Duration.ofSeconds(1));
        assertThat(log).endsWith("b got 5 at 1010");
        assertThat(c.leaks().isEmpty()).isTrue();
    }

    @Test
    void otherThreadsAreRefused() throws Exception {
        SimulatedHost a = simulator.internet().host("a", "198.51.100.1");
        List<Throwable> thrown = new ArrayList<>();
        Thread thread = new Thread(() -> {
            try {
                a.loop().execute(() -> {});
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        });
        thread.start();
        thread.join();
        assertThat(thrown).hasSize(1);
        assertThat(thrown.get(0)).hasMessageContaining("one thread");
    }
}
