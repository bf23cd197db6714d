package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.CandidateType;
import dev.yodel.ice.GatheringState;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.ice.StunServer;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.simulator.Nat;
import dev.yodel.simulator.NatBehaviour;
import dev.yodel.simulator.PacketTap;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** THREATS.md, section Faults, by id: what ICE must do, in virtual time. */
class IceFaultTest {
    private static final int SEEDS = Boolean.getBoolean("yodel.long") ? 1000 : 25;

    /** The first ones, and one that failed once. */
    private static int[] seedsAnd(int failed) {
        return IntStream.concat(IntStream.range(0, SEEDS), IntStream.of(failed)).toArray();
    }

    private static SimulatedCall connected(long seed) {
        SimulatedCall call = SimulatedCall.direct(seed);
        call.settle();
        return call;
    }

    /** Cuts both directions from the moment of B's next answer to A's consent check; gives that moment. */
    private static long cutAfterAnswer(SimulatedCall call, Duration length) {
        long answered = call.a.connection.stats().pairs().get(0).responsesReceived();
        call.simulator.require(
                "a consent check is answered",
                () -> call.a.connection.stats().pairs().get(0).responsesReceived() > answered,
                Duration.ofSeconds(7));
        call.a.host.uplink().blackhole(Duration.ZERO, length);
        call.a.host.downlink().blackhole(Duration.ZERO, length);
        return call.simulator.now();
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void F08_trafficGoesOnAfterABlackholeOf3s() {
        // 137: a check was sent just before the cut, 6 s after the last answer.
        for (int seed : seedsAnd(137)) {
            SimulatedCall call = connected(seed);
            cutAfterAnswer(call, millis(3000));
            long cut = call.simulator.now();
            for (int i = 0; i < 400; i++) {
                assertThat(call.b.send("~media")).as("seed %d", seed).isEqualTo(SendResult.SENT);
                call.simulator.run(millis(50));
            }
            long first = call.a.received.stream()
                    .mapToLong(IcePeer.At::now)
                    .filter(at -> at > cut + 3000 * Time.MILLISECOND)
                    .findFirst()
                    .orElseThrow();
            assertThat(first - cut).as("seed %d", seed).isLessThanOrEqualTo(3500 * Time.MILLISECOND);
            assertThat(call.works()).as("seed %d", seed).isTrue();
            for (IcePeer peer : List.of(call.a, call.b)) {
                assertThat(peer.states)
                        .as("no state changes, seed %d", seed)
                        .noneMatch(at ->
                                at.now() > cut && (at.what() == IceState.FAILED || at.what() == IceState.DISCONNECTED));
            }
        }
    }

    @Test
    void F09_aBlackholeOf10sDisconnectsAndHeals() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = connected(seed);
            CandidatePair pair = call.a.connection.selectedPair();
            long cut = cutAfterAnswer(call, millis(10_000));
            call.simulator.run(millis(9_600));
            for (IcePeer peer : List.of(call.a, call.b)) {
                long when = peer.when(IceState.DISCONNECTED, cut);
                assertThat(when).as("seed %d", seed).isPositive();
                assertThat(when - cut).as("seed %d", seed).isLessThanOrEqualTo(9_520 * Time.MILLISECOND);
            }
            call.simulator.run(millis(400));
            long healed = call.simulator.now();
            call.simulator.require("heals, seed " + seed, call::works, millis(1500));
            assertThat(call.simulator.now() - healed).isLessThanOrEqualTo(1500 * Time.MILLISECOND);
            assertThat(call.a.connection.selectedPair()).isEqualTo(pair);
        }
    }

    @Test
    void F10_aBlackholeOf29sHealsWithoutFailing() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = connected(seed);
            // Both ends: the cut begins with A's answer, B's last one is up to 6 s older.
            cutAfterAnswer(call, millis(22_800));
            call.simulator.run(millis(22_800));
            assertThat(call.a.state()).as("seed %d", seed).isEqualTo(IceState.DISCONNECTED);
            call.simulator.require("heals, seed " + seed, call::works, millis(2000));
            assertThat(call.a.states).noneMatch(at -> at.what() == IceState.FAILED);
            assertThat(call.b.states).noneMatch(at -> at.what() == IceState.FAILED);
        }
    }

    @Test
    void F11_aBlackholeOf31sFailsAndNothingIsSentAfter() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = connected(seed);
            Forger wire = new Forger(call.simulator);
            long cut = cutAfterAnswer(call, millis(60_000));
            call.simulator.run(millis(32_000));
            for (IcePeer peer : List.of(call.a, call.b)) {
                assertThat(peer.state()).as("seed %d", seed).isEqualTo(IceState.FAILED);
                assertThat(peer.connection.failureReason()).contains("the peer stopped answering for 30 s");
                assertThat(peer.send("~")).isEqualTo(SendResult.REFUSED);
            }
            assertThat(call.a.when(IceState.FAILED, cut) - cut)
                    .as("seed %d", seed)
                    .isBetween(29_990 * Time.MILLISECOND, 30_020 * Time.MILLISECOND);
            wire.sent.clear();
            call.simulator.run(millis(60_000));
            assertThat(wire.sent).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void F12_aRestartAfterFailureConnects() {
        for (int seconds : new int[] {60, 300}) {
            SimulatedCall call = connected(12);
            cutAfterAnswer(call, millis(50_000));
            call.simulator.run(Duration.ofSeconds(30 + seconds));
            assertThat(call.a.state()).isEqualTo(IceState.FAILED);
            call.a.restart();
            call.b.restart();
            call.simulator.run(millis(20));
            call.a.startWith(call.b, IceRole.CONTROLLING);
            call.b.startWith(call.a, IceRole.CONTROLLED);
            call.simulator.require("connected again", call::works, millis(2000));
            assertThat(call.a.gathering)
                    .extracting(at -> at.what())
                    .endsWith(GatheringState.GATHERING, GatheringState.COMPLETE);
        }
    }

    @Test
    void F13_I09_inboundMediaDoesNotMaskAOneWayBlackhole() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = connected(seed);
            long answered = call.a.connection.stats().pairs().get(0).responsesReceived();
            call.simulator.require(
                    "answered",
                    () -> call.a.connection.stats().pairs().get(0).responsesReceived() > answered,
                    Duration.ofSeconds(7));
            // They do not hear us; we hear them, until they fail too.
            call.a.host.uplink().down(true);
            long cut = call.simulator.now();
            Forger wire = new Forger(call.simulator);
            for (int i = 0; i < 320; i++) {
                call.b.send("~media");
                call.a.send("~media");
                call.simulator.run(millis(100));
            }
            // RFC 7675 section 5.1: data and checks, until consent has expired and not longer.
            long last = wire.sentBy(call.a.host).stream()
                    .mapToLong(Forger.Sent::now)
                    .max()
                    .orElseThrow();
            assertThat(last - cut).as("seed %d", seed).isBetween(29_800 * Time.MILLISECOND, 30_100 * Time.MILLISECOND);
            assertThat(call.a.received).isNotEmpty();
            long disconnected = call.a.when(IceState.DISCONNECTED, cut);
            assertThat(disconnected - cut).as("seed %d", seed).isBetween(0L, 9_520 * Time.MILLISECOND);
            assertThat(call.a.when(IceState.FAILED, cut) - cut)
                    .as("seed %d", seed)
                    .isBetween(29_990 * Time.MILLISECOND, 30_020 * Time.MILLISECOND);
        }
    }

    @Test
    void F14_aReboundNatIsFollowed() {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (boolean controllingIsBehindNat : new boolean[] {true, false}) {
                Simulator simulator = Simulator.create(seed);
                Nat nat = simulator.internet().nat("nat", "203.0.113.1", NatBehaviour.PORT_RESTRICTED);
                SimulatedHost inner = nat.inside().host("inner", "10.0.0.1");
                SimulatedHost outer = simulator.internet().host("outer", "198.51.100.2");
                SimulatedCall call = controllingIsBehindNat
                        ? new SimulatedCall(simulator, inner, outer)
                        : new SimulatedCall(simulator, outer, inner);
                IcePeer behind = controllingIsBehindNat ? call.a : call.b;
                IcePeer open = controllingIsBehindNat ? call.b : call.a;
                call.settle();
                nat.rebind();
                long rebound = simulator.now();
                int before = behind.received.size();
                boolean[] checked = {false};
                long[] checkedAt = {0};
                simulator.tap((stage, packet, detail) -> {
                    if (stage == PacketTap.Stage.DELIVERED && detail.equals("outer") && packet.byteAt(0) < 4) {
                        checkedAt[0] = checked[0] ? checkedAt[0] : simulator.now();
                        checked[0] = true;
                    }
                });
                // Only the outer end sends data, so that nothing but checks tells it of the new address.
                long resumed = -1;
                for (int i = 0; i < 1200 && resumed < 0; i++) {
                    open.send("~media");
                    simulator.run(millis(10));
                    if (behind.received.size() > before) {
                        resumed = simulator.now();
                    }
                }
                String which = "seed " + seed + (controllingIsBehindNat ? " controlling" : " controlled");
                assertThat(resumed).as(which).isPositive();
                assertThat(resumed - rebound).as(which).isLessThanOrEqualTo(9_500 * Time.MILLISECOND);
                assertThat(resumed - checkedAt[0]).as(which).isLessThanOrEqualTo(Time.SECOND);
                simulator.run(millis(20_000));
                assertThat(call.works()).as(which).isTrue();
                assertThat(Objects.requireNonNull(open.connection.selectedPair())
                                .remote()
                                .type())
                        .isEqualTo(CandidateType.PRFLX);
                assertThat(open.states).as(which).noneMatch(at -> at.what() == IceState.FAILED);
                assertThat(behind.states).as(which).noneMatch(at -> at.what() == IceState.FAILED);
            }
        }
    }

    /** Only the end behind the NAT sends: what it sends from its new port is nobody's until a check came from there. */
    @Test
    void F14_dataFromANewPortWaitsForACheck() {
        int overtaking = 0;
        for (int seed : seedsAnd(255)) {
            Simulator simulator = Simulator.create(seed);
            Nat nat = simulator.internet().nat("nat", "203.0.113.1", NatBehaviour.PORT_RESTRICTED);
            SimulatedCall call = new SimulatedCall(
                    simulator,
                    nat.inside().host("inner", "10.0.0.1"),
                    simulator.internet().host("outer", "198.51.100.2"));
            call.settle();
            simulator.run(millis(500 + seed * 97L));
            InetSocketAddress before = Objects.requireNonNull(call.b.connection.selectedPair())
                    .remote()
                    .socketAddress();
            nat.rebind();
            long rebound = simulator.now();
            long[] checkedAt = {-1};
            int[] early = {0};
            simulator.tap((stage, packet, detail) -> {
                if (stage == PacketTap.Stage.DELIVERED
                        && detail.equals("outer")
                        && !packet.source().equals(before)) {
                    // An answer that was under way when the port changed is no check (seed 255).
                    boolean isCheck = packet.byteAt(0) == 0 && packet.byteAt(1) == 1;
                    if (isCheck && checkedAt[0] < 0) {
                        checkedAt[0] = simulator.now();
                    }
                    early[0] += packet.byteAt(0) == '~' && checkedAt[0] < 0 ? 1 : 0;
                }
            });
            long unvalidated = call.b.connection.counters().unvalidatedData();
            for (int i = 0; i < 1_000; i++) {
                call.a.send("~media");
                simulator.run(millis(10));
            }
            overtaking += early[0] > 0 ? 1 : 0;
            assertThat(call.b.connection.counters().unvalidatedData() - unvalidated)
                    .as("seed %d", seed)
                    .isEqualTo(early[0]);
            assertThat(call.b.received.stream()
                            .mapToLong(IcePeer.At::now)
                            .filter(at -> at > rebound + 50 * Time.MILLISECOND)
                            .findFirst()
                            .orElseThrow())
                    .as("heard first, seed %d", seed)
                    .isBetween(checkedAt[0], checkedAt[0] + Time.SECOND);
        }
        // Once in a while a check is due at once.
        assertThat(overtaking).as("seeds whose data came before a check").isGreaterThan(SEEDS * 9 / 10);
    }

    @Test
    void F19_aJumpOfTheWallClockDoesNothing() {
        SimulatedCall call = connected(19);
        for (Duration jump : List.of(
                Duration.ofHours(1),
                Duration.ofHours(-1),
                Duration.ofDays(1),
                Duration.ofDays(-1),
                Duration.ofDays(4500))) {
            call.a.host.jumpWallClock(jump);
            call.simulator.run(millis(10_000));
            assertThat(call.a.send("~")).isEqualTo(SendResult.SENT);
        }
        assertThat(call.a.states).noneMatch(at -> at.what() == IceState.DISCONNECTED);
    }

    @Test
    void F20_aSuspendedMachineAsksForConsentBeforeItSends() {
        for (int seconds : new int[] {2, 60, 8 * 3600}) {
            SimulatedCall call = connected(seconds);
            call.a.host.suspend(Duration.ofSeconds(seconds));
            call.simulator.run(Duration.ofSeconds(seconds));
            Forger wire = new Forger(call.simulator);
            int fired = 0;
            for (int i = 0; i < 10; i++) {
                call.simulator.run(millis(1));
                fired = wire.sentBy(call.a.host).size();
            }
            assertThat(fired).as("%d s", seconds).isLessThanOrEqualTo(50);
            boolean gap = seconds > 2;
            call.simulator.run(millis(1));
            SendResult first = call.a.send("~");
            assertThat(first).as("%d s", seconds).isIn(SendResult.SENT, SendResult.REFUSED);
            call.simulator.run(millis(40_000));
            if (gap) {
                // B heard nothing for 30 s and has failed; A finds out by its first check.
                assertThat(call.b.state()).as("%d s", seconds).isEqualTo(IceState.FAILED);
                assertThat(call.a.state()).as("%d s", seconds).isEqualTo(IceState.FAILED);
                assertThat(call.a.send("~")).isEqualTo(SendResult.REFUSED);
            } else {
                assertThat(call.works()).as("%d s", seconds).isTrue();
                assertThat(call.a.states).noneMatch(at -> at.what() == IceState.DISCONNECTED);
            }
        }
    }

    @Test
    void F20_noDataAfterASuspensionBeforeAnAnswer() {
        SimulatedCall call = connected(20);
        call.a.host.suspend(Duration.ofSeconds(20));
        call.simulator.run(Duration.ofSeconds(20).plusMillis(1));
        assertThat(call.a.send("~")).isEqualTo(SendResult.REFUSED);
        call.simulator.run(millis(100));
        assertThat(call.a.send("~")).isEqualTo(SendResult.SENT);
        assertThat(call.works()).isTrue();
    }

    @Test
    void F20_clocksThatRunAtDifferentRatesDoNotMatter() {
        SimulatedCall call = SimulatedCall.direct(21);
        call.a.host.clockRate(500);
        call.b.host.clockRate(-500);
        call.settle();
        call.simulator.run(Duration.ofHours(1));
        assertThat(call.a.states).noneMatch(at -> at.what() == IceState.DISCONNECTED);
        assertThat(call.b.states).noneMatch(at -> at.what() == IceState.DISCONNECTED);
    }

    @Test
    void F21_pausesOfOurProgramAreSurvived() {
        for (int seed = 0; seed < SEEDS; seed++) {
            for (long pause : new long[] {200, 2000, 10_000}) {
                SimulatedCall call = connected(seed);
                call.simulator.run(millis(seed * 97L));
                long begun = call.simulator.now();
                call.a.host.stall(millis(pause));
                call.simulator.run(millis(pause));
                call.simulator.require("works again", call::works, millis(1500));
                call.simulator.run(millis(10_000));
                String which = "seed " + seed + " pause " + pause;
                assertThat(call.works()).as(which).isTrue();
                if (pause <= 2000) {
                    assertThat(call.a.when(IceState.DISCONNECTED, begun))
                            .as(which)
                            .isNegative();
                    assertThat(call.b.when(IceState.DISCONNECTED, begun))
                            .as(which)
                            .isNegative();
                }
                assertThat(call.a.when(IceState.FAILED, begun)).as(which).isNegative();
                assertThat(call.b.when(IceState.FAILED, begun)).as(which).isNegative();
            }
        }
    }

    @Test
    void F22_aKilledPeerIsNoticed() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = connected(seed);
            call.b.host.close();
            long killed = call.simulator.now();
            call.simulator.run(millis(31_500));
            assertThat(call.a.when(IceState.DISCONNECTED, killed) - killed)
                    .as("seed %d", seed)
                    .isBetween(0L, 9_520 * Time.MILLISECOND);
            assertThat(call.a.when(IceState.FAILED, killed) - killed)
                    .as("seed %d", seed)
                    .isBetween(24_000 * Time.MILLISECOND, 30_100 * Time.MILLISECOND);
            call.a.onLoop(call.a.connection::close);
            assertThat(call.a.host.leaks().isEmpty()).isTrue();
        }
    }

    /** Many other pairs worked once: none of them makes the connection look as if it lived. */
    @Test
    void F22_aKilledPeerIsNoticedThroughManyAddresses() {
        // 96: a pair that was kept alive had answered just before the end, and was selected as the third.
        for (int seed : seedsAnd(96)) {
            Simulator simulator = Simulator.create(seed);
            SimulatedHost[] hosts = new SimulatedHost[2];
            for (int side = 0; side < 2; side++) {
                hosts[side] = simulator.internet().host("host " + side, "198.51.100." + (1 + side));
                for (int i = 1; i < 7; i++) {
                    hosts[side].addAddress(simulator.internet(), "203.0.113." + (10 * side + i));
                }
            }
            SimulatedCall call = new SimulatedCall(simulator, hosts[0], hosts[1]);
            call.connect(Duration.ofSeconds(10));
            simulator.run(millis(500 + seed * 97L));
            call.b.host.close();
            long killed = simulator.now();
            simulator.run(millis(31_500));
            String which = "seed " + seed + ": " + call.a.states;
            assertThat(call.a.when(IceState.DISCONNECTED, killed) - killed)
                    .as(which)
                    .isBetween(0L, 9_520 * Time.MILLISECOND);
            assertThat(call.a.when(IceState.CONNECTED, killed)).as(which).isNegative();
            long noticed = call.a.when(IceState.DISCONNECTED, killed);
            assertThat(call.a.when(IceState.COMPLETED, noticed)).as(which).isNegative();
            assertThat(call.a.when(IceState.FAILED, killed) - killed)
                    .as(which)
                    .isBetween(24_000 * Time.MILLISECOND, 30_100 * Time.MILLISECOND);
            call.a.onLoop(call.a.connection::close);
        }
    }

    @Test
    void F25_closingAtAnyEventLeavesNothing() {
        long events = 0;
        for (int at = 0; at < 10_000; at++) {
            Simulator simulator = Simulator.create(25);
            Nat nat = simulator.internet().nat("nat", "203.0.113.1", NatBehaviour.PORT_RESTRICTED);
            SimulatedStunServer server =
                    SimulatedStunServer.on(simulator, simulator.internet().host("stun", "192.0.2.1"));
            SimulatedHost right =
                    simulator.internet().host("b", "198.51.100.2").addAddress(simulator.internet(), "2001:db8::2");
            SimulatedCall call = new SimulatedCall(
                    simulator,
                    nat.inside().host("a", "10.0.0.1"),
                    right,
                    SimulatedCall.with(IceOptions.builder()
                            .stunServers(List.of(server.address, new StunServer("192.0.2.99", 3478)))
                            .build()));
            call.begin();
            boolean more = true;
            for (int i = 0; i < at && more; i++) {
                more = simulator.step() && simulator.now() < 17 * Time.SECOND;
            }
            int told = call.a.states.size();
            call.a.onLoop(call.a.connection::close);
            assertThat(call.a.states.get(call.a.states.size() - 1).what())
                    .as("event %d", at)
                    .isEqualTo(IceState.CLOSED);
            assertThat(call.a.states.size()).isLessThanOrEqualTo(told + 2);
            int after = call.a.states.size() + call.a.candidates.size() + call.a.gathering.size();
            call.b.onLoop(call.b.connection::close);
            call.simulator.run(millis(500));
            assertThat(call.a.states.size() + call.a.candidates.size() + call.a.gathering.size())
                    .as("nothing is told after close, event %d", at)
                    .isEqualTo(after);
            assertThat(call.a.host.leaks().isEmpty()).as("event %d", at).isTrue();
            assertThat(call.b.host.leaks().isEmpty()).as("event %d", at).isTrue();
            events = at;
            if (!more) {
                break;
            }
        }
        assertThat(events).isBetween(40L, 5_000L);
    }

    @Test
    void F28_smallMtusAreEnoughForIce() {
        for (int mtu : new int[] {1280, 576}) {
            SimulatedCall call = SimulatedCall.direct(28);
            call.a.host.uplink().mtu(mtu);
            call.b.host.uplink().mtu(mtu);
            call.settle();
            assertThat(call.a.state()).as("mtu %d", mtu).isEqualTo(IceState.COMPLETED);
        }
    }

    @Test
    void F29_socketErrorsAreToldAndSurvived() {
        Simulator simulator = Simulator.create(29);
        SimulatedHost left =
                simulator.internet().host("a", "198.51.100.1").addAddress(simulator.internet(), "2001:db8::1");
        SimulatedHost right =
                simulator.internet().host("b", "198.51.100.2").addAddress(simulator.internet(), "2001:db8::2");
        left.failOpens(1);
        SimulatedCall call = new SimulatedCall(simulator, left, right);
        call.settle();
        assertThat(call.a.errors).hasSize(1);
        assertThat(call.a.errors.get(0).errorCode()).isEqualTo(701);
        assertThat(call.a.errors.get(0).errorText()).contains("cannot open a socket");
        assertThat(call.works()).isTrue();
        // EPERM, ENOBUFS, ENETUNREACH for a while: dropped, counted, tried again.
        int[] refused = {0};
        List<SendResult> faults = List.of(SendResult.REFUSED, SendResult.FULL);
        left.sendFault(packet -> faults.get(refused[0]++ % 2));
        assertThat(call.a.send("~")).isEqualTo(SendResult.REFUSED);
        assertThat(call.a.send("~")).isEqualTo(SendResult.FULL);
        simulator.run(millis(10_000));
        left.sendFault(null);
        simulator.require("works again", call::works, millis(1500));
        // The socket that could not be opened was tried again.
        assertThat(call.a.candidates).hasSize(2);
        // One interface is gone: its socket fails, and the other takes over. Then there is none.
        left.removeAddress("2001:db8::1");
        simulator.run(millis(1000));
        assertThat(call.a.send("~")).isEqualTo(SendResult.SENT);
        long gone = simulator.now();
        left.removeAddress("198.51.100.1");
        simulator.run(millis(1000));
        assertThat(call.a.send("~")).isEqualTo(SendResult.REFUSED);
        assertThat(call.a.when(IceState.DISCONNECTED, gone) - gone).isBetween(0L, Time.SECOND);
    }

    @Test
    void I09_consentSurvivesADayOfLoss() {
        SimulatedCall call = connected(9);
        // 40 % of round trips are lost.
        for (SimulatedHost host : List.of(call.a.host, call.b.host)) {
            host.uplink().loss(1 - Math.sqrt(0.6));
        }
        int hours = Boolean.getBoolean("yodel.long") ? 24 : 2;
        for (int minute = 0; minute < hours * 60; minute++) {
            call.simulator.run(Duration.ofMinutes(1));
            assertThat(call.a.send("~")).isEqualTo(SendResult.SENT);
        }
        assertThat(call.a.states).noneMatch(at -> at.what() == IceState.FAILED);
        assertThat(call.b.states).noneMatch(at -> at.what() == IceState.FAILED);
    }

    @Test
    void I09_consentChecksAreRandomisedAroundFiveSeconds() {
        SimulatedCall call = connected(10);
        Forger wire = new Forger(call.simulator);
        call.simulator.run(Duration.ofMinutes(10));
        List<Long> times = wire.sentBy(call.a.host).stream()
                .filter(packet -> Forger.isRequest(packet.data()))
                .map(Forger.Sent::now)
                .toList();
        assertThat(times.size()).isBetween(100, 150);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1))
                    .isBetween(4 * Time.SECOND, 6 * Time.SECOND + 30 * Time.MILLISECOND);
        }
    }

    @Test
    void I09_slowAnswersDoNotMultiplyChecks() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = connected(seed);
            // A machine, or a queue on the way, that has fallen behind: every answer is late.
            call.a.host.uplink().delay(millis(1500));
            call.b.host.uplink().delay(millis(1500));
            Forger wire = new Forger(call.simulator);
            call.simulator.run(millis(60_000));
            for (IcePeer peer : List.of(call.a, call.b)) {
                long requests = wire.sentBy(peer.host).stream()
                        .filter(packet -> Forger.isRequest(packet.data()))
                        .count();
                // One each 400 ms at most, and few while some come back.
                assertThat(requests).as("seed %d", seed).isLessThan(60);
                assertThat(peer.works()).as("seed %d", seed).isTrue();
            }
        }
    }

    @Test
    @Tag("long")
    void F25_closingAtAnyEventBehindNats() {
        for (int at = 0; at < 400; at++) {
            Simulator simulator = Simulator.create(at);
            Nat nat = simulator.internet().nat("nat", "203.0.113.1", NatBehaviour.SYMMETRIC);
            SimulatedCall call = new SimulatedCall(
                    simulator,
                    nat.inside().host("a", "10.0.0.1"),
                    simulator.internet().host("b", "198.51.100.2"));
            call.begin();
            for (int i = 0; i < at; i++) {
                simulator.step();
            }
            call.close();
        }
    }
}
