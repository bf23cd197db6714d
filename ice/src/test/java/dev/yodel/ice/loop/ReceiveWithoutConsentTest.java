package dev.yodel.ice.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.ice.Candidate;
import dev.yodel.ice.CandidatePair;
import dev.yodel.ice.IceOptions;
import dev.yodel.ice.IceRole;
import dev.yodel.ice.IceState;
import dev.yodel.io.SendResult;
import dev.yodel.io.Time;
import dev.yodel.simulator.SimulatedHost;
import dev.yodel.simulator.Simulator;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A peer that answers no checks any more and goes on sending, as FFmpeg's WHIP muxer does. */
class ReceiveWithoutConsentTest {
    private static final int SEEDS = 20;

    private static final byte[] MEDIA = "~media".getBytes(StandardCharsets.UTF_8);

    /** A listens to whoever sends; B's host is cut off, and what it would send is put on the wire. */
    private static SimulatedCall cut(long seed, boolean listens) {
        Simulator simulator = Simulator.create(seed);
        SimulatedHost listener = simulator.internet().host("a", "198.51.100.1");
        if (seed % 2 == 0) {
            // Pairs that worked too, but carry nothing.
            listener.addAddress(simulator.internet(), "198.51.100.3");
            listener.addAddress(simulator.internet(), "198.51.100.4");
        }
        SimulatedCall call = new SimulatedCall(
                simulator,
                listener,
                SimulatedCall.with(
                        IceOptions.builder().receiveWithoutConsent(listens).build()),
                simulator.internet().host("b", "198.51.100.2"),
                IceConnectionOptions.DEFAULT);
        call.settle();
        cutOff(call, true);
        return call;
    }

    private static void cutOff(SimulatedCall call, boolean off) {
        call.b.host.uplink().down(off);
        call.b.host.downlink().down(off);
    }

    private static InetSocketAddress at(Candidate candidate) {
        return Forger.address(candidate.address(), candidate.port());
    }

    private static void media(SimulatedCall call, Forger wire, CandidatePair pair, int packets) {
        for (int i = 0; i < packets; i++) {
            wire.inject(at(pair.remote()), at(pair.local()), MEDIA);
            call.simulator.run(Duration.ofMillis(100));
        }
    }

    @Test
    void I09_itIsListenedToAsLongAsItSendsAndNothingIsSentToIt() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = cut(seed, true);
            CandidatePair pair = Objects.requireNonNull(call.a.connection.selectedPair());
            Forger wire = new Forger(call.simulator);
            long cut = call.simulator.now();
            media(call, wire, pair, 900);
            assertThat(call.a.state()).as("seed %d", seed).isEqualTo(IceState.DISCONNECTED);
            assertThat(call.a.received).as("seed %d", seed).hasSizeGreaterThanOrEqualTo(899);
            assertThat(call.a.send("~")).isEqualTo(SendResult.REFUSED);
            long last = wire.sentBy(call.a.host).stream()
                    .mapToLong(Forger.Sent::now)
                    .max()
                    .orElseThrow();
            assertThat(last - cut).as("seed %d", seed).isLessThanOrEqualTo(30 * Time.SECOND);
            long ended = call.simulator.now();
            call.simulator.run(Duration.ofSeconds(11));
            assertThat(call.a.when(IceState.FAILED, cut) - ended)
                    .as("seed %d", seed)
                    .isBetween(9_800 * Time.MILLISECOND, 10_100 * Time.MILLISECOND);
            // What comes now does not count, as after any failure.
            int received = call.a.received.size();
            media(call, wire, pair, 10);
            assertThat(call.a.received).hasSize(received);
            call.close();
        }
    }

    @Test
    void I09_itsChecksAreAnsweredAndCountAsWell() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedCall call = cut(seed, true);
            CandidatePair pair = Objects.requireNonNull(call.a.connection.selectedPair());
            Forger wire = new Forger(call.simulator);
            String username = call.a.credentials.ufrag() + ":" + call.b.credentials.ufrag();
            for (int i = 0; i < 30; i++) {
                if (i == 10) {
                    wire.sent.clear();
                }
                wire.inject(
                        at(pair.remote()),
                        at(pair.local()),
                        Forger.sign(wire.check(username, false, false), call.a.credentials));
                call.simulator.run(Duration.ofSeconds(5));
            }
            assertThat(call.a.state()).as("seed %d", seed).isEqualTo(IceState.DISCONNECTED);
            // Every one has its answer, and nothing else leaves.
            assertThat(wire.sentBy(call.a.host)).as("seed %d", seed).hasSize(20);
            assertThat(wire.sentBy(call.a.host)).noneMatch(sent -> Forger.isRequest(sent.data()));
            call.simulator.run(Duration.ofSeconds(6));
            assertThat(call.a.state()).as("seed %d", seed).isEqualTo(IceState.FAILED);
            call.close();
        }
    }

    /** Its NAT changed the mapping. */
    @Test
    void F14_I09_whoSendsFromElsewhereIsHeardAfterACheckFromThere() {
        SimulatedCall call = cut(42, true);
        CandidatePair pair = Objects.requireNonNull(call.a.connection.selectedPair());
        Forger wire = new Forger(call.simulator);
        media(call, wire, pair, 400);
        InetSocketAddress elsewhere = Forger.address("203.0.113.7", 40_000);
        int before = call.a.received.size();
        wire.inject(elsewhere, at(pair.local()), MEDIA);
        call.simulator.run(Duration.ofMillis(100));
        assertThat(call.a.received).hasSize(before);
        wire.sent.clear();
        String username = call.a.credentials.ufrag() + ":" + call.b.credentials.ufrag();
        wire.inject(elsewhere, at(pair.local()), Forger.sign(wire.check(username, false, false), call.a.credentials));
        call.simulator.run(Duration.ofMillis(100));
        for (int i = 0; i < 200; i++) {
            wire.inject(elsewhere, at(pair.local()), MEDIA);
            call.simulator.run(Duration.ofMillis(100));
        }
        assertThat(call.a.received).hasSizeGreaterThanOrEqualTo(before + 199);
        assertThat(call.a.state()).isEqualTo(IceState.DISCONNECTED);
        assertThat(wire.sentBy(call.a.host)).as("an answer").hasSize(1);
        call.close();
    }

    @Test
    void I09_whoIsSilentTooHasFailedAfter30s() {
        for (boolean listens : new boolean[] {true, false}) {
            SimulatedCall call = cut(42, listens);
            long cut = call.simulator.now();
            call.simulator.run(Duration.ofSeconds(31));
            assertThat(call.a.when(IceState.FAILED, cut) - cut).isBetween(24 * Time.SECOND, 30 * Time.SECOND);
            call.close();
        }
    }

    @Test
    void I09_othersFailAlthoughTheirPeerSends() {
        SimulatedCall call = cut(42, false);
        CandidatePair pair = Objects.requireNonNull(call.a.connection.selectedPair());
        long cut = call.simulator.now();
        media(call, new Forger(call.simulator), pair, 310);
        assertThat(call.a.when(IceState.FAILED, cut) - cut).isBetween(24 * Time.SECOND, 30 * Time.SECOND);
        call.close();
    }

    @Test
    void I09_aRestartBringsConsentBack() {
        SimulatedCall call = cut(42, true);
        CandidatePair pair = Objects.requireNonNull(call.a.connection.selectedPair());
        media(call, new Forger(call.simulator), pair, 400);
        assertThat(call.a.state()).isEqualTo(IceState.DISCONNECTED);
        assertThat(call.b.state()).isEqualTo(IceState.FAILED);
        cutOff(call, false);
        call.a.restart();
        call.b.restart();
        call.simulator.run(Duration.ofMillis(100));
        call.a.startWith(call.b, IceRole.CONTROLLING);
        call.b.startWith(call.a, IceRole.CONTROLLED);
        call.simulator.require("works again", call::works, Duration.ofSeconds(5));
        assertThat(call.a.send("~")).isEqualTo(SendResult.SENT);
        call.close();
    }
}
